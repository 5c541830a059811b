package dev.stiefel.model;

import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.ConcatenationSpec;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.SampleShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// Builder of a network with any number of inputs.
///
/// ```java
/// NetworkGraph graph = new NetworkGraph();
/// var picture = graph.input("picture", new Vector(64)).then(linear(16).relu());
/// var size = graph.input("size", new Vector(2)).then(linear(16).relu());
/// NetworkSpec spec = graph.output(picture.beside(size).then(linear(10)));
/// ```
///
/// A layer that is given no name is called by its kind and a number: `linear1`, `addition2`.
public final class NetworkGraph {
    private final List<Input> inputs = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> counts = new HashMap<>();

    /// An empty graph.
    public NetworkGraph() {}

    /// Adds an input.
    public Value input(String name, SampleShape shape) {
        names.add(name);
        inputs.add(new Input(name, shape));
        return new Value(this, name);
    }

    /// The network with this output, trained with softmax cross-entropy unless [NetworkSpec#withLoss] says
    /// otherwise.
    ///
    /// @throws IllegalArgumentException if shapes do not fit, or a layer is of no use
    public NetworkSpec output(Value output) {
        requireMine(output);
        if (nodes.isEmpty() || !nodes.getLast().name().equals(output.name)) {
            throw new IllegalArgumentException(
                    "network: the output must be the layer that was added last; got '%s'".formatted(output.name));
        }
        return new NetworkSpec(inputs, nodes, NetworkSpec.usualLoss());
    }

    private Value add(String name, LayerSpec layer, List<Value> from) {
        from.forEach(this::requireMine);
        names.add(name);
        nodes.add(new Node(name, layer, from.stream().map(each -> each.name).toList()));
        return new Value(this, name);
    }

    private String nameFor(LayerSpec layer) {
        String kind = layer.getClass().getSimpleName();
        String word = (kind.endsWith("Spec") ? kind.substring(0, kind.length() - 4) : kind).toLowerCase(Locale.ROOT);
        String name;
        do {
            name = word + counts.merge(word, 1, Integer::sum);
        } while (names.contains(name));
        return name;
    }

    private void requireMine(Value value) {
        if (value.graph != this) {
            throw new IllegalArgumentException("network: '%s' belongs to another graph".formatted(value.name));
        }
    }

    /// The output of an input or a layer.
    public static final class Value {
        private final NetworkGraph graph;
        private final String name;

        private Value(NetworkGraph graph, String name) {
            this.graph = graph;
            this.name = name;
        }

        /// Name of the input or the layer.
        public String name() {
            return name;
        }

        /// The output of a layer that takes this value.
        public Value then(LayerSpec layer) {
            return then(graph.nameFor(layer), layer);
        }

        /// The output of a layer of this name that takes this value.
        public Value then(String layerName, LayerSpec layer) {
            return graph.add(layerName, layer, List.of(this));
        }

        /// The output of a layer that takes this value, and the others after it.
        public Value with(List<Value> others, LayerSpec layer) {
            return with(others, graph.nameFor(layer), layer);
        }

        /// The output of a layer of this name that takes this value, and the others after it.
        public Value with(List<Value> others, String layerName, LayerSpec layer) {
            return graph.add(
                    layerName,
                    layer,
                    Stream.concat(Stream.of(this), others.stream()).toList());
        }

        /// The sum of this and others of the same shape.
        public Value plus(Value... others) {
            return with(List.of(others), new AdditionSpec());
        }

        /// This and others side by side, column by column.
        public Value beside(Value... others) {
            return with(List.of(others), new ConcatenationSpec());
        }
    }
}
