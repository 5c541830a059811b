package dev.stiefel.model;

import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Loss;
import java.util.Iterator;
import java.util.List;
import java.util.OptionalInt;

/// What a network is, without its weights.
///
/// @param inputs values a sample has
/// @param layers first to last, at least one
/// @param loss what it is trained for
public record NetworkSpec(int inputs, List<LayerSpec> layers, Loss loss) {
    /// Checks sizes and ranks.
    public NetworkSpec {
        layers = List.copyOf(layers);
        if (inputs < 1) {
            throw new IllegalArgumentException("network: inputs must be at least 1; got " + inputs);
        }
        if (layers.isEmpty()) {
            throw new IllegalArgumentException("network: at least one layer is needed");
        }
        int width = inputs;
        for (LayerSpec layer : layers) {
            int in = width;
            layer.rank().ifPresent(rank -> {
                int limit = Math.min(in, layer.outputs());
                if (rank < 1 || rank > limit) {
                    throw new IllegalArgumentException("rank (%d) must be in [1, %d] for a [%d, %d] weight"
                            .formatted(rank, limit, layer.outputs(), in));
                }
            });
            width = layer.outputs();
        }
    }

    /// One linear layer.
    ///
    /// @param outputs values a sample has when it goes out
    /// @param activation what is applied to them
    /// @param rank the initial rank of a factored weight; empty for a dense one
    public record LayerSpec(int outputs, Activation activation, OptionalInt rank) {
        /// Checks the size.
        public LayerSpec {
            if (outputs < 1) {
                throw new IllegalArgumentException("layer: outputs must be at least 1; got " + outputs);
            }
        }
    }

    /// Values that come out for a sample.
    public int outputs() {
        return layers.getLast().outputs();
    }

    /// Values that go into layer `i`.
    public int inputs(int i) {
        return i == 0 ? inputs : layers.get(i - 1).outputs();
    }

    /// The numbers that the weights of the dense network of this shape have, biases not counted.
    public long denseParameters() {
        long sum = 0;
        for (int i = 0; i < layers.size(); i++) {
            sum += (long) inputs(i) * layers.get(i).outputs();
        }
        return sum;
    }

    /// The numbers that the factored weights have at evaluation, `Σ r (m + n)`.
    public long factoredParameters() {
        long sum = 0;
        for (int i = 0; i < layers.size(); i++) {
            sum += (long) layers.get(i).rank().orElse(0)
                    * (inputs(i) + layers.get(i).outputs());
        }
        return sum;
    }

    /// The numbers that all weights have at evaluation, biases not counted.
    public long parameters() {
        long sum = factoredParameters();
        for (int i = 0; i < layers.size(); i++) {
            LayerSpec layer = layers.get(i);
            sum += layer.rank().isPresent() ? 0 : (long) inputs(i) * layer.outputs();
        }
        return sum;
    }

    /// The same network with these ranks for its factored weights, in order.
    public NetworkSpec withRanks(List<Integer> ranks) {
        long factored =
                layers.stream().filter(layer -> layer.rank().isPresent()).count();
        if (ranks.size() != factored) {
            throw new IllegalArgumentException(
                    "network %s: %d ranks are needed, one a factored weight; got %s".formatted(this, factored, ranks));
        }
        Iterator<Integer> next = ranks.iterator();
        List<LayerSpec> changed = layers.stream()
                .map(layer -> layer.rank().isPresent()
                        ? new LayerSpec(layer.outputs(), layer.activation(), OptionalInt.of(next.next()))
                        : layer)
                .toList();
        return new NetworkSpec(inputs, changed, loss);
    }

    /// Layer widths with dashes, for example `784-500-10`.
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(inputs);
        layers.forEach(layer -> text.append('-').append(layer.outputs()));
        return text.toString();
    }
}
