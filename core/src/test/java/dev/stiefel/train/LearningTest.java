package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkBuilder;
import dev.stiefel.nn.Activation;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import java.util.Optional;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/// Forty clouds, ten a class, which no plane separates.
class LearningTest {
    private static final int CLOUDS = 40;
    private static final double SPREAD = 0.4;
    private static final TrainData DATA = new TrainData(
            Blobs.clouds(1, 800, CLOUDS, SPREAD), Optional.empty(), Optional.of(Blobs.clouds(2, 400, CLOUDS, SPREAD)));

    static Stream<Arguments> methodsAndSeeds() {
        return Stream.of(Method.values())
                .flatMap(method -> LongStream.of(1, 2, 3).mapToObj(seed -> Arguments.of(method, seed)));
    }

    static Stream<Arguments> adaptingMethodsAndSeeds() {
        return methodsAndSeeds().filter(arguments -> ((Method) arguments.get()[0]).adapts());
    }

    @ParameterizedTest
    @MethodSource("methodsAndSeeds")
    void everyMethodLearnsWithMomentum(Method method, long seed) {
        double rate = method == Method.FACTORS ? 0.02 : 0.05; // stiff where its factors are large
        TrainSpec spec = SpecBuilder.of(method).epochs(15).rate(rate).seed(seed).build();
        assertThat(accuracy(spec, 12, seed)).isGreaterThan(0.92);
    }

    @Test
    void withoutHiddenLayersTheTaskIsOutOfReach() {
        TrainSpec spec = SpecBuilder.of(Method.DENSE).epochs(15).rate(0.05).build();
        try (Network network = Network.builder(Blobs.WIDTH)
                        .dense(Blobs.CLASSES, Activation.IDENTITY)
                        .build(Rng.seeded(1));
                Trainer trainer = new Trainer(network, spec, DATA)) {
            trainer.run(Recorder.NONE);
            assertThat(trainer.evaluate(DATA.train()).accuracy()).isBetween(0.3, 0.88);
        }
    }

    @ParameterizedTest
    @EnumSource
    void everyMethodLearnsWithAdam(Method method) {
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(new Adam())
                .epochs(15)
                .rate(5e-3)
                .clip(Double.POSITIVE_INFINITY)
                .build();
        assertThat(accuracy(spec, 12, 1)).isGreaterThan(0.92);
    }

    @ParameterizedTest
    @MethodSource("adaptingMethodsAndSeeds")
    void ranksThatAreAdaptedFallAndTheNetworkStillLearns(Method method, long seed) {
        TrainSpec spec = SpecBuilder.of(method)
                .epochs(15)
                .rate(0.05)
                .seed(seed)
                .build()
                .withRanks(RankPlan.tolerance(0.05, 0.2));
        try (Network network = network(method, 24, seed);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            long parameters = network.parameterCount();
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
            double least = method == Method.BACKWARD_CORRECTED ? 0.9 : 0.92; // its left bases move without momentum
            assertThat(trainer.evaluate(DATA.test().orElseThrow()).accuracy()).isGreaterThan(least);
            assertThat(network.parameterCount()).isLessThan(parameters * 2 / 3);
        }
    }

    /// Targets are linear in the inputs and of about unit variance, so the mean square of the best
    /// constant is about 1.
    @ParameterizedTest
    @EnumSource
    void everyMethodLearnsVectorsBySquaredErrors(Method method) {
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(new Momentum(0.9))
                .epochs(30)
                .rate(0.05)
                .build();
        Samples test = Blobs.linear(2, 200);
        try (Network network = Nets.regressor(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.validated(Blobs.linear(1, 600), test))) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            assertThat(history.epochs.getLast().validation().orElseThrow().loss())
                    .isLessThan(0.05);
            assertThat(history.epochs.getLast().train().accuracy()).isNaN();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "DENSE")
    void aFactoredNetworkLearnsWithSeveralThreads(Method method) {
        TrainSpec spec = SpecBuilder.of(method).epochs(15).rate(0.05).threads(3).build();
        assertThat(accuracy(spec, 12, 1)).isGreaterThan(0.92);
    }

    private static double accuracy(TrainSpec spec, int rank, long seed) {
        try (Network network = network(spec.method(), rank, seed);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            assertThat(trainer.run(Recorder.NONE)).isEqualTo(new Outcome.Finished());
            return trainer.evaluate(DATA.test().orElseThrow()).accuracy();
        }
    }

    private static Network network(TrainingMethod method, int rank, long seed) {
        NetworkBuilder builder = Network.builder(Blobs.WIDTH).gauge(method.gauge());
        if (method.isLowRank()) {
            builder.factored(32, Math.min(rank, Blobs.WIDTH), Activation.RELU).factored(32, rank, Activation.RELU);
        } else {
            builder.dense(32, Activation.RELU).dense(32, Activation.RELU);
        }
        return builder.dense(Blobs.CLASSES, Activation.IDENTITY).build(Rng.seeded(seed));
    }
}
