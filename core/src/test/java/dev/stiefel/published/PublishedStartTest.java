package dev.stiefel.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublishedStartTest {
    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    @Test
    void aNormalNetworkIsAlmostTheZeroMap() {
        NetworkSpec spec = Network.builder(784)
                .factored(100, 10, Activation.RELU)
                .dense(10, Activation.IDENTITY)
                .type(DType.FLOAT64)
                .spec();
        try (Network network = PublishedStart.network(spec, DType.FLOAT64, 0.05, Rng.seeded(3))) {
            Tensor W = network.factors().getFirst().matrix(scope);
            double energy = Ops.dot(W, W);
            assertThat(energy / (784 * 100 * 10 * 10 * Math.pow(0.05, 6))).isBetween(0.5, 1.5);
            assertThat(energy).isLessThan(1e-3 * 2 * 100);
            assertThat(OrthonormalBasis.error(network.factors().getFirst().U())).isLessThan(1e-12);
            Tensor all = network.dense().flat(); // the last layer's weights, and the biases of both
            assertThat(all.size()).isEqualTo(100 * 10 + 110);
            assertThat(Ops.dot(all, all) / all.size())
                    .isEqualTo(0.05 * 0.05, within(5 * Math.sqrt(2.0 / all.size()) * 0.05 * 0.05));
            Tensor x = scope.uninitialized(DType.FLOAT64, 20, 784);
            Rng.seeded(4).fillNormal(x, 1);
            Tensor y = network.predict(scope, x);
            for (int i = 1; i < 20; i++) { // hardly anything of the input comes through
                for (int j = 0; j < 10; j++) {
                    assertThat(y.get(i, j)).isEqualTo(y.get(0, j), within(0.05));
                }
            }
        }
    }
}
