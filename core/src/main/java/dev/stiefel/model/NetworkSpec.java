package dev.stiefel.model;

import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.ParameterSpec.Tied;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Description of a network without its weights: a graph of named layers. A value, written as JSON by
/// [NetworkJson]; [Network] is the live side.
///
/// The nodes stand in an order in which each follows those that it takes from; the last one is the output.
///
/// ```java
/// NetworkSpec residual = NetworkSpec.vectors(64, x -> {
///     x = x.then(linear(32).rank(8).relu());
///     x = x.then(linear(32).rank(8).relu()).plus(x);
///     return x.then(linear(10));
/// });
/// ```
public final class NetworkSpec {
    private static final int EVALUATED_VALUES = 1 << 20; // of the widest layer at a time: 4 MiB
    private static final String CHAIN_INPUT = "input";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

    private final List<Input> inputs;
    private final List<Node> nodes;
    private final Loss loss;
    private final Map<String, SampleShape> shapes;
    private final List<WeightSpec> weights;
    private final int samplesPerGroup;

    /// An input of the network.
    ///
    /// @param name unique among inputs and nodes
    /// @param shape of a sample
    public record Input(String name, SampleShape shape) {}

    /// A layer and the sources of its inputs.
    ///
    /// @param name unique among inputs and nodes
    /// @param layer specification of the layer
    /// @param from names of inputs and earlier nodes
    public record Node(String name, LayerSpec layer, List<String> from) {
        /// Takes a copy of the list.
        public Node {
            from = List.copyOf(from);
        }
    }

    /// A network of these nodes.
    ///
    /// @param inputs at least one
    /// @param nodes in an order in which each follows those that it takes from; at least one
    /// @param loss loss of the training
    /// @throws IllegalArgumentException if names clash or are unknown, a node is of no use, shapes do not fit,
    ///     or layers do not agree on the samples of a group
    public NetworkSpec(List<Input> inputs, List<Node> nodes, Loss loss) {
        this.inputs = List.copyOf(inputs);
        this.nodes = List.copyOf(nodes);
        this.loss = loss;
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("network: at least one input is needed");
        }
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("network: at least one layer is needed");
        }
        this.shapes = shapes(this.inputs, this.nodes);
        requireUsed();
        this.weights = weights(this.inputs, this.nodes, shapes);
        this.samplesPerGroup = samplesPerGroup(this.nodes);
    }

    /// A network with one input.
    ///
    /// @param shape of a sample
    /// @param layers from the input to the output
    public static NetworkSpec of(SampleShape shape, UnaryOperator<NetworkGraph.Value> layers) {
        NetworkGraph graph = new NetworkGraph();
        return graph.output(layers.apply(graph.input("input", shape)));
    }

    /// A network whose samples are vectors.
    public static NetworkSpec vectors(int columns, UnaryOperator<NetworkGraph.Value> layers) {
        return of(new SampleShape.Vector(columns), layers);
    }

    /// A network whose samples are images, channels last.
    public static NetworkSpec images(int height, int width, int channels, UnaryOperator<NetworkGraph.Value> layers) {
        return of(new SampleShape.Image(height, width, channels), layers);
    }

    /// A network whose samples are sequences of rows.
    public static NetworkSpec sequences(int columns, UnaryOperator<NetworkGraph.Value> layers) {
        return of(new SampleShape.Sequence(columns), layers);
    }

    /// A chain of linear layers over vectors, from `input` through nodes `layers.0`, `layers.1`, …: a
    /// multilayer perceptron.
    ///
    /// @param inputs values of a sample
    /// @param layers first to last, at least one
    /// @param loss loss of the training
    public static NetworkSpec chain(int inputs, List<LinearSpec> layers, Loss loss) {
        if (inputs < 1) {
            throw new IllegalArgumentException("network: inputs must be at least 1; got " + inputs);
        }
        List<Node> nodes = new ArrayList<>();
        String before = CHAIN_INPUT;
        for (int i = 0; i < layers.size(); i++) {
            String name = "layers." + i;
            nodes.add(new Node(name, layers.get(i), List.of(before)));
            before = name;
        }
        return new NetworkSpec(List.of(new Input(CHAIN_INPUT, new SampleShape.Vector(inputs))), nodes, loss);
    }

    /// The same with another loss.
    public NetworkSpec withLoss(Loss newLoss) {
        return new NetworkSpec(inputs, nodes, newLoss);
    }

    /// The inputs.
    public List<Input> inputs() {
        return inputs;
    }

    /// The nodes, in the order in which they are computed.
    public List<Node> nodes() {
        return nodes;
    }

    /// The loss of the training.
    public Loss loss() {
        return loss;
    }

    /// Shape of a sample at an input or behind a node.
    public SampleShape shape(String name) {
        SampleShape shape = shapes.get(name);
        if (shape == null) {
            throw new IllegalArgumentException("network: there is no node '%s'".formatted(name));
        }
        return shape;
    }

    /// Shapes of a node's inputs.
    public List<SampleShape> inputShapes(Node node) {
        return node.from().stream().map(this::shape).toList();
    }

    /// Shape of what comes out for a sample.
    public SampleShape output() {
        return shape(nodes.getLast().name());
    }

    /// Columns of what comes out: classes or values.
    public int outputs() {
        return output().columns();
    }

    /// Values of a sample, for a network with one input of fixed size.
    ///
    /// @throws IllegalArgumentException if there are more inputs, or samples differ in size
    public int inputValues() {
        if (inputs.size() != 1 || inputs.getFirst().shape().values().isEmpty()) {
            throw new IllegalArgumentException(
                    "network %s: must have one input of fixed size; got %s".formatted(this, inputs));
        }
        return inputs.getFirst().shape().values().getAsInt();
    }

    /// Returns whether all samples have the same number of rows, everywhere in the network.
    public boolean hasFixedRows() {
        return shapes.values().stream().allMatch(shape -> shape.rows().isPresent());
    }

    /// The number of samples to evaluate at a time, so that the widest layer's activations stay in a cache: 1 or
    /// more. All of them, where samples are one row or differ in rows.
    public int samplesAtOnce() {
        int widest = 1;
        for (SampleShape shape : shapes.values()) {
            if (shape.rows().isEmpty()) {
                return Integer.MAX_VALUE;
            }
            if (shape.rows().getAsInt() > 1) {
                widest = Math.max(widest, shape.values().orElseThrow());
            }
        }
        return widest == 1 ? Integer.MAX_VALUE : Math.max(1, EVALUATED_VALUES / widest);
    }

    /// The weight matrices, in the order of the nodes; a weight that several layers use stands once.
    public List<WeightSpec> weights() {
        return weights;
    }

    /// The weight of this full name.
    public WeightSpec weight(String name) {
        return weights.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("network %s: there is no weight '%s'; there are %s"
                        .formatted(
                                this,
                                name,
                                weights.stream().map(WeightSpec::name).toList())));
    }

    /// The factored weights, in the same order.
    public List<WeightSpec> factoredWeights() {
        return weights.stream().filter(WeightSpec::isFactored).toList();
    }

    /// Ranks of the factored weights.
    public List<Integer> ranks() {
        return factoredWeights().stream().map(each -> each.rank().getAsInt()).toList();
    }

    /// The numbers that all weights have in the dense network of this shape. Biases and other vectors are not
    /// counted.
    public long denseParameters() {
        return weights.stream().mapToLong(WeightSpec::denseParameters).sum();
    }

    /// The numbers that the factored weights have at evaluation, `Σ r (m + n)` where none has the Tucker form.
    public long factoredParameters() {
        return factoredWeights().stream().mapToLong(WeightSpec::parameters).sum();
    }

    /// The numbers that all weights have at evaluation. Biases and other vectors are not counted.
    public long parameters() {
        return weights.stream().mapToLong(WeightSpec::parameters).sum();
    }

    /// The number of samples of a batch that belong together ([dev.stiefel.nn.SampleGroups]); 1 unless a layer
    /// computes statistics over samples.
    public int samplesPerGroup() {
        return samplesPerGroup;
    }

    private static int samplesPerGroup(List<Node> nodes) {
        int most = 1;
        for (Node node : nodes) {
            int own = node.layer().samplesPerGroup();
            if (own < 1) {
                throw new IllegalArgumentException("network: layer '%s': samples of a group must be at least 1; got %d"
                        .formatted(node.name(), own));
            }
            if (own > 1 && most > 1 && own != most) {
                throw new IllegalArgumentException(
                        "network: layers must agree on the samples of a group; got %d and %d".formatted(most, own));
            }
            most = Math.max(most, own);
        }
        return most;
    }

    /// The same network with these ranks for its factored weights, in order.
    public NetworkSpec withRanks(List<Integer> ranks) {
        List<WeightSpec> factored = factoredWeights();
        if (ranks.size() != factored.size()) {
            throw new IllegalArgumentException("network %s: %d ranks are needed, one a factored weight; got %s"
                    .formatted(this, factored.size(), ranks));
        }
        Iterator<Integer> next = ranks.iterator();
        Map<String, OptionalInt> changed = new LinkedHashMap<>();
        factored.forEach(each -> changed.put(each.name(), OptionalInt.of(next.next())));
        return withRanks(changed);
    }

    /// The same network with these weights factored, or dense. A kernel in Tucker form keeps it, with the rank
    /// in both modes, as far as it can have it.
    ///
    /// @param ranks by full name of the weight; empty for a dense one
    public NetworkSpec withRanks(Map<String, OptionalInt> ranks) {
        return changed(ranks, LayerSpec::withRank);
    }

    /// The same network with these weights, kernels of convolutions, in Tucker form.
    ///
    /// @param ranks by full name of the weight; the kernels' own are the nearest that they can have
    /// @throws IllegalArgumentException if one is no kernel
    public NetworkSpec withTucker(Map<String, TuckerRanks> ranks) {
        return ranks.isEmpty() ? this : changed(ranks, LayerSpec::withTucker);
    }

    private interface Change<R> {
        LayerSpec of(LayerSpec layer, String weight, R ranks);
    }

    private <R> NetworkSpec changed(Map<String, R> ranks, Change<R> change) {
        ranks.keySet().forEach(this::weight);
        List<Node> changed = new ArrayList<>();
        for (Node node : nodes) {
            LayerSpec layer = node.layer();
            for (ParameterSpec kept : layer.parameters(inputShapes(node))) {
                R rank = ranks.get(node.name() + "." + kept.name());
                if (rank != null) {
                    layer = change.of(layer, kept.name(), rank);
                }
            }
            changed.add(new Node(node.name(), layer, node.from()));
        }
        return new NetworkSpec(inputs, changed, loss);
    }

    /// Returns whether this is a chain of linear layers over vectors, with the names that [#chain] gives them.
    public boolean isChain() {
        if (inputs.size() != 1
                || !inputs.getFirst().name().equals(CHAIN_INPUT)
                || !(inputs.getFirst().shape() instanceof SampleShape.Vector)) {
            return false;
        }
        String before = CHAIN_INPUT;
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            boolean plain =
                    node.layer() instanceof LinearSpec linear && linear.tiedTo().isEmpty();
            if (!plain || !node.name().equals("layers." + i) || !node.from().equals(List.of(before))) {
                return false;
            }
            before = node.name();
        }
        return true;
    }

    /// The layers of a chain ([#isChain]), first to last.
    ///
    /// @throws IllegalArgumentException if it is none
    public List<LinearSpec> chainLayers() {
        if (!isChain()) {
            throw new IllegalArgumentException("network %s: must be a chain of linear layers".formatted(this));
        }
        return nodes.stream().map(node -> (LinearSpec) node.layer()).toList();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof NetworkSpec that
                && inputs.equals(that.inputs)
                && nodes.equals(that.nodes)
                && loss.equals(that.loss);
    }

    @Override
    public int hashCode() {
        return Objects.hash(inputs, nodes, loss);
    }

    /// Layer widths with dashes for a chain of linear layers, `784-500-10`; else inputs and outputs.
    @Override
    public String toString() {
        if (isChain()) {
            StringBuilder text =
                    new StringBuilder().append(inputs.getFirst().shape().columns());
            chainLayers().forEach(layer -> text.append('-').append(layer.outputs()));
            return text.toString();
        }
        String in = String.join(
                " + ", inputs.stream().map(each -> each.shape().toString()).toList());
        return "%s → %s (%d layers)".formatted(in, shapes.get(nodes.getLast().name()), nodes.size());
    }

    private static Map<String, SampleShape> shapes(List<Input> inputs, List<Node> nodes) {
        Map<String, SampleShape> shapes = new LinkedHashMap<>();
        for (Input input : inputs) {
            requireName(input.name());
            if (shapes.put(input.name(), input.shape()) != null) {
                throw new IllegalArgumentException("network: there are two of the name '%s'".formatted(input.name()));
            }
        }
        for (Node node : nodes) {
            requireName(node.name());
            List<SampleShape> in = new ArrayList<>();
            for (String from : node.from()) {
                SampleShape shape = shapes.get(from);
                if (shape == null) {
                    throw new IllegalArgumentException(
                            "network: '%s' takes from '%s', which must be an input or an earlier layer; there are %s"
                                    .formatted(node.name(), from, shapes.keySet()));
                }
                in.add(shape);
            }
            SampleShape out;
            try {
                out = node.layer().output(in);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("network: layer '%s': %s".formatted(node.name(), e.getMessage()), e);
            }
            if (shapes.put(node.name(), out) != null) {
                throw new IllegalArgumentException("network: there are two of the name '%s'".formatted(node.name()));
            }
        }
        return shapes;
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "network: names must be letters, digits, '.', '_' and '-'; got '%s'".formatted(name));
        }
    }

    private void requireUsed() {
        Set<String> used = new HashSet<>();
        nodes.forEach(node -> used.addAll(node.from()));
        String output = nodes.getLast().name();
        for (String name : shapes.keySet()) {
            if (!used.contains(name) && !name.equals(output)) {
                throw new IllegalArgumentException(
                        "network: no layer takes '%s'; only the last layer may be unused".formatted(name));
            }
        }
    }

    private static List<WeightSpec> weights(List<Input> inputs, List<Node> nodes, Map<String, SampleShape> shapes) {
        Map<String, WeightSpec> weights = new LinkedHashMap<>();
        Set<String> known = new HashSet<>(); // parameters, without their sizes
        Map<String, Boolean> trained = new HashMap<>(); // whether something trained stands at or before a node
        inputs.forEach(input -> trained.put(input.name(), false));
        for (Node node : nodes) {
            boolean before = node.from().stream().anyMatch(from -> Boolean.TRUE.equals(trained.get(from)));
            List<ParameterSpec> kept = node.layer()
                    .parameters(node.from().stream().map(shapes::get).toList());
            for (ParameterSpec each : kept) {
                String name = node.name() + "." + each.name();
                switch (each) {
                    case WeightMatrix w ->
                        weights.put(
                                name, new WeightSpec(name, w.rows(), w.columns(), w.positions(), w.rank(), !before));
                    case TuckerKernel kernel -> weights.put(name, WeightSpec.of(name, kernel, !before));
                    case Tied tied -> use(weights, node.name(), tied, before);
                    case ParameterSpec.Vector v -> {}
                    case ParameterSpec.Statistic s -> {}
                }
                if (!known.add(name)) {
                    throw new IllegalArgumentException(
                            "network: there are two parameters of the name '%s'".formatted(name));
                }
            }
            boolean own = kept.stream().anyMatch(each -> !(each instanceof ParameterSpec.Statistic));
            trained.put(node.name(), before || own);
        }
        return List.copyOf(weights.values());
    }

    /// Counts the positions of one more use.
    private static void use(Map<String, WeightSpec> weights, String node, Tied tied, boolean before) {
        WeightSpec w = weights.get(tied.of());
        if (w == null) {
            throw new IllegalArgumentException(
                    "network: layer '%s' uses '%s', which must be a weight matrix of an earlier layer; there are %s"
                            .formatted(node, tied.of(), weights.keySet()));
        }
        if (w.tucker().isPresent()) {
            throw new IllegalArgumentException(
                    "network: layer '%s' uses '%s', which has the Tucker form; shared weights must be dense or U S Vᵀ"
                            .formatted(node, tied.of()));
        }
        if (w.rows() != tied.rows() || w.columns() != tied.columns()) {
            throw new IllegalArgumentException(
                    "network: layer '%s' needs a [%d, %d] weight; got '%s', which is [%d, %d]"
                            .formatted(node, tied.rows(), tied.columns(), w.name(), w.rows(), w.columns()));
        }
        OptionalInt positions = w.positions().isPresent() && tied.positions().isPresent()
                ? OptionalInt.of(w.positions().getAsInt() + tied.positions().getAsInt())
                : OptionalInt.empty();
        weights.put(
                w.name(),
                new WeightSpec(w.name(), w.rows(), w.columns(), positions, w.rank(), w.takesInputs() && !before));
    }

    /// The loss of a network that does not say: softmax cross-entropy.
    static Loss usualLoss() {
        return new SoftmaxCrossEntropy();
    }
}
