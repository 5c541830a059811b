package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkBuilder;
import dev.stiefel.nn.Activation;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DivergenceTest {
    private static final TrainData DATA = Blobs.validated(Blobs.classified(1, 100, 1), Blobs.classified(2, 50, 1));

    private final long ownersBefore = Scope.liveOwners();

    @AfterEach
    void everythingIsFreed() {
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    static Stream<Arguments> runs() {
        return Stream.of(Method.values())
                .flatMap(method -> Stream.of(new Sgd(), new Momentum(0.9), new Adam())
                        .flatMap(optimizer -> Stream.of(1, 1000) // adapting in every step, and never
                                .map(every -> Arguments.of(method, optimizer, every))));
    }

    /// Relu may die and tanh saturate, so whether such a network diverges or trains to a huge loss is open.
    @ParameterizedTest
    @MethodSource("runs")
    void noLearningRateMakesARunThrow(Method method, Optimizer optimizer, int every) {
        for (double rate : new double[] {10, 1e4, 1e10, 1e19, 1e38, 1e300}) {
            for (double clip : new double[] {1, Double.POSITIVE_INFINITY}) {
                TrainSpec spec = spec(method, optimizer, every, rate, clip);
                try (Network network = Nets.classifier(method, DType.FLOAT32, 1)) {
                    History history = run(network, spec);
                    if (history.outcome instanceof Outcome.Diverged diverged) {
                        requireInformative(diverged, history);
                    }
                }
            }
        }
    }

    /// Where a step of this length itself can be taken, the product of three matrices then exceeds float32.
    @ParameterizedTest
    @MethodSource("runs")
    void aLinearNetworkDivergesWhenItsWeightsAreThrownFar(Method method, Optimizer optimizer, int every) {
        for (double rate : new double[] {1e25, 1e38, 1e300}) {
            for (double clip : new double[] {1, Double.POSITIVE_INFINITY}) {
                try (Network network = linear(method)) {
                    History history = run(network, spec(method, optimizer, every, rate, clip));
                    assertThat(history.outcome).isInstanceOf(Outcome.Diverged.class);
                    requireInformative((Outcome.Diverged) history.outcome, history);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anOverflowThatOnlyTheEvaluationSeesIsADivergence(Method method) {
        float[] huge = new float[50 * Blobs.WIDTH];
        Arrays.fill(huge, 3e38f);
        Samples train = Blobs.classified(1, 100, 1);
        Samples overflowing = Blobs.classified(2, 50, 1).withInputs(huge, Blobs.WIDTH);
        List<TrainData> data = List.of(
                Blobs.validated(train, overflowing),
                new TrainData(train, Optional.of(train), Optional.of(overflowing)));
        for (int i = 0; i < 2; i++) {
            try (Network network = linear(method)) {
                History history = run(network, SpecBuilder.of(method).build(), data.get(i));
                assertThat(history.epochs).isEmpty();
                assertThat(history.losses).hasSize(6);
                double lastLoss = ((Outcome.Diverged) history.outcome).lastFiniteLoss();
                String cause = (i == 0 ? "validation" : "test") + " loss NaN";
                assertThat(history.outcome).isEqualTo(new Outcome.Diverged(7, "layers.0", cause, lastLoss));
                assertThat(lastLoss).isFinite();
            }
        }
    }

    @Test
    void aNetworkThatIsBrokenFromTheStartDivergesInTheFirstStep() {
        try (Network network = Nets.classifier(Method.BUG, DType.FLOAT32, 1)) {
            network.factors().getLast().U().set(2, 1, Double.NaN);
            History history = run(network, SpecBuilder.of(Method.BUG).build());
            assertThat(history.outcome).isEqualTo(new Outcome.Diverged(1, "layers.1", "loss NaN", Double.NaN));
            assertThat(((Outcome.Diverged) history.outcome).message())
                    .isEqualTo("diverged at step 1 in 'layers.1': loss NaN, no finite loss before; try a smaller"
                            + " learning rate");
        }
    }

    @Test
    void theMessageIsTheSameInEveryCountry() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.GERMANY);
            assertThat(new Outcome.Diverged(412, "fc2", "loss NaN", 0.31415).message())
                    .isEqualTo("diverged at step 412 in 'fc2': loss NaN, last finite loss 0.314; try a smaller"
                            + " learning rate");
        } finally {
            Locale.setDefault(before);
        }
    }

    private static void requireInformative(Outcome.Diverged diverged, History history) {
        assertThat(diverged.step()).isBetween(1L, 21L);
        assertThat(diverged.layer()).matches("layers\\.[012]");
        assertThat(diverged.cause()).containsPattern("loss (NaN|Infinity)|gradient norm (NaN|Infinity)|step of length");
        assertThat(history.losses).allMatch(Double::isFinite);
        assertThat(diverged.message())
                .startsWith("diverged at step " + diverged.step() + " in '" + diverged.layer() + "': ")
                .endsWith("; try a smaller learning rate");
    }

    private static TrainSpec spec(Method method, Optimizer optimizer, int every, double rate, double clip) {
        return SpecBuilder.of(method)
                .optimizer(optimizer)
                .rate(rate)
                .clip(clip)
                .adapting(0.1, every)
                .build();
    }

    private static Network linear(Method method) {
        NetworkBuilder builder = Network.builder(Blobs.WIDTH).gauge(method.gauge());
        if (method.isLowRank()) {
            builder.factored(10, 6, Activation.IDENTITY).factored(8, 5, Activation.IDENTITY);
        } else {
            builder.dense(10, Activation.IDENTITY).dense(8, Activation.IDENTITY);
        }
        return builder.dense(Blobs.CLASSES, Activation.IDENTITY).build(Rng.seeded(1));
    }

    private static History run(Network network, TrainSpec spec) {
        return run(network, spec, DATA);
    }

    private static History run(Network network, TrainSpec spec, TrainData data) {
        try (Trainer trainer = new Trainer(network, spec, data)) {
            History history = new History();
            history.outcome = trainer.run(history);
            if (history.outcome instanceof Outcome.Diverged) {
                assertThat(trainer.run(history)).isSameAs(history.outcome);
            }
            return history;
        }
    }
}
