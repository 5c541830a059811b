package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsTest {
    /// Chunks hold 500 samples.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 499, 500, 501, 1000, 1203})
    void meansAreOverAllSamplesWhateverTheirNumber(int count) {
        long owners = Scope.liveOwners();
        Samples samples = Blobs.classified(1, count, 1);
        try (Network network = Nets.classifier(Method.RIEMANNIAN, DType.FLOAT64, 3)) {
            NaiveNetwork naive = new NaiveNetwork(network)
                    .evaluate(samples, IntStream.range(0, count).toArray());
            Metrics metrics = measure(network, samples, 1);
            assertThat(metrics.loss()).isEqualTo(naive.loss, within(1e-12));
            assertThat(metrics.accuracy()).isEqualTo((double) naive.correct / count);
            assertThat(metrics.samples()).isEqualTo(count);
            assertThat(measure(network, samples, 3)).isEqualTo(metrics); // to the bit
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void targetVectorsHaveALossAndNoAccuracy() {
        Samples samples = Blobs.linear(1, 603);
        try (Network network = Nets.regressor(Method.DENSE, DType.FLOAT64, 3)) {
            NaiveNetwork naive = new NaiveNetwork(network)
                    .evaluate(samples, IntStream.range(0, 603).toArray());
            Metrics metrics = measure(network, samples, 2);
            assertThat(metrics.loss()).isEqualTo(naive.loss, within(1e-12));
            assertThat(metrics.accuracy()).isNaN();
        }
    }

    private static Metrics measure(Network network, Samples samples, int threads) {
        try (Threads workers = Threads.of(threads);
                Pool pool = new Pool()) {
            return Metrics.of(network, samples, workers, pool);
        }
    }
}
