package dev.stiefel.lab.session;

import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/// The weights of a network in one that differs in its input's size or in its last layer, which may be drawn anew: it
/// has other classes, say.
final class Transfer {
    private final Network from;
    private final NetworkSpec to;

    /// @param to of the same layers
    Transfer(Network from, NetworkSpec to) {
        this.from = from;
        this.to = to;
    }

    /// Returns whether the last layer cannot be kept.
    boolean needsNewHead() {
        WeightSpec before = from.spec().weights().getLast();
        WeightSpec after = to.weights().getLast();
        return before.rows() != after.rows()
                || before.columns() != after.columns()
                || !from.spec().loss().equals(to.loss());
    }

    /// The first weight that fits no more, the last layer's aside.
    Optional<String> misfit() {
        for (WeightSpec after : to.weights().subList(0, to.weights().size() - 1)) {
            WeightSpec before = from.spec().weight(after.name());
            if (before.rows() != after.rows() || before.columns() != after.columns()) {
                return Optional.of("'%s' would have to be [%s, %s]; it is [%s, %s]"
                        .formatted(after.name(), after.rows(), after.columns(), before.rows(), before.columns()));
            }
        }
        return Optional.empty();
    }

    /// Name of the last layer.
    String head() {
        return to.nodes().getLast().name();
    }

    /// The network with what can be kept. Close it.
    ///
    /// @param rng generator for a new last layer
    Network network(Rng rng) {
        if (!needsNewHead()) {
            return Network.of(to, from.gauge(), from.tensors());
        }
        Node head = to.nodes().getLast();
        NetworkSpec alone = NetworkSpec.of(to.inputShapes(head).getFirst(), x -> x.then(head.name(), head.layer()));
        Map<String, Tensor> tensors = from.tensors();
        tensors.keySet().removeIf(name -> name.startsWith(head.name() + "."));
        try (Network drawn = Network.random(alone, from.type(), from.gauge(), new Spectrum.Gaussian(), rng)) {
            tensors.putAll(drawn.tensors());
            return Network.of(to, from.gauge(), tensors);
        }
    }
}
