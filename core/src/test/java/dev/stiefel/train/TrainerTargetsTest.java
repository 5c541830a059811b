package dev.stiefel.train;

import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkGraph;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanAbsoluteError;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.Targets;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Targets that do not fit a network, a loss or a measure, and rows that have none.
class TrainerTargetsTest {
    private final long ownersBefore = Scope.liveOwners();

    @AfterEach
    void everythingIsFreed() {
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    @Test
    void aNetworkThatPutsOutOneRowASampleIsRefusedForATargetARow() {
        Samples samples = new RowSamples(1, 20, List.of(new Matrix(4, 3)), new Matrix(4, 10));
        NetworkGraph graph = new NetworkGraph();
        NetworkSpec spec = graph.output(graph.input("x", new Matrix(4, 3))
                .then("flat", ReshapeSpec.flatten())
                .then("out", linear(10)));
        String rest =
                ": the network's output must have a row for each target of a sample, [4, 10]; got [10] of network "
                        + spec + "; reshape it, or give one target for each of its rows";
        try (Network network = Network.random(spec, DType.FLOAT32, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1));
                Threads threads = Threads.of(1);
                Pool pool = new Pool()) {
            requireRefused(() -> trainer(network, Blobs.only(samples), EvaluationSpec.standard()), "trainer" + rest);
            requireRefused(() -> Metrics.of(network, samples, threads, pool), "metrics" + rest);
            requireRefused(
                    () -> FastGradientSign.of(0.1, 12).evaluate(network, samples, threads, pool),
                    "fast gradient sign" + rest);
        }
    }

    @Test
    void aMonitoredMeasureThatDoesNotApplyToTheTargetsIsRefused() {
        TrainData data = Blobs.validated(Blobs.linear(1, 20), Blobs.linear(2, 20));
        EvaluationSpec evaluation =
                new EvaluationSpec(List.of(new Accuracy(), new MeanAbsoluteError()), List.of(), Accuracy.NAME);
        try (Network network = Nets.regressor(Method.DENSE, DType.FLOAT32, 1)) {
            requireRefused(
                    () -> trainer(network, data, evaluation),
                    "measures: the monitored figure must apply to the samples' targets; 'accuracy' does not apply to"
                            + " vectors of values; monitor one of [loss, "
                            + new MeanAbsoluteError().name() + "]");
        }
    }

    /// A loss of one's own, for values only.
    private record Pinball(double share) implements Loss {
        @Override
        public void requireFits(int outputs, Targets targets) {}

        @Override
        public boolean appliesTo(Targets.Kind kind) {
            return kind == Targets.Kind.VALUES;
        }

        @Override
        public double row(double[] y, Targets targets, int row, double weight) {
            return 0;
        }
    }

    @Test
    void theLossThatDoesNotApplyIsNamed() {
        try (Network network = Network.builder(Blobs.WIDTH)
                .dense(Blobs.CLASSES, Activation.IDENTITY)
                .loss(new Pinball(0.25))
                .build(Rng.seeded(1))) {
            requireRefused(
                    () -> trainer(network, Blobs.only(Blobs.classified(1, 20, 1)), EvaluationSpec.standard()),
                    "trainer: the loss must be made for the samples' targets; Pinball[share=0.25] is not made for"
                            + " classes; use another loss");
        }
    }

    @Test
    void samplesWithoutAnyTargetAreRefusedBeforeAnythingRuns() {
        Samples some = Blobs.classified(1, 20, 1);
        Samples none = new PartlyLabelled(Blobs.classified(2, 700, 1), 0);
        Samples last = new PartlyLabelled(Blobs.classified(2, 700, 1), 1)
                .select(Rng.seeded(1).permutation(700));
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT32, 1)) {
            requireNoTargets(network, Blobs.only(none), "training");
            requireNoTargets(network, Blobs.validated(some, none), "validation");
            requireNoTargets(network, new TrainData(some, Optional.empty(), Optional.of(none)), "test");
            trainer(network, Blobs.validated(some, last), EvaluationSpec.standard());
        }
    }

    private static void requireNoTargets(Network network, TrainData data, String which) {
        requireRefused(
                () -> trainer(network, data, EvaluationSpec.standard()),
                "trainer: at least one output row of the %s samples must have a target; got none in 700 samples; give"
                                .formatted(which)
                        + " others, or leave them out");
    }

    /// Batches of 4 of 60 samples, 6 of them with a class: some have none.
    @ParameterizedTest
    @EnumSource
    void aBatchWithoutTargetsDoesNotEndARun(Method method) {
        Optimizer optimizer = method == Method.RIEMANNIAN || method == Method.DENSE ? new Muon() : new Momentum(0.9);
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(optimizer)
                .adapting(0.1, 3)
                .batch(4)
                .threads(2)
                .build();
        assertThat(bitsAfter(spec)).isEqualTo(bitsAfter(spec));
    }

    private static Map<String, List<Double>> bitsAfter(TrainSpec spec) {
        Samples samples = new PartlyLabelled(Blobs.classified(1, 60, 1), 6);
        try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.validated(samples, samples))) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            for (EpochRecord epoch : history.epochs) {
                assertThat(epoch.train().rows()).isEqualTo(6);
                assertThat(epoch.train().loss()).isFinite();
                assertThat(epoch.validation().orElseThrow().rows()).isEqualTo(6);
            }
            return Nets.bits(network);
        }
    }

    @Test
    void aBatchWithoutTargetsHasNoLossAndNoGradientAndCountsNoRows() {
        Samples samples = new PartlyLabelled(Blobs.classified(1, 12, 1), 5);
        TrainSpec spec = SpecBuilder.of(Method.DENSE)
                .optimizer(new Sgd())
                .batch(1)
                .epochs(1)
                .build()
                .withWeightDecay(0);
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT64, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(samples))) {
            List<Map<String, List<Double>>> bits = new ArrayList<>(List.of(Nets.bits(network)));
            List<Double> losses = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void stepped(Trainer running, double loss) {
                    heard(loss);
                    assertThat(running.progress().sums().rows())
                            .isEqualTo(losses.stream().filter(each -> each > 0).count());
                }

                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    heard(running.progress().lastFiniteLoss());
                    assertThat(epoch.train().rows()).isEqualTo(5);
                    assertThat(epoch.train().loss())
                            .isEqualTo(losses.stream().mapToDouble(each -> each).sum() / 5, within(1e-15));
                }

                private void heard(double loss) {
                    losses.add(loss);
                    bits.add(Nets.bits(network));
                }
            });
            assertThat(losses).hasSize(12);
            assertThat(losses.stream().filter(loss -> loss == 0)).hasSize(7);
            for (int i = 0; i < losses.size(); i++) {
                assertThat(bits.get(i + 1).equals(bits.get(i))).isEqualTo(losses.get(i) == 0);
            }
        }
    }

    private static void trainer(Network network, TrainData data, EvaluationSpec evaluation) {
        new Trainer(network, SpecBuilder.of(Method.DENSE).build(), data, evaluation).close();
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    /// Samples of which only the first ones have their class.
    private record PartlyLabelled(Samples source, int labelled) implements Samples {
        @Override
        public int size() {
            return source.size();
        }

        @Override
        public List<SampleShape> inputs() {
            return source.inputs();
        }

        @Override
        public Targets.Kind targetKind() {
            return Targets.Kind.CLASSES;
        }

        @Override
        public SampleShape output() {
            return source.output();
        }

        @Override
        public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
            return source.gather(scope, threads, type, order, from, to);
        }

        @Override
        public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
            int[] labels = new int[to - from];
            for (int i = from; i < to; i++) {
                labels[i - from] = order[i] < labelled ? source.label(order[i]) : Targets.Classes.NONE;
            }
            return new Targets.Classes(labels);
        }
    }
}
