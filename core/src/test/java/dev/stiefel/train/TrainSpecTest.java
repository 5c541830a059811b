package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.AdaptiveBackwardCorrected;
import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.AdaptiveParallelBug;
import dev.stiefel.integrator.AdaptiveRiemannian;
import dev.stiefel.integrator.Augmenting;
import dev.stiefel.integrator.BackwardCorrected;
import dev.stiefel.integrator.Dense;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.ParallelBug;
import dev.stiefel.integrator.ProjectorSplitting;
import dev.stiefel.integrator.Riemannian;
import dev.stiefel.integrator.SOnly;
import dev.stiefel.integrator.Truncating;
import dev.stiefel.integrator.VanillaFactors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SmoothedCrossEntropy;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.ParameterGroups;
import dev.stiefel.optim.Schedule;
import dev.stiefel.train.TrainSpec.Decay;
import dev.stiefel.train.TrainSpec.DenseTraining;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TrainSpecTest {
    @Test
    void theDefaultsAreThoseOfTheExperiments() {
        TrainSpec spec = TrainSpec.defaults(Method.RIEMANNIAN);
        assertThat(spec.optimizer()).isEqualTo(new Momentum(0.9));
        assertThat(spec.ranks()).isEqualTo(new RankPlan.Hold());
        assertThat(spec.learningRate()).isEqualTo(0.1);
        assertThat(spec.decay()).isEqualTo(Decay.COSINE);
        assertThat(spec.patience()).isZero();
    }

    @Test
    void oneValueCanBeReplacedAndTheOthersStay() {
        TrainSpec spec = TrainSpec.defaults(Method.BUG);
        RankPlan plan = RankPlan.tolerance(0.1, 0.2);
        TrainSpec changed = spec.withEpochs(3).withThreads(2).withRanks(plan);
        assertThat(changed.epochs()).isEqualTo(3);
        assertThat(changed.threads()).isEqualTo(2);
        assertThat(changed.ranks()).isEqualTo(plan);
        assertThat(changed.withEpochs(spec.epochs()).withThreads(spec.threads()).withRanks(spec.ranks()))
                .isEqualTo(spec);
    }

    @Test
    void theScheduleFollowsTheDecay() {
        Schedule constant = spec(Decay.CONSTANT, 0).schedule(90);
        Schedule cosine = spec(Decay.COSINE, 0).schedule(90);
        Schedule step = spec(Decay.STEP, 0).schedule(90);
        for (long at = 0; at < 90; at++) {
            assertThat(constant.at(at)).isEqualTo(0.5);
            assertThat(cosine.at(at))
                    .isEqualTo(Math.max(5e-4, 0.25 * (1 + Math.cos(Math.PI * at / 90))), within(1e-15));
            assertThat(step.at(at)).isEqualTo(at < 30 ? 0.5 : at < 60 ? 0.05 : 0.005, within(1e-15));
        }
    }

    @Test
    void warmUpComesOnTopOfTheDecay() {
        Schedule schedule = spec(Decay.COSINE, 10).schedule(90);
        Schedule cosine = spec(Decay.COSINE, 0).schedule(90);
        for (int at = 0; at < 90; at++) {
            double share = at < 10 ? (at + 1) / 10.0 : 1;
            assertThat(schedule.at(at)).isEqualTo(share * cosine.at(at), within(1e-15));
        }
    }

    @Test
    void warmUpTakesNoMoreThanAFifthOfARun() {
        Schedule schedule = spec(Decay.CONSTANT, 200).schedule(50);
        assertThat(schedule.at(0)).isEqualTo(0.05, within(1e-15));
        assertThat(schedule.at(8)).isEqualTo(0.45, within(1e-15));
        assertThat(schedule.at(9)).isEqualTo(0.5);
    }

    @Test
    void theInverseSquareRootFallsFromTheEndOfTheWarmUp() {
        Schedule schedule = spec(Decay.INVERSE_SQRT, 10).schedule(90);
        Schedule bare = spec(Decay.INVERSE_SQRT, 0).schedule(90);
        Schedule cut = spec(Decay.INVERSE_SQRT, 200).schedule(90); // a warm-up of 18 steps
        for (int n = 1; n <= 90; n++) {
            assertThat(schedule.at(n - 1)).isEqualTo(0.5 * Math.min(n / 10.0, Math.sqrt(10.0 / n)), within(1e-15));
            assertThat(bare.at(n - 1)).isEqualTo(0.5 / Math.sqrt(n), within(1e-15));
            assertThat(cut.at(n - 1)).isEqualTo(0.5 * Math.min(n / 18.0, Math.sqrt(18.0 / n)), within(1e-15));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aRunOfOneStepHasALearningRate(Decay decay) {
        assertThat(spec(decay, 0).schedule(1).at(0)).isEqualTo(0.5);
        assertThat(spec(decay, 200).schedule(1).at(0)).isEqualTo(0.5);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        for (double rate : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            requireRefused(
                    () -> SpecBuilder.of(Method.BUG).rate(rate).build(),
                    "learning rate must be above 0 and finite; got " + rate);
        }
        requireRefused(() -> SpecBuilder.of(Method.BUG).epochs(0).build(), "epochs must be at least 1; got 0");
        requireRefused(() -> SpecBuilder.of(Method.BUG).batch(0).build(), "batch size must be at least 1; got 0");
        requireRefused(() -> SpecBuilder.of(Method.BUG).threads(0).build(), "threads must be at least 1; got 0");
        requireRefused(
                () -> SpecBuilder.of(Method.BUG).patience(-1).build(), "early stopping must be at least 0; got -1");
        requireRefused(() -> spec(Decay.COSINE, -1), "warm-up must be at least 0; got -1");
        for (double clip : new double[] {0, -1, Double.NaN}) {
            requireRefused(
                    () -> SpecBuilder.of(Method.BUG).clip(clip).build(), "clip norm must be above 0; got " + clip);
        }
        for (double decay : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            requireRefused(
                    () -> new TrainSpec(
                            Method.BUG,
                            new RankPlan.Hold(),
                            new Momentum(0.9),
                            0.5,
                            Decay.COSINE,
                            0,
                            1,
                            decay,
                            List.of(),
                            1,
                            1,
                            0,
                            1,
                            0),
                    "weight decay must be at least 0 and finite; got " + decay);
        }
        for (double smoothing : new double[] {-0.1, 1, Double.NaN}) {
            requireRefused(
                    () -> TrainSpec.defaults(Method.BUG).withLabelSmoothing(smoothing),
                    "label smoothing must be in [0, 1); got " + smoothing);
        }
        RankPlan plan = RankPlan.tolerance(0.1, 0.1);
        requireRefused(
                () -> TrainSpec.defaults(Method.FACTORS).withRanks(plan),
                "method 'factors' cannot adapt ranks; give a rank");
        requireRefused(
                () -> TrainSpec.defaults(Method.DENSE).withRanks(plan),
                "method 'dense' cannot adapt ranks; give a rank");
    }

    @Test
    void onlyCrossEntropyIsSmoothed() {
        TrainSpec smoothing = TrainSpec.defaults(Method.BUG).withLabelSmoothing(0.1);
        assertThat(smoothing.trainingLoss(new SoftmaxCrossEntropy())).isEqualTo(new SmoothedCrossEntropy(0.1));
        assertThat(TrainSpec.defaults(Method.BUG).trainingLoss(new MeanSquaredError()))
                .isEqualTo(new MeanSquaredError());
        requireRefused(
                () -> smoothing.trainingLoss(new MeanSquaredError()),
                "label smoothing is for softmax cross-entropy; got MeanSquaredError[]");
    }

    @ParameterizedTest
    @EnumSource
    void methodsAreFoundByTheWordsUsersType(Method method) {
        assertThat(Method.of(method.word())).isEqualTo(method);
        assertThat(method.isLowRank()).isEqualTo(method != Method.DENSE);
        assertThat(method.gauge()).isEqualTo(method == Method.FACTORS ? Gauge.FREE : Gauge.ORTHONORMAL);
    }

    @Test
    void methodsStandForIntegrators() {
        RankRule rule = new RankRule.Fixed(3);
        assertThat(Method.RIEMANNIAN.fixedRankStep()).isEqualTo(new Riemannian());
        assertThat(Method.RIEMANNIAN.adaptiveStep(rule)).isEqualTo(new AdaptiveRiemannian(rule));
        assertThat(Method.BUG.fixedRankStep()).isEqualTo(new FixedRankBug());
        assertThat(Method.BUG.adaptiveStep(rule)).isEqualTo(new AdaptiveBug(rule));
        assertThat(Method.PARALLEL_BUG.fixedRankStep()).isEqualTo(new ParallelBug());
        assertThat(Method.PARALLEL_BUG.adaptiveStep(rule)).isEqualTo(new AdaptiveParallelBug(rule));
        assertThat(Method.BACKWARD_CORRECTED.fixedRankStep()).isEqualTo(new BackwardCorrected());
        assertThat(Method.BACKWARD_CORRECTED.adaptiveStep(rule)).isEqualTo(new AdaptiveBackwardCorrected(rule));
        assertThat(Method.S_ONLY.fixedRankStep()).isEqualTo(new SOnly());
        assertThat(Method.S_ONLY.adaptiveStep(rule)).isEqualTo(new Truncating(new SOnly(), rule));
        assertThat(Method.S_ONLY.openingStep(new SOnly())).isEqualTo(new Augmenting(new SOnly()));
        assertThat(Method.BUG.openingStep(new FixedRankBug())).isEqualTo(new FixedRankBug());
        assertThat(Method.PROJECTOR_SPLITTING.fixedRankStep()).isEqualTo(new ProjectorSplitting());
        assertThat(Method.FACTORS.fixedRankStep()).isEqualTo(new VanillaFactors());
        assertThat(Method.DENSE.fixedRankStep()).isEqualTo(new Dense());
        requireRefused(() -> Method.DENSE.adaptiveStep(rule), "method 'dense' cannot adapt ranks; give a rank");
        requireRefused(
                () -> Method.PROJECTOR_SPLITTING.adaptiveStep(rule),
                "method 'projector-splitting' cannot adapt ranks; give a rank");
        requireRefused(() -> Method.of("Bug"), "there is no method 'Bug'");
    }

    @Test
    void factoredWeightsAndTheRestMayHaveOptimizersAndLearningRatesOfTheirOwn() {
        TrainSpec alike = SpecBuilder.of(Method.RIEMANNIAN)
                .optimizer(new Adam())
                .rate(0.01)
                .build();
        assertThat(alike.parameterGroups()).isEqualTo(ParameterGroups.all(new Adam()));

        TrainSpec apart =
                alike.withDense(new DenseTraining(Optional.of(new Momentum(0.5)), OptionalDouble.of(0.002), List.of()));
        assertThat(apart.parameterGroups())
                .isEqualTo(new ParameterGroups(new Adam(), new Momentum(0.5), 0.002 / 0.01, List.of()));

        TrainSpec muon = SpecBuilder.of(Method.RIEMANNIAN).optimizer(new Muon()).build();
        assertThat(muon.parameterGroups()).isEqualTo(new ParameterGroups(new Muon(), new Adam(), 1, List.of()));
    }

    @Test
    void inADenseNetworkMuonTrainsMatricesAndAdamTheVectors() {
        TrainSpec spec = SpecBuilder.of(Method.DENSE)
                .optimizer(new Muon())
                .rate(0.01)
                .build()
                .withDense(new DenseTraining(Optional.empty(), OptionalDouble.of(0.005), List.of()));
        ParameterGroups groups = spec.parameterGroups();
        assertThat(groups.dense()).isEqualTo(new Muon());
        assertThat(groups.denseRate()).isEqualTo(1);
        ParameterGroups.Group others = groups.groups().getFirst();
        assertThat(others.optimizer()).isEqualTo(new Adam());
        assertThat(others.rate()).isEqualTo(0.5);
    }

    @Test
    void anOptimizerMustHaveARuleForTheMethodsSteps() {
        for (Method method : Method.values()) {
            SpecBuilder spec = SpecBuilder.of(method).optimizer(new Muon());
            if (method == Method.RIEMANNIAN || method == Method.DENSE) {
                assertThat(spec.build().optimizer()).isEqualTo(new Muon());
            } else {
                requireRefused(
                        spec::build,
                        "optimizer 'muon' has no rule for the steps of method '" + method.word()
                                + "'; use method 'riemannian' or 'dense', or optimizer 'momentum' or 'adam'");
            }
        }
        requireRefused(
                () -> SpecBuilder.of(Method.DENSE)
                        .build()
                        .withDense(new DenseTraining(Optional.of(new Adam()), OptionalDouble.empty(), List.of())),
                "dense optimizer: method 'dense' with optimizer 'momentum' has no other parameters; give one optimizer"
                        + " and one learning rate");
    }

    @Test
    void aMethodIsMadeOfAnIntegrator() {
        TrainingMethod held = TrainingMethod.of("mine", new FixedRankBug());
        assertThat(held.word()).isEqualTo("mine");
        assertThat(held.adapts()).isFalse();
        requireRefused(() -> held.adaptiveStep(new RankRule.Fixed(2)), "method 'mine' cannot adapt ranks; give a rank");
        TrainingMethod adapting = TrainingMethod.of("mine", new FixedRankBug(), AdaptiveBug::new);
        assertThat(adapting.adaptiveStep(new RankRule.Fixed(2))).isEqualTo(new AdaptiveBug(new RankRule.Fixed(2)));
        assertThat(adapting.adaptiveWork().greatestWidth()).isEqualTo(2);
        assertThat(adapting.fixedRankWork().greatestWidth()).isEqualTo(1);
    }

    private static TrainSpec spec(Decay decay, int warmUp) {
        return new TrainSpec(
                Method.BUG, new RankPlan.Hold(), new Momentum(0.9), 0.5, decay, warmUp, 1, 0, List.of(), 1, 1, 0, 1, 0);
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
