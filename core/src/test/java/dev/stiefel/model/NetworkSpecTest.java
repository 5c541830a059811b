package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NetworkSpecTest {
    private static final LinearSpec DENSE = new LinearSpec(5, Activation.RELU, OptionalInt.empty());
    private static final LinearSpec RANK_3 = new LinearSpec(4, Activation.TANH, OptionalInt.of(3));

    @Test
    void sizesFollowFromTheLayers() {
        NetworkSpec spec = spec(7, DENSE, RANK_3);
        assertThat(spec.outputs()).isEqualTo(4);
        assertThat(spec.inputValues()).isEqualTo(7);
        assertThat(spec.weight("layers.1.weight").columns()).isEqualTo(5);
        assertThat(spec.weights()).extracting(WeightSpec::isFactored).containsExactly(false, true);
        assertThat(spec.weights()).extracting(WeightSpec::takesInputs).containsExactly(true, false);
        assertThat(spec.denseParameters()).isEqualTo(7 * 5 + 5 * 4);
        assertThat(spec).hasToString("7-5-4");
    }

    @Test
    void denseParametersOfAWideNetworkDoNotOverflow() {
        LinearSpec wide = new LinearSpec(60_000, Activation.RELU, OptionalInt.of(1));
        assertThat(spec(60_000, wide, wide).denseParameters()).isEqualTo(7_200_000_000L);
    }

    @Test
    void layersAreCopied() {
        List<LinearSpec> layers = new ArrayList<>(List.of(DENSE));
        NetworkSpec spec = NetworkSpec.chain(7, layers, new MeanSquaredError());
        layers.add(RANK_3);
        assertThat(spec.chainLayers()).containsExactly(DENSE);
    }

    @Test
    void ranksCanBeReplaced() {
        LinearSpec rank1 = new LinearSpec(4, Activation.TANH, OptionalInt.of(1));
        LinearSpec rank4 = new LinearSpec(4, Activation.TANH, OptionalInt.of(4));
        assertThat(spec(7, RANK_3, DENSE, RANK_3).withRanks(List.of(1, 4))).isEqualTo(spec(7, rank1, DENSE, rank4));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        requireRefused(() -> spec(0, DENSE), "network: inputs must be at least 1; got 0");
        requireRefused(() -> spec(7), "network: at least one layer is needed");
        requireRefused(
                () -> new LinearSpec(0, Activation.RELU, OptionalInt.empty()),
                "layer: outputs must be at least 1; got 0");
        requireRefused(() -> spec(2, RANK_3), "rank (3) must be in [1, 2] for a [4, 2] weight");
        requireRefused(
                () -> spec(7, new LinearSpec(5, Activation.RELU, OptionalInt.of(0))),
                "rank (0) must be in [1, 5] for a [5, 7] weight");
        requireRefused(
                () -> spec(7, RANK_3, DENSE).withRanks(List.of(5)), "rank (5) must be in [1, 4] for a [4, 7] weight");
        requireRefused(
                () -> spec(7, RANK_3, DENSE).withRanks(List.of()),
                "network 7-4-5: 1 ranks are needed, one a factored weight; got []");
        requireRefused(
                () -> spec(7, RANK_3, DENSE).withRanks(List.of(1, 2)),
                "network 7-4-5: 1 ranks are needed, one a factored weight; got [1, 2]");
    }

    private static NetworkSpec spec(int inputs, LinearSpec... layers) {
        return NetworkSpec.chain(inputs, List.of(layers), new SoftmaxCrossEntropy());
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
