package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.model.NetworkSpec.LayerSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Loss;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class NetworkSpecTest {
    private static final LayerSpec DENSE = new LayerSpec(5, Activation.RELU, OptionalInt.empty());
    private static final LayerSpec RANK_3 = new LayerSpec(4, Activation.TANH, OptionalInt.of(3));

    @Test
    void sizesFollowFromTheLayers() {
        NetworkSpec spec = spec(7, DENSE, RANK_3);
        assertThat(spec.outputs()).isEqualTo(4);
        assertThat(spec.inputs(0)).isEqualTo(7);
        assertThat(spec.inputs(1)).isEqualTo(5);
        assertThat(spec.denseParameters()).isEqualTo(7 * 5 + 5 * 4);
        assertThat(spec).hasToString("7-5-4");
    }

    @Test
    void denseParametersOfAWideNetworkDoNotOverflow() {
        LayerSpec wide = new LayerSpec(60_000, Activation.RELU, OptionalInt.of(1));
        assertThat(spec(60_000, wide, wide).denseParameters()).isEqualTo(7_200_000_000L);
    }

    @Test
    void layersAreCopied() {
        List<LayerSpec> layers = new ArrayList<>(List.of(DENSE));
        NetworkSpec spec = new NetworkSpec(7, layers, Loss.MEAN_SQUARED_ERROR);
        layers.add(RANK_3);
        assertThat(spec.layers()).containsExactly(DENSE);
    }

    @Test
    void ranksCanBeReplaced() {
        LayerSpec rank1 = new LayerSpec(4, Activation.TANH, OptionalInt.of(1));
        LayerSpec rank4 = new LayerSpec(4, Activation.TANH, OptionalInt.of(4));
        assertThat(spec(7, RANK_3, DENSE, RANK_3).withRanks(List.of(1, 4))).isEqualTo(spec(7, rank1, DENSE, rank4));
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        requireRefused(() -> spec(0, DENSE), "network: inputs must be at least 1; got 0");
        requireRefused(() -> spec(7), "network: at least one layer is needed");
        requireRefused(
                () -> new LayerSpec(0, Activation.RELU, OptionalInt.empty()),
                "layer: outputs must be at least 1; got 0");
        requireRefused(() -> spec(2, RANK_3), "rank (3) must be in [1, 2] for a [4, 2] weight");
        requireRefused(
                () -> spec(7, new LayerSpec(5, Activation.RELU, OptionalInt.of(0))),
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

    private static NetworkSpec spec(int inputs, LayerSpec... layers) {
        return new NetworkSpec(inputs, List.of(layers), Loss.SOFTMAX_CROSS_ENTROPY);
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }
}
