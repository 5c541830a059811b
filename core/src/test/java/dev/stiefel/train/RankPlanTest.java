package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.RankPlan.Adapt;
import dev.stiefel.train.RankPlan.Adapt.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class RankPlanTest {
    private static final RankLimits LIMITS = RankLimits.of(2, 9);
    private static final List<TuckerRanks> RANKS = List.of(TuckerRanks.of(5), TuckerRanks.of(4));

    @Test
    void heldRanksAreNeverAdapted() {
        assertThat(adaptations(new RankPlan.Hold(), 30, 10)).isEmpty();
    }

    @Test
    void everyNthStepAdaptsWhateverTheEpochsAre() {
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, 4), 30, 10))
                .containsExactly(3L, 7L, 11L, 15L, 19L, 23L, 27L);
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, 1), 5, 10)).containsExactly(0L, 1L, 2L, 3L, 4L);
    }

    @Test
    void onceAnEpochIsInItsLastStep() {
        assertThat(adaptations(plan(Measure.RELATIVE, 0.1, 0.1, RankPlan.EVERY_EPOCH), 30, 10))
                .containsExactly(9L, 19L, 29L);
    }

    @Test
    void theToleranceChangesLinearlyUntilTheMiddleOfTheRunAndStaysThere() {
        RankPlan plan = plan(Measure.RELATIVE, 0.03, 0.13, 1);
        for (long step = 0; step < 100; step++) {
            double expected = step < 50 ? 0.03 + 0.1 * step / 50 : 0.13;
            RankRule rule = plan.at(step, 100, 10, RANKS).orElseThrow();
            assertThat(rule).isInstanceOfSatisfying(RelativeTolerance.class, relative -> {
                assertThat(relative.tolerance()).isEqualTo(expected, within(1e-15));
                assertThat(relative.limits()).isEqualTo(LIMITS);
            });
        }
    }

    @Test
    void anAbsoluteToleranceMayFallAsWell() {
        RankPlan plan = plan(Measure.ABSOLUTE, 3, 1, 1);
        assertThat(plan.at(0, 8, 4, RANKS)).hasValue(new AbsoluteTolerance(3, LIMITS));
        assertThat(plan.at(2, 8, 4, RANKS)).hasValue(new AbsoluteTolerance(2, LIMITS));
        assertThat(plan.at(7, 8, 4, RANKS)).hasValue(new AbsoluteTolerance(1, LIMITS));
    }

    @Test
    void theShortFormAdaptsOnceAnEpochWithoutLimits() {
        assertThat(RankPlan.tolerance(0.03, 0.1))
                .isEqualTo(new Adapt(Measure.RELATIVE, 0.03, 0.1, RankLimits.NONE, RankPlan.EVERY_EPOCH));
    }

    @Test
    void aBudgetChangesLinearlyUntilTheMiddleOfTheRunAndStaysThere() {
        RankPlan plan = new RankPlan.Budget(1000, 200, LIMITS, 2);
        assertThat(adaptations(plan, 8, 4)).containsExactly(1L, 3L, 5L, 7L);
        assertThat(plan.at(1, 8, 4, RANKS)).hasValue(new RankRule.Budget(800, LIMITS));
        assertThat(plan.at(3, 8, 4, RANKS)).hasValue(new RankRule.Budget(400, LIMITS));
        assertThat(plan.at(5, 8, 4, RANKS)).hasValue(new RankRule.Budget(200, LIMITS));
        assertThat(plan.at(7, 8, 4, RANKS)).hasValue(new RankRule.Budget(200, LIMITS));
    }

    @Test
    void aPlanIsAtItsEndOnceRanksWereAdaptedByItsLastRule() {
        RankPlan falling = new RankPlan.Budget(1000, 200, LIMITS, 2);
        assertThat(LongStream.rangeClosed(0, 8).filter(taken -> falling.isAtItsEnd(taken, 8, 4)))
                .containsExactly(6L, 7L, 8L);
        RankPlan constant = plan(Measure.RELATIVE, 0.1, 0.1, 3);
        assertThat(LongStream.rangeClosed(0, 8).filter(taken -> constant.isAtItsEnd(taken, 8, 4)))
                .containsExactly(3L, 4L, 5L, 6L, 7L, 8L);
        RankPlan rare = new RankPlan.Budget(1000, 200, LIMITS, 20);
        assertThat(rare.isAtItsEnd(8, 8, 4)).isFalse();
        assertThat(new RankPlan.Hold().isAtItsEnd(0, 8, 4)).isTrue();
    }

    @Test
    void aMethodOfBlocksIsAtItsEndAfterAnyEpochOfTheSecondHalf() {
        RankPlan rare = plan(Measure.RELATIVE, 0.1, 0.3, 100);
        StepPlan blocks = new StepPlan(Method.S_ONLY, rare, 40, 10);
        assertThat(IntStream.rangeClosed(0, 4).filter(blocks::isAtItsEnd)).containsExactly(3, 4);
        StepPlan adapting = new StepPlan(Method.RIEMANNIAN, rare, 40, 10);
        assertThat(IntStream.rangeClosed(0, 4).filter(adapting::isAtItsEnd)).isEmpty();
    }

    @Test
    void theShortFormOfABudgetFallsFromWhatTheNetworkHasToTheShare() {
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1)) { // 12-10-8-4, ranks 6 and 5
            long dense = 12 * 10 + 10 * 8 + 8 * 4;
            long last = 8 * 4;
            assertThat(RankPlan.budget(network.spec(), 0.5))
                    .isEqualTo(new RankPlan.Budget(
                            6 * 22 + 5 * 18, dense / 2 - last, RankLimits.NONE, RankPlan.EVERY_EPOCH));
            assertThat(RankPlan.budget(network.spec(), 1))
                    .isEqualTo(
                            new RankPlan.Budget(6 * 22 + 5 * 18, dense - last, RankLimits.NONE, RankPlan.EVERY_EPOCH));
            requireRefused(
                    () -> RankPlan.budget(network.spec(), 0.1),
                    "rank budget: the share must be more than the 32 of 232 parameters that are not factored; got 0.1");
            requireRefused(
                    () -> RankPlan.budget(network.spec(), 0), "rank budget: the share must be in (0, 1]; got 0.0");
        }
    }

    @Test
    void aTrainerRefusesAPlanThatIsNotForItsWeights() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN).build();
        TrainData data = Blobs.only(Blobs.classified(1, 20, 1));
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1)) {
            requireRefused(
                    () -> new Trainer(network, spec.withRanks(new RankPlan.Budget(500, 79, LIMITS, 1)), data),
                    "rank budget must hold the least ranks, 80 parameters; got 79; raise it or lower them");
            RankLimits three = new RankLimits(List.of(1, 2, 3), List.of(9));
            for (RankPlan plan :
                    List.of(new Adapt(Measure.RELATIVE, 0.1, 0.1, three, 1), new RankPlan.Budget(500, 500, three, 1))) {
                requireRefused(
                        () -> new Trainer(network, spec.withRanks(plan), data),
                        "minimum ranks must be one for all weights, or one for each of the 2; got [1, 2, 3]");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"PROJECTOR_SPLITTING", "FACTORS", "DENSE"})
    void aBudgetIsSpentButNotExceeded(Method method) {
        for (List<Integer> ranks : ranksStepByStep(method, new RankPlan.Budget(100, 100, RankLimits.NONE, 1))) {
            assertThat(ranks.get(0) * 22 + ranks.get(1) * 18).isBetween(100 - 18 + 1, 100);
        }
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        requireRefused(() -> plan(Measure.RELATIVE, -0.1, 0.1, 1), "tolerance must be in [0, 1); got -0.1");
        requireRefused(() -> plan(Measure.RELATIVE, 0.1, 1, 1), "tolerance must be in [0, 1); got 1.0");
        requireRefused(() -> plan(Measure.RELATIVE, Double.NaN, 0.1, 1), "tolerance must be in [0, 1); got NaN");
        requireRefused(
                () -> plan(Measure.ABSOLUTE, 1, Double.POSITIVE_INFINITY, 1),
                "absolute tolerance must be at least 0 and finite; got Infinity");
        requireRefused(() -> plan(Measure.RELATIVE, 0.1, 0.1, -1), "adapt every: must be at least 1 step; got -1");
    }

    /// A tolerance near 1 leaves the least rank allowed; a tolerance of 0 doubles ranks up to the
    /// greatest.
    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"S_ONLY", "PROJECTOR_SPLITTING", "FACTORS", "DENSE"})
    void aTrainerAdaptsInTheStepsOfThePlanWithinItsLimits(Method method) {
        assertThat(ranksStepByStep(method, new Adapt(Measure.RELATIVE, 0.99, 0.99, LIMITS, 3)))
                .containsExactly(
                        List.of(6, 5), List.of(6, 5), List.of(2, 2), List.of(2, 2), List.of(2, 2), List.of(2, 2));
        assertThat(ranksStepByStep(method, new Adapt(Measure.RELATIVE, 0, 0, LIMITS, 3))
                        .get(2))
                .containsExactly(9, 8); // the second weight is [8, 10]
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"PROJECTOR_SPLITTING", "FACTORS", "DENSE"})
    void everyWeightKeepsLimitsOfItsOwn(Method method) {
        RankLimits limits = new RankLimits(List.of(3, 1), List.of(3, 2));
        assertThat(ranksStepByStep(method, new Adapt(Measure.RELATIVE, 0, 0, limits, 1)))
                .containsOnly(List.of(3, 2));
    }

    @Test
    void aTrialComesBeforeEachAdaptationInTheFirstHalfAndThenRanksAreHeld() {
        RankPlan plan = new RankPlan.Trying(plan(Measure.RELATIVE, 0.1, 0.1, 4), 2);
        assertThat(adaptations(plan, 16, 4)).containsExactly(1L, 3L, 5L, 7L, 11L);
        for (long opening : new long[] {1, 5}) {
            assertThat(plan.at(opening, 16, 4, RANKS))
                    .hasValue(new RankRule.Widening(RANKS, RankPlan.NEW_DIRECTIONS, LIMITS));
        }
        for (long judging : new long[] {3, 7, 11}) {
            assertThat(plan.at(judging, 16, 4, RANKS)).hasValue(new RelativeTolerance(0.1, LIMITS));
        }
        requireRefused(
                () -> new RankPlan.Trying(plan(Measure.RELATIVE, 0.1, 0.1, 4), 0),
                "trial: must be at least 1 step; got 0");
    }

    @Test
    void aTrialThatIsNoShorterThanAPeriodIsLeftOut() {
        assertThat(adaptations(new RankPlan.Trying(plan(Measure.RELATIVE, 0.1, 0.1, 4), 4), 16, 4))
                .containsExactly(3L, 7L, 11L);
    }

    @ParameterizedTest
    @EnumSource(names = {"RIEMANNIAN", "BUG", "PARALLEL_BUG", "BACKWARD_CORRECTED"})
    void withTrialsRanksGrowFromTheLeast(Method method) {
        RankPlan plan = new Adapt(Measure.RELATIVE, 0.1, 0.1, RankLimits.NONE, RankPlan.EVERY_EPOCH);
        int without = ranksFromTheLeast(method, plan);
        assertThat(ranksFromTheLeast(method, new RankPlan.Trying(plan, 20))).isGreaterThan(without);
    }

    private static int ranksFromTheLeast(Method method, RankPlan plan) {
        TrainSpec spec = SpecBuilder.of(method).epochs(12).rate(0.05).build().withRanks(plan);
        try (Network network = Network.builder(Blobs.WIDTH)
                        .factored(16, 1, Activation.RELU)
                        .factored(16, 1, Activation.RELU)
                        .dense(Blobs.CLASSES, Activation.IDENTITY)
                        .build(Rng.seeded(1));
                Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.clouds(1, 400, 12, 0.4)))) {
            trainer.run(Recorder.NONE);
            return network.ranks().stream().mapToInt(Integer::intValue).sum();
        }
    }

    private static List<List<Integer>> ranksStepByStep(Method method, RankPlan plan) {
        TrainSpec spec = SpecBuilder.of(method).epochs(1).build().withRanks(plan);
        try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.classified(1, 112, 1)))) {
            List<List<Integer>> ranks = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    ranks.add(network.ranks());
                }
            });
            return ranks;
        }
    }

    private static List<Long> adaptations(RankPlan plan, long steps, int stepsPerEpoch) {
        return LongStream.range(0, steps)
                .filter(step -> plan.at(step, steps, stepsPerEpoch, RANKS).isPresent())
                .boxed()
                .toList();
    }

    private static RankPlan plan(Measure measure, double start, double end, int every) {
        return new Adapt(measure, start, end, LIMITS, every);
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
