package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.Network;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Networks that are no chains, trained by every method with every optimizer.
class GraphTrainingTest {
    static Stream<Arguments> runs() {
        return Stream.of(Graph.values())
                .flatMap(graph -> Stream.of(Method.values())
                        .flatMap(method -> Stream.of(new Sgd(), new Momentum(0.9), new Adam(), new Muon())
                                .filter(optimizer -> applies(optimizer, method))
                                .map(optimizer -> Arguments.of(graph, method, optimizer))));
    }

    private static boolean applies(Optimizer optimizer, Method method) {
        return !(optimizer instanceof Muon) || method == Method.RIEMANNIAN || method == Method.DENSE;
    }

    private static double rate(Optimizer optimizer) {
        return switch (optimizer) {
            case Adam _, Muon _ -> 5e-3;
            case Sgd _ -> 0.2;
            default -> 0.02;
        };
    }

    @ParameterizedTest
    @MethodSource("runs")
    void trainingLearnsAndGoesOnWithTheSameBits(Graph graph, Method method, Optimizer optimizer) {
        long owners = Scope.liveOwners();
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(optimizer)
                .rate(rate(optimizer))
                .adapting(0.1, 3)
                .epochs(4)
                .threads(2)
                .build();
        try (Network whole = graph.network(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(whole, spec, graph.data())) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            assertThat(history.epochs.getLast().train().loss())
                    .isLessThan(history.epochs.getFirst().train().loss());

            Network network = graph.network(method, DType.FLOAT32, 1);
            try (ResumedRun resumed = ResumedRun.of(network, spec, graph.data(), 6)) {
                assertThat(Nets.bits(resumed.network())).isEqualTo(Nets.bits(whole));
            }
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }
}
