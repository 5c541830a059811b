package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.model.Network;
import dev.stiefel.nn.Sums;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A run of 21 steps, seven an epoch, that is stopped and gone on with from copies of its state.
class ResumeTest {
    private static final TrainData DATA = Blobs.validated(Blobs.classified(1, 100, 1), Blobs.classified(2, 50, 1));

    static Stream<Arguments> runs() {
        Stream<Arguments> every = Stream.of(Method.values())
                .flatMap(method -> Stream.of(new Sgd(), new Momentum(0.9), new Adam())
                        .map(optimizer -> Arguments.of(method, optimizer)));
        Stream<Arguments> muon =
                Stream.of(Method.RIEMANNIAN, Method.DENSE).map(method -> Arguments.of(method, new Muon()));
        return Stream.concat(every, muon);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void aRunGoesOnWithTheSameBitsWhereverItWasStopped(Method method, Optimizer optimizer) {
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(optimizer)
                .rate(optimizer instanceof Adam ? 5e-3 : 0.02)
                .adapting(0.2, 4)
                .threads(2)
                .build();
        try (Network whole = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(whole, spec, DATA)) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            // in the middle of an epoch, just before and after an adaptation, at the end of an epoch, before the last
            for (long stop : new long[] {1, 3, 4, 7, 13, 20}) {
                requireSameAfterStop(spec, stop, Nets.bits(whole), history, moments(trainer.moments()));
            }
        }
    }

    private static void requireSameAfterStop(
            TrainSpec spec, long stop, Map<String, List<Double>> bits, History expected, Map<String, Object> moments) {
        Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
        try (ResumedRun resumed = ResumedRun.of(network, spec, DATA, stop)) {
            assertThat(Nets.bits(resumed.network())).isEqualTo(bits);
            assertThat(resumed.history().timeless()).isEqualTo(expected.timeless());
            assertThat(resumed.history().losses).isEqualTo(expected.losses);
            assertThat(moments(resumed.trainer().moments())).isEqualTo(moments);
        }
    }

    @Test
    void aStoppedRunIsNotChangedByTheOneThatGoesOnFromIt() {
        TrainSpec spec = SpecBuilder.of(Method.RIEMANNIAN).adapting(0.2, 4).build();
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 1);
                Trainer first = new Trainer(network, spec, DATA)) {
            first.run(TrainerTest.stopAfter(5));
            Map<String, Object> moments = moments(first.moments());
            Map<String, List<Double>> bits = Nets.bits(network);
            try (Network copy = Network.of(network.spec(), Method.RIEMANNIAN.gauge(), network.tensors());
                    Trainer second = new Trainer(copy, spec, DATA)) {
                second.restore(first.progress(), first.moments());
                second.run(Recorder.NONE);
            }
            assertThat(moments(first.moments())).isEqualTo(moments);
            assertThat(Nets.bits(network)).isEqualTo(bits);
        }
    }

    @Test
    void aRunThatStoppedEarlyOrFinishedStaysSo() {
        TrainData mislabelled = Blobs.validated(Blobs.classified(1, 100, 1), Blobs.mislabelled(7, 50));
        TrainSpec early =
                SpecBuilder.of(Method.DENSE).rate(0.2).epochs(50).patience(2).build();
        requireSameEnd(early, mislabelled);
        requireSameEnd(SpecBuilder.of(Method.DENSE).build(), DATA);
    }

    private static void requireSameEnd(TrainSpec spec, TrainData data) {
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT32, 1);
                Trainer first = new Trainer(network, spec, data);
                Trainer second = new Trainer(network, spec, data)) {
            Outcome outcome = first.run(Recorder.NONE);
            second.restore(first.progress(), first.moments());
            assertThat(second.run(Recorder.NONE)).isEqualTo(outcome);
            assertThat(second.passes()).isZero();
        }
    }

    @Test
    void progressThatIsNotOfThisRunIsRefused() {
        TrainSpec spec = SpecBuilder.of(Method.DENSE).build();
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            OptimizerState.Snapshot none = trainer.moments();
            for (int[] at : new int[][] {{4, 0}, {3, 1}, {0, 7}}) {
                assertThatThrownBy(() -> trainer.restore(progress(at[0], at[1]), none))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("trainer: epoch %d, batch %d is not within 3 epochs of 7 batches"
                                .formatted(at[0], at[1]));
            }
            assertThatThrownBy(() -> progress(0, -1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("progress: counts must be at least 0; got epoch 0, batch -1, best epoch 0");
            trainer.run(TrainerTest.stopAfter(1));
            assertThatThrownBy(
                            () -> trainer.restore(Progress.start(List.of("accuracy"), Double.POSITIVE_INFINITY), none))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("optimizer: only a state at its start can be restored");
        }
    }

    @Test
    void momentsOfOtherRanksAreRefused() {
        TrainSpec spec = SpecBuilder.of(Method.BUG).build();
        try (Network network = Nets.classifier(Method.BUG, DType.FLOAT32, 1);
                Scope scope = Scope.open("moments");
                Trainer trainer = new Trainer(network, spec, DATA)) {
            Map<String, Tensor> tensors = Map.of("S.first", scope.zeros(DType.FLOAT32, 7));
            OptimizerState.Snapshot wrong = new OptimizerState.Snapshot(tensors, Map.of("S", 3L));
            assertThatThrownBy(() -> trainer.restore(progress(0, 3), wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("optimizer state: S.first must have 61 elements");
            assertThat(trainer.steps()).isZero();
        }
    }

    private static Progress progress(int epoch, int batch) {
        return new Progress(
                epoch,
                batch,
                Sums.none(1),
                List.of("accuracy"),
                0,
                Double.POSITIVE_INFINITY,
                Double.NaN,
                0,
                0,
                List.of());
    }

    private static Map<String, Object> moments(OptimizerState.Snapshot snapshot) {
        Map<String, Object> all = new LinkedHashMap<>(snapshot.steps());
        snapshot.tensors()
                .forEach((name, tensor) ->
                        all.put(name, Arrays.stream(tensor.toDoubles()).boxed().toList()));
        return all;
    }
}
