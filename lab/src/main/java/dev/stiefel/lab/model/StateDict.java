package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `state_dict` of a chain of linear layers, as PyTorch names its tensors: `0.weight` `[out, in]` and `0.bias`
/// `[out]`, `2.weight`, …, or `fc1.weight`, `net.layers.0.weight` and the like.
///
/// Such a file says nothing but names and numbers. So it is *assumed* that layers follow one another as their
/// names do (numbers in them by value: `fc2` before `fc10`), with ReLU between them and none after the last,
/// for softmax cross-entropy. What a chain cannot have is refused.
final class StateDict {
    private static final String WEIGHT = "weight";
    private static final String BIAS = "bias";
    private static final Pattern NAME = Pattern.compile("(?:(.*)\\.)?(weight|bias)", Pattern.DOTALL);
    private static final Pattern PART = Pattern.compile("[0-9]+|[^0-9]+");
    private static final Comparator<String> NATURAL = StateDict::compareNaturally;

    private final SortedMap<String, Map<String, Part>> layers = new TreeMap<>(NATURAL); // by prefix, then kind
    private final List<LinearSpec> described = new ArrayList<>();
    private final Map<String, Tensor> renamed = new LinkedHashMap<>();
    private int inputs;

    /// A tensor, and what the file calls it.
    private record Part(String name, Tensor tensor) {
        String shown() {
            return "'%s'".formatted(Json.oneLine(name));
        }
    }

    private StateDict() {}

    /// The dense float32 network that these tensors are. Close it.
    ///
    /// @throws IOException naming the tensor that is none of a chain of linear layers
    static Network network(Map<String, Tensor> tensors) throws IOException {
        StateDict dict = new StateDict();
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            dict.add(new Part(named.getKey(), named.getValue()));
        }
        return dict.build();
    }

    private void add(Part part) throws IOException {
        Matcher parts = NAME.matcher(part.name);
        if (!parts.matches()) {
            throw new IOException("tensor %s is none of a chain of linear layers, whose names end in .weight and .bias"
                    .formatted(part.shown()));
        }
        String kind = parts.group(2);
        boolean matrix = kind.equals(WEIGHT);
        if (part.tensor.shape().order() != (matrix ? 2 : 1)) {
            throw new IOException("tensor %s must be %s; got %s; only chains of linear layers can be read"
                    .formatted(part.shown(), matrix ? "a matrix [out, in]" : "a vector [out]", part.tensor.shape()));
        }
        if (part.tensor.size() == 0) {
            throw new IOException("tensor %s is empty: %s".formatted(part.shown(), part.tensor.shape()));
        }
        String prefix = parts.group(1) == null ? "" : parts.group(1);
        Part before = layers.computeIfAbsent(prefix, _ -> new LinkedHashMap<>()).put(kind, part);
        if (before != null) { // 'fc1' and 'fc01' are one place in the order
            throw new IOException("tensors %s and %s claim the same place".formatted(before.shown(), part.shown()));
        }
    }

    private Network build() throws IOException {
        if (layers.isEmpty()) {
            throw new IOException("it holds no tensors");
        }
        boolean biased = layers.values().stream().anyMatch(layer -> layer.containsKey(BIAS));
        try (Scope scope = Scope.open("state dict")) {
            Part before = null;
            for (Map.Entry<String, Map<String, Part>> layer : layers.entrySet()) {
                Part weight = part(layer.getKey(), layer.getValue(), WEIGHT, "");
                if (before == null) {
                    inputs = weight.tensor.columns();
                } else if (weight.tensor.columns() != before.tensor.rows()) {
                    throw new IOException("tensor %s must be [out, %d] to follow %s; got %s; layers are taken in the"
                                    .formatted(
                                            weight.shown(), before.tensor.rows(), before.shown(), weight.tensor.shape())
                            + " order of their names");
                }
                Part bias = biased
                        ? part(layer.getKey(), layer.getValue(), BIAS, ": all layers must have a bias, or none")
                        : new Part(BIAS, scope.zeros(DType.FLOAT32, weight.tensor.rows()));
                describe(scope, weight, bias);
                before = weight;
            }
            NetworkSpec spec = NetworkSpec.chain(inputs, described, new SoftmaxCrossEntropy());
            return Network.of(spec, Gauge.ORTHONORMAL, renamed);
        }
    }

    private void describe(Scope scope, Part weight, Part bias) throws IOException {
        int out = weight.tensor.rows();
        if (bias.tensor.size() != out) {
            throw new IOException("tensor %s must be [%d], as %s has rows; got %s"
                    .formatted(bias.shown(), out, weight.shown(), bias.tensor.shape()));
        }
        String prefix = "layers." + described.size() + ".";
        renamed.put(prefix + WEIGHT, single(scope, weight));
        renamed.put(prefix + BIAS, single(scope, bias));
        boolean last = described.size() + 1 == layers.size();
        described.add(new LinearSpec(out, last ? Activation.IDENTITY : Activation.RELU, OptionalInt.empty()));
    }

    private static Part part(String prefix, Map<String, Part> layer, String kind, String rule) throws IOException {
        Part part = layer.get(kind);
        if (part == null) {
            String missing = prefix.isEmpty() ? kind : prefix + "." + kind;
            throw new IOException("tensor '%s' is missing%s".formatted(Json.oneLine(missing), rule));
        }
        return part;
    }

    /// As float32, in which it must still be finite.
    private static Tensor single(Scope scope, Part part) throws IOException {
        Tensor single = part.tensor.type() == DType.FLOAT32 ? part.tensor : cast(scope, part.tensor);
        FiniteCheck.require(part.name, single);
        return single;
    }

    private static Tensor cast(Scope scope, Tensor tensor) {
        int size = (int) tensor.size();
        return tensor.shape().order() == 2
                ? Ops.cast(scope, tensor, DType.FLOAT32)
                : Ops.cast(scope, tensor.slice(0, 1, size), DType.FLOAT32).slice(0, size);
    }

    /// Digits by their value, everything else by its letters.
    private static int compareNaturally(String one, String other) {
        Matcher left = PART.matcher(one);
        Matcher right = PART.matcher(other);
        while (true) {
            boolean more = left.find();
            if (!right.find()) {
                return more ? 1 : 0;
            }
            if (!more) {
                return -1;
            }
            int order = comparePart(left.group(), right.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int comparePart(String one, String other) {
        if (!Character.isDigit(one.charAt(0)) || !Character.isDigit(other.charAt(0))) {
            return one.compareTo(other);
        }
        String left = one.replaceFirst("^0+(?=.)", "");
        String right = other.replaceFirst("^0+(?=.)", "");
        return left.length() == right.length() ? left.compareTo(right) : Integer.compare(left.length(), right.length());
    }
}
