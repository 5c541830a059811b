package dev.stiefel.model;

import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;

/// A network that writes sequences token by token: layers keep what they have computed for the tokens before
/// (keys and values of attention), so that each turn costs one token, not all of them.
///
/// The last input of the network grows; its other inputs, the sources, are given once. Several sequences,
/// hypotheses, may be written for each source. Logits are those of a pass over whole sequences, to rounding.
/// Belongs to one thread; its memory is in the scope given when it was made.
public final class Decoding {
    private final Scope scope;
    private final Network network;
    private final List<Node> nodes;
    private final Set<String> growing = new HashSet<>(); // nodes that depend on the growing input
    private final List<Layer.Pass> passes = new ArrayList<>();
    private final Map<String, SampleRows> given = new HashMap<>(); // of sources, as far as growing nodes read it
    private final Map<Integer, Tensor> rooms = new HashMap<>(); // of growing nodes
    private int sources;

    private Decoding(Scope scope, Network network) {
        this.scope = scope;
        this.network = network;
        this.nodes = network.spec().nodes();
        growing.add(input());
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            Layer layer = network.layers().get(i);
            boolean[] grows = grows(node);
            if (Arrays.equals(grows, new boolean[grows.length])) {
                passes.add(layer.pass(new PassContext(scope, network.type(), PassMode.EVALUATION, 0)));
            } else {
                growing.add(node.name());
                if (!layer.decodes(grows)) {
                    throw new IllegalArgumentException(
                            "decoding: layer '%s' needs all rows of a sample at once; the network cannot write sequences"
                                    .formatted(node.name()));
                }
                passes.add(layer.pass(new PassContext(scope, network.type(), PassMode.DECODING, 0)));
            }
        }
    }

    private boolean[] grows(Node node) {
        boolean[] grows = new boolean[node.from().size()];
        for (int k = 0; k < grows.length; k++) {
            grows[k] = growing.contains(node.from().get(k));
        }
        return grows;
    }

    /// A decoding of this network, as it is now.
    ///
    /// @throws IllegalArgumentException if its last input is no sequence of tokens, or a layer needs all rows
    /// at once
    public static Decoding of(Scope scope, Network network) {
        if (!(network.spec().inputs().getLast().shape() instanceof SampleShape.Tokens)) {
            throw new IllegalArgumentException(
                    "decoding: the last input must be tokens; got network " + network.spec());
        }
        return new Decoding(scope, network);
    }

    /// Sequences of tokens as the rows of a batch.
    static SampleRows rows(Scope scope, DType type, List<int[]> sequences) {
        RowLayout layout =
                RowLayout.of(sequences.stream().mapToInt(each -> each.length).toArray());
        Tensor values = scope.uninitialized(type, layout.rows(), 1);
        values.setAll(
                sequences.stream().flatMapToInt(Arrays::stream).asDoubleStream().toArray());
        return new SampleRows(values, layout);
    }

    private String input() {
        return network.spec().inputs().getLast().name();
    }

    /// Begins with these sources; once, before the first turn.
    ///
    /// @param inputs all inputs but the last one; none for a language model
    public void begin(List<SampleRows> inputs) {
        List<NetworkSpec.Input> names = network.spec().inputs();
        if (inputs.size() != names.size() - 1) {
            throw new IllegalArgumentException(
                    "decoding: there must be %d sources; got %d".formatted(names.size() - 1, inputs.size()));
        }
        Map<String, SampleRows> known = new HashMap<>();
        for (int k = 0; k < inputs.size(); k++) {
            known.put(names.get(k).name(), inputs.get(k));
            sources = inputs.get(k).samples();
        }
        try (Scope local = Scope.open("sources")) {
            for (int i = 0; i < nodes.size(); i++) {
                Node node = nodes.get(i);
                if (!growing.contains(node.name())) {
                    known.put(
                            node.name(),
                            compute(
                                    i,
                                    from(node, known),
                                    (rows, columns) -> local.uninitialized(network.type(), rows, columns)));
                }
            }
            for (Node node : nodes) {
                for (String source : node.from()) {
                    if (growing.contains(node.name()) && !growing.contains(source)) {
                        SampleRows kept = Objects.requireNonNull(known.get(source), source);
                        given.computeIfAbsent(
                                source, name -> new SampleRows(kept.values().copy(scope), kept.layout()));
                    }
                }
            }
        }
    }

    private static List<SampleRows> from(Node node, Map<String, SampleRows> known) {
        return node.from().stream().map(known::get).toList();
    }

    private interface Outputs {
        Tensor of(int rows, int columns);
    }

    private SampleRows compute(int i, List<SampleRows> from, Outputs outputs) {
        RowLayout layout = network.layers()
                .get(i)
                .layout(from.stream().map(SampleRows::layout).toList(), network.shape(i));
        Tensor output = outputs.of(layout.rows(), network.shape(i).columns());
        passes.get(i).forward(from, output);
        return new SampleRows(output, layout);
    }

    private Tensor room(int i, int rows, int columns) {
        Tensor room = rooms.get(i);
        if (room == null || room.rows() < rows) {
            room = scope.uninitialized(network.type(), rows, columns);
            rooms.put(i, room);
        }
        return room.rows(0, rows);
    }

    /// Takes the next tokens of each hypothesis.
    ///
    /// @param tokens the hypotheses of the first source, then those of the second one, …, as many for each
    /// @return the output for these tokens: logits of the tokens that follow. It belongs to the decoding
    public SampleRows next(SampleRows tokens) {
        Map<String, SampleRows> known = new HashMap<>(given);
        known.put(input(), tokens);
        SampleRows last = tokens;
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (growing.contains(node.name())) {
                last = grow(i, from(node, known), tokens);
                known.put(node.name(), last);
            }
        }
        return last;
    }

    /// Extends the rows of layer `i`. For a layer that also reads the sources, all hypotheses of a source form one
    /// sample.
    private SampleRows grow(int i, List<SampleRows> from, SampleRows tokens) {
        List<String> names = nodes.get(i).from();
        if (names.stream().noneMatch(given::containsKey)) {
            return compute(i, from, (rows, columns) -> room(i, rows, columns));
        }
        RowLayout perSource = perSource(tokens.layout());
        List<SampleRows> grouped = new ArrayList<>();
        for (int k = 0; k < from.size(); k++) {
            boolean isGiven = given.containsKey(names.get(k));
            grouped.add(isGiven ? from.get(k) : new SampleRows(from.get(k).values(), perSource));
        }
        Tensor output =
                compute(i, grouped, (rows, columns) -> room(i, rows, columns)).values();
        return new SampleRows(output, tokens.layout());
    }

    private RowLayout perSource(RowLayout hypotheses) {
        int each = hypotheses.samples() / sources;
        if (each * sources != hypotheses.samples()) {
            throw new IllegalArgumentException("decoding: each of %d sources must have as many hypotheses; got %d"
                    .formatted(sources, hypotheses.samples()));
        }
        return RowLayout.of(IntStream.range(0, sources)
                .map(i -> hypotheses.first((i + 1) * each) - hypotheses.first(i * each))
                .toArray());
    }

    /// Goes on with other hypotheses.
    ///
    /// @param from for each following hypothesis, the number of the earlier one that it continues
    public void goOnFrom(int[] from) {
        for (int i = 0; i < nodes.size(); i++) {
            if (growing.contains(nodes.get(i).name())) {
                passes.get(i).goOnFrom(from);
            }
        }
    }

    /// Goes on with some of the sources; [#goOnFrom] must follow, for their hypotheses.
    ///
    /// @param kept numbers of the sources, in rising order
    public void keepSources(int[] kept) {
        sources = kept.length;
        given.replaceAll((name, rows) -> selected(rows, kept));
    }

    /// Moves the rows of some samples to the front, where they lie.
    private static SampleRows selected(SampleRows rows, int[] kept) {
        int[] counts = IntStream.of(kept).map(rows.layout()::count).toArray();
        RowLayout layout = RowLayout.of(counts);
        for (int i = 0; i < kept.length; i++) {
            int from = rows.layout().first(kept[i]);
            int to = layout.first(i);
            for (int row = 0; from != to && row < counts[i]; row++) { // forward: what is overwritten has been moved
                rows.values()
                        .rows(to + row, to + row + 1)
                        .copyFrom(rows.values().rows(from + row, from + row + 1));
            }
        }
        return new SampleRows(rows.values().rows(0, layout.rows()), layout);
    }
}
