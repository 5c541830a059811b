package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DeterminismTest {
    private final long ownersBefore = Scope.liveOwners();

    @AfterEach
    void everythingIsFreed() {
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    static Stream<Arguments> methodsAndThreads() {
        return Stream.of(Method.values())
                .flatMap(method -> IntStream.of(1, 2, 3).mapToObj(threads -> Arguments.of(method, threads)));
    }

    @ParameterizedTest
    @MethodSource("methodsAndThreads")
    void oneSeedAndOneNumberOfThreadsGiveTheSameBitsTwice(Method method, int threads) {
        Run first = Run.of(method, threads);
        Run second = Run.of(method, threads);
        assertThat(second).isEqualTo(first);
    }

    @ParameterizedTest
    @EnumSource
    void anotherSeedGivesAnotherNetwork(Method method) {
        TrainSpec spec = SpecBuilder.of(method).seed(6).build();
        assertThat(Run.of(spec).bits)
                .isNotEqualTo(Run.of(SpecBuilder.of(method).seed(5).build()).bits);
    }

    @Test
    void networksThatAreTrainedAtTheSameTimeComeOutAsIfAlone() throws Exception {
        List<Method> methods = List.of(Method.values());
        List<Run> alone = methods.stream().map(method -> Run.of(method, 2)).toList();
        CyclicBarrier start = new CyclicBarrier(2 * methods.size());
        try (ExecutorService executor = Executors.newFixedThreadPool(2 * methods.size())) {
            List<Future<Run>> together = new ArrayList<>();
            for (int i = 0; i < 2 * methods.size(); i++) { // each method twice
                Method method = methods.get(i % methods.size());
                together.add(executor.submit(() -> {
                    start.await();
                    return Run.of(method, 2);
                }));
            }
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % methods.size()));
            }
        }
    }

    /// What a run ends with.
    private record Run(Map<String, List<Double>> bits, List<EpochRecord> epochs, List<Double> losses) {
        static Run of(Method method, int threads) {
            return of(SpecBuilder.of(method)
                    .epochs(5)
                    .adapting(0.15, 6)
                    .threads(threads)
                    .build());
        }

        static Run of(TrainSpec spec) {
            TrainData data = Blobs.validated(Blobs.classified(1, 200, 1), Blobs.classified(2, 50, 1));
            try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                    Trainer trainer = new Trainer(network, spec, data)) {
                History history = new History();
                trainer.run(history);
                return new Run(Nets.bits(network), history.timeless(), history.losses);
            }
        }
    }
}
