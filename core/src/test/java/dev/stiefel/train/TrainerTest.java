package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    /// So small that no weight moves.
    private static final double STANDSTILL = 1e-30;

    private final long ownersBefore = Scope.liveOwners();

    @AfterEach
    void everythingIsFreed() {
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    @ParameterizedTest
    @CsvSource({"RIEMANNIAN, 1", "BUG, 2", "FACTORS, 1", "DENSE, 1"})
    void aStepTakesAsManyPassesAsItsIntegratorSays(Method method, int passes) {
        for (int every : new int[] {1, 3}) {
            TrainSpec spec = SpecBuilder.of(method).adapting(0.1, every).build();
            try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                    Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.classified(1, 100, 1)))) {
                assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
                assertThat(trainer.batchesPerEpoch()).isEqualTo(7);
                assertThat(trainer.steps()).isEqualTo(21).isEqualTo(trainer.totalSteps());
                assertThat(trainer.passes()).isEqualTo(21 * passes);
                assertThat(method.fixedRankStep().work().evaluations().size()).isEqualTo(passes);
            }
        }
    }

    /// 100 samples in batches of 16: the last of an epoch has 4. At a standstill the epoch's means must be those
    /// of the network over all samples, each weighted alike.
    @ParameterizedTest
    @EnumSource
    void trainingMetricsAreMeansOverAllSamplesOfTheEpoch(Method method) {
        Samples samples = Blobs.classified(1, 100, 1);
        TrainSpec spec = SpecBuilder.of(method).rate(STANDSTILL).epochs(2).build();
        try (Network network = Nets.classifier(method, DType.FLOAT64, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(samples))) {
            History history = new History();
            trainer.run(history);
            NaiveNetwork naive = new NaiveNetwork(network)
                    .evaluate(samples, IntStream.range(0, 100).toArray());
            for (EpochRecord epoch : history.epochs) {
                assertThat(epoch.train().loss()).isEqualTo(naive.loss, within(1e-12));
                assertThat(epoch.train().accuracy()).isEqualTo(naive.correct / 100.0);
                assertThat(epoch.train().samples()).isEqualTo(100);
            }
        }
    }

    @Test
    void eachTrainingSampleIsSeenJustBeforeTheStepItIsPartOf() {
        Samples samples = Blobs.classified(1, 40, 1);
        TrainSpec spec = SpecBuilder.of(Method.DENSE).batch(20).epochs(1).build();
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT64, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(samples))) {
            double before = trainer.evaluate(samples).loss();
            double[] midway = new double[2]; // the first batch's loss, and all samples' after the first step
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    midway[0] = loss;
                    midway[1] = running.evaluate(samples).loss();
                }

                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    assertThat(epoch.train().loss()).isLessThan(before).isGreaterThan(midway[1]);
                    assertThat(epoch.train().loss() * 2 - midway[0]).isPositive();
                }
            });
        }
    }

    /// With batches of one at a standstill, the losses of an epoch's steps tell the order of its samples.
    @Test
    void everyEpochIsAnotherOrderOfAllSamplesAndSoIsEverySeed() {
        List<List<Double>> first = orders(5);
        List<List<Double>> again = orders(5);
        List<List<Double>> other = orders(6);
        assertThat(first).isEqualTo(again);
        List<List<Double>> all = new ArrayList<>(first);
        all.addAll(other);
        assertThat(all).doesNotHaveDuplicates();
        assertThat(all.stream().map(order -> order.stream().sorted().toList()).distinct())
                .hasSize(1);
        assertThat(all.getFirst()).doesNotHaveDuplicates().hasSize(30);
    }

    private static List<List<Double>> orders(long seed) {
        Samples samples = Blobs.classified(1, 30, 1);
        TrainSpec spec = SpecBuilder.of(Method.DENSE)
                .rate(STANDSTILL)
                .batch(1)
                .seed(seed)
                .build();
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT64, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(samples))) {
            List<List<Double>> orders = new ArrayList<>();
            List<Double> order = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    order.add(loss);
                }

                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    order.add(running.progress().lastFiniteLoss());
                    orders.add(List.copyOf(order));
                    order.clear();
                }
            });
            return orders;
        }
    }

    @Test
    void aRecorderHearsOfEveryStepOnceAndSeesAConsistentTrainer() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN).adapting(0.3, 5).build();
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.classified(1, 100, 1)))) {
            List<Long> steps = new ArrayList<>();
            assertThat(trainer.medianStepSeconds()).isNaN();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    steps.add(running.steps());
                    assertThat(running).isSameAs(trainer);
                    assertThat(running.progress().batch()).isPositive();
                    assertThat(running.progress().lastFiniteLoss()).isEqualTo(loss);
                }

                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    steps.add(running.steps());
                    assertThat(running.progress().batch()).isZero();
                    assertThat(running.progress().epoch()).isEqualTo(epoch.epoch());
                    assertThat(running.progress().seconds()).isGreaterThanOrEqualTo(epoch.seconds());
                    assertThat(epoch.ranks()).isEqualTo(network.ranks());
                    assertThat(epoch.evaluationParameters()).isEqualTo(network.parameterCount());
                    assertThat(epoch.learningRate()).isEqualTo(spec.learningRate());
                    assertThat(epoch.seconds()).isPositive();
                }
            });
            assertThat(steps)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, 21).mapToObj(i -> (long) i).toList());
            assertThat(trainer.medianStepSeconds()).isPositive();
            assertThat(trainer.network()).isSameAs(network);
            assertThat(trainer.spec()).isSameAs(spec);
        }
    }

    @Test
    void theBestEpochIsThatOfTheLowestValidationLossSoFar() {
        History history = run(SpecBuilder.of(Method.DENSE).epochs(8).rate(0.2).build(), Blobs.mislabelled(7, 60));
        double lowest = Double.POSITIVE_INFINITY;
        for (EpochRecord epoch : history.epochs) {
            double loss = epoch.validation().orElseThrow().loss();
            assertThat(epoch.best()).isEqualTo(loss < lowest);
            lowest = Math.min(lowest, loss);
        }
        assertThat(history.epochs).extracting(EpochRecord::best).contains(true, false);
    }

    /// A budget is reached in the middle of the run. Here the loss only rises, so that the best epoch is the
    /// first of those within the budget, and not one of the larger network before.
    @Test
    void theBestEpochIsOneWithTheRanksThatAreAskedFor() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN).epochs(12).rate(0.2).build();
        History history = run(
                spec.withRanks(new RankPlan.Budget(222, 160, RankLimits.NONE, RankPlan.EVERY_EPOCH)),
                Blobs.mislabelled(7, 60));
        List<EpochRecord> epochs = history.epochs;
        int first = 7 - 1; // the first whose last step is not before the middle
        double loss = epochs.get(first).validation().orElseThrow().loss();
        assertThat(epochs.subList(0, first))
                .anyMatch(each -> each.validation().orElseThrow().loss() < loss);
        assertThat(epochs.get(first).best()).isTrue();
        double lowest = loss;
        for (EpochRecord later : epochs.subList(first + 1, epochs.size())) {
            double own = later.validation().orElseThrow().loss();
            assertThat(later.best()).isEqualTo(own < lowest);
            lowest = Math.min(lowest, own);
        }
    }

    @Test
    void patienceCountsFromTheFirstEpochWithTheRanksThatAreAskedFor() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN)
                .epochs(12)
                .rate(0.2)
                .patience(2)
                .build();
        RankPlan falling = new RankPlan.Budget(222, 160, RankLimits.NONE, RankPlan.EVERY_EPOCH);
        History history = run(spec.withRanks(falling), Blobs.mislabelled(7, 60));
        assertThat(history.outcome).isInstanceOf(Outcome.StoppedEarly.class);
        assertThat(((Outcome.StoppedEarly) history.outcome).bestEpoch()).isGreaterThanOrEqualTo(7);
        assertThat(history.epochs.getLast().ranks()).containsExactly(4, 4);
        RankPlan rare = new RankPlan.Budget(222, 160, RankLimits.NONE, 1_000_000);
        assertThat(run(spec.withRanks(rare), Blobs.mislabelled(7, 60)).epochs).hasSize(1 + 2);
    }

    @Test
    void withoutValidationTheTestLossDecidesAndWithoutBothEveryEpochIsTheBest() {
        TrainSpec spec =
                SpecBuilder.of(Method.DENSE).epochs(6).rate(0.2).patience(1).build();
        Samples train = Blobs.classified(1, 100, 1);
        History tested = run(spec, new TrainData(train, Optional.empty(), Optional.of(Blobs.mislabelled(7, 60))));
        assertThat(tested.outcome).isInstanceOf(Outcome.StoppedEarly.class);
        assertThat(tested.epochs.getLast().best()).isFalse();
        assertThat(tested.epochs.getFirst().test()).isPresent();
        History alone = run(spec, Blobs.only(train));
        assertThat(alone.outcome).isEqualTo(new Outcome.Finished());
        assertThat(alone.epochs).hasSize(6).extracting(EpochRecord::best).containsOnly(true);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void aRunStopsAfterAsManyEpochsWithoutABetterOneAsItsPatience(int patience) {
        TrainSpec spec = SpecBuilder.of(Method.DENSE)
                .epochs(200)
                .rate(0.2)
                .patience(patience)
                .build();
        History history = run(spec, Blobs.mislabelled(7, 60));
        int best = 0;
        for (EpochRecord epoch : history.epochs) {
            best = epoch.best() ? epoch.epoch() : best;
        }
        assertThat(history.outcome).isEqualTo(new Outcome.StoppedEarly(best));
        assertThat(history.epochs).hasSize(best + patience);
    }

    @Test
    void aRunThatGoesOnImprovingDoesNotStop() {
        TrainSpec spec =
                SpecBuilder.of(Method.DENSE).epochs(6).rate(1e-3).patience(1).build();
        assertThat(run(spec, Blobs.classified(2, 60, 1)).outcome).isEqualTo(new Outcome.Finished());
    }

    @Test
    void anotherThreadCanStopARunWhichThenGoesOnAsIfNothingHadBeen() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN).adapting(0.2, 4).build();
        TrainData data = Blobs.only(Blobs.classified(1, 100, 1));
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1);
                Network undisturbed = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, data);
                Trainer other = new Trainer(undisturbed, spec, data)) {
            Outcome outcome = trainer.run(stopAfter(10));
            assertThat(outcome).isEqualTo(new Outcome.Interrupted());
            assertThat(trainer.steps()).isEqualTo(10);
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
            other.run(Recorder.NONE);
            assertThat(Nets.bits(network)).isEqualTo(Nets.bits(undisturbed));
        }
    }

    /// A recorder that lets another thread ask for the end, and waits until it has.
    static Recorder stopAfter(long steps) {
        return new Recorder() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                if (trainer.steps() == steps) {
                    ask(trainer);
                }
            }

            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                stepped(trainer, 0);
            }

            private static void ask(Trainer trainer) {
                Thread asking = Thread.ofPlatform().start(trainer::requestStop);
                try {
                    asking.join();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    @Test
    void aStopThatIsAskedForBeforeTheFirstStepIsHeard() {
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(
                        network, SpecBuilder.of(Method.DENSE).build(), Blobs.only(Blobs.classified(1, 100, 1)))) {
            trainer.requestStop();
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Interrupted());
            assertThat(trainer.steps()).isZero();
        }
    }

    @Test
    void whatDoesNotFitTogetherIsRefusedBeforeAnythingRuns() {
        Samples samples = Blobs.classified(1, 20, 1);
        try (Network dense = Nets.classifier(Method.DENSE, DType.FLOAT32, 1);
                Network factored = Nets.classifier(Method.BUG, DType.FLOAT32, 1);
                Network free = Nets.classifier(Method.FACTORS, DType.FLOAT32, 1);
                Network regressor = Nets.regressor(Method.DENSE, DType.FLOAT32, 1);
                Network narrow = Network.builder(3)
                        .dense(Blobs.CLASSES, Activation.IDENTITY)
                        .build(Rng.seeded(1));
                Network unsuitable = Network.builder(Blobs.WIDTH)
                        .dense(2, Activation.IDENTITY)
                        .build(Rng.seeded(1))) {
            requireRefused(
                    dense,
                    Method.BUG,
                    samples,
                    "trainer: method 'bug' needs factored weights; network" + " 12-10-8-4 has 0 factored weights");
            requireRefused(
                    factored,
                    Method.DENSE,
                    samples,
                    "trainer: method 'dense' needs dense weights only; network" + " 12-10-8-4 has 2 factored weights");
            requireRefused(
                    factored,
                    Method.FACTORS,
                    samples,
                    "trainer: method 'factors' needs factors in the free" + " gauge; got orthonormal");
            for (Method method : List.of(Method.BUG, Method.RIEMANNIAN)) {
                requireRefused(
                        free,
                        method,
                        samples,
                        "trainer: method '%s' needs factors in the orthonormal gauge; got".formatted(method.word())
                                + " free");
            }
            requireRefused(
                    narrow, Method.DENSE, samples, "trainer: the network must take 12 values and give 4; got" + " 3-4");
            requireRefused(
                    regressor,
                    Method.DENSE,
                    samples,
                    "trainer: the network must take 12 values and give 4; got" + " 12-10-8-2");
            assertThat(unsuitable.spec().loss()).isEqualTo(new SoftmaxCrossEntropy());
            requireRefused(
                    unsuitable,
                    Method.DENSE,
                    Blobs.linear(1, 20),
                    "trainer: the loss must be made for the samples' targets; SoftmaxCrossEntropy[] is not made for"
                            + " vectors of values; use another loss");
            assertThat(free.factors().getFirst().gauge()).isEqualTo(Gauge.FREE);
        }
    }

    @Test
    void squaredErrorsOfClassesAreThoseOfTheirUnitVectors() {
        Samples classes = Blobs.classified(1, 60, 0.2);
        TrainSpec spec = SpecBuilder.of(Method.DENSE).epochs(40).rate(0.1).build();
        try (Network network = Network.builder(Blobs.WIDTH)
                        .dense(Blobs.CLASSES, Activation.IDENTITY)
                        .loss(new MeanSquaredError())
                        .build(Rng.seeded(1));
                Trainer trainer = new Trainer(network, spec, Blobs.only(classes))) {
            History history = new History();
            trainer.run(history);
            assertThat(history.epochs.getLast().train().accuracy()).isGreaterThan(0.95);
        }
    }

    @Test
    void closingTwiceIsFine() {
        try (Network network = Nets.classifier(Method.BUG, DType.FLOAT32, 1)) {
            Trainer trainer = new Trainer(
                    network, SpecBuilder.of(Method.BUG).threads(2).build(), Blobs.only(Blobs.classified(1, 20, 1)));
            trainer.run(Recorder.NONE);
            trainer.close();
            trainer.close();
        }
    }

    private static void requireRefused(Network network, Method method, Samples samples, String message) {
        ThrowingCallable call =
                () -> new Trainer(network, SpecBuilder.of(method).build(), Blobs.only(samples));
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static History run(TrainSpec spec, Samples validation) {
        return run(spec, Blobs.validated(Blobs.classified(1, 100, 1), validation));
    }

    private static History run(TrainSpec spec, TrainData data) {
        try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, data)) {
            History history = new History();
            history.outcome = trainer.run(history);
            return history;
        }
    }
}
