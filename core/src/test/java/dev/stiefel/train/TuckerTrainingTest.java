package dev.stiefel.train;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.integrator.Penalty;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Convolutional networks with kernels in Tucker form beside weights of the form `U S Vᵀ`.
class TuckerTrainingTest {
    private static final Image IMAGE = new Image(5, 4, 2);

    private static NetworkSpec spec() {
        return NetworkSpec.of(
                IMAGE,
                x -> x.then("a", conv(6, 3).tucker(3, 2).withoutBias())
                        .then("norm", batchNorm().group(4).relu())
                        .then("b", conv(5, 3).stride(2).tucker(3, 4).relu())
                        .then("flat", ReshapeSpec.flatten())
                        .then("c", linear(8).rank(4).relu())
                        .then("out", linear(4)));
    }

    private static Network network(Method method) {
        return Network.random(spec(), DType.FLOAT32, method.gauge(), new Spectrum.Gaussian(), Rng.seeded(1));
    }

    private static TrainData data() {
        return Blobs.validated(
                new RowSamples(1, 60, List.of(IMAGE), new Vector(4)),
                new RowSamples(2, 30, List.of(IMAGE), new Vector(4)));
    }

    private static double rate(Optimizer optimizer) {
        return switch (optimizer) {
            case Adam _ -> 5e-3;
            case Sgd _ -> 0.1;
            default -> 0.02;
        };
    }

    static Stream<Arguments> runs() {
        return Stream.of(Method.BUG, Method.S_ONLY, Method.FACTORS)
                .flatMap(method -> Stream.of(new Sgd(), new Momentum(0.9), new Adam())
                        .map(optimizer -> Arguments.of(method, optimizer)));
    }

    @ParameterizedTest
    @MethodSource("runs")
    void trainingLearnsAndGoesOnWithTheSameBits(Method method, Optimizer optimizer) {
        long owners = Scope.liveOwners();
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(optimizer)
                .rate(rate(optimizer))
                .adapting(0.1, 3)
                .epochs(4)
                .threads(2)
                .build();
        try (Network whole = network(method);
                Trainer trainer = new Trainer(whole, spec, data())) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            assertThat(history.epochs.getLast().train().loss())
                    .isLessThan(history.epochs.getFirst().train().loss());
            assertThat(history.epochs.getLast().ranks()).hasSize(3).isEqualTo(whole.ranks());

            try (ResumedRun resumed = ResumedRun.of(network(method), spec, data(), 6)) {
                assertThat(Nets.bits(resumed.network())).isEqualTo(Nets.bits(whole));
            }
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void whatIsMadeForMatricesRefusesKernelsInTuckerForm() {
        try (Network network = network(Method.BUG)) {
            TrainSpec budget = TrainSpec.defaults(Method.BUG)
                    .withRanks(new RankPlan.Trying(new RankPlan.Budget(1000, 500, RankLimits.NONE, 5), 2));
            assertThatThrownBy(() -> new Trainer(network, budget, data()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "trainer: a rank budget is for weights of the form U S Vᵀ; got 'a.weight', Tucker factors"
                                + " of a kernel of 6 outputs, 9 offsets and 2 channels, ranks 3×2; use a tolerance");
            TrainSpec penalty = TrainSpec.defaults(Method.BUG).withPenalties(List.of(new Penalty.L2(0.1)));
            assertThatThrownBy(() -> new Trainer(network, penalty, data()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("trainer: penalties are for weights of the form U S Vᵀ; got 'a.weight'");
        }
    }
}
