package dev.stiefel.lab.model;

import dev.stiefel.lab.text.Json;
import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The tensors of a PyTorch `state_dict`, by the module that they belong to: `features.0.weight` is the weight of
/// `features.0`.
///
/// Such a file says nothing but names and numbers. With kernels of convolutions in it, it must be one of the networks
/// for images that runs can have ([ImageStateDict]), else a chain of linear layers ([LinearStateDict]).
final class StateDict {
    static final String WEIGHT = "weight";
    static final String BIAS = "bias";
    static final int KERNEL_ORDER = 4;

    private static final int BLOCK = 1 << 16;

    /// The counter of batches of a normalization: a whole number, of no use to evaluation.
    private static final String COUNTER = "num_batches_tracked";

    private static final Pattern PIECE = Pattern.compile("[0-9]+|[^0-9]+");
    private static final Comparator<String> NATURAL = StateDict::compareNaturally;

    private final SortedMap<String, TorchModule> modules = new TreeMap<>(NATURAL);

    /// A tensor, and what the file calls it.
    record Part(String name, Tensor tensor) {
        String shown() {
            return "'%s'".formatted(Json.oneLine(name));
        }

        ImportedTensor becoming(String ours) {
            return ImportedTensor.of(name, tensor.shape(), ours);
        }

        /// A part of a tensor, gapless, in single precision.
        float[] floats(long from, int count) {
            float[] floats = new float[count];
            switch (tensor.type()) {
                case FLOAT32 -> tensor.read(from, floats, 0, count);
                case FLOAT64 -> {
                    double[] doubles = new double[count];
                    tensor.read(from, doubles, 0, count);
                    for (int i = 0; i < count; i++) {
                        floats[i] = (float) doubles[i];
                    }
                }
            }
            return floats;
        }

        /// The tensor as float32, in which it must still be finite.
        Tensor single(Scope scope) throws IOException {
            Tensor single = tensor;
            if (tensor.type() != DType.FLOAT32) {
                int[] extents = new int[tensor.shape().order()];
                for (int axis = 0; axis < extents.length; axis++) {
                    extents[axis] = tensor.shape().extent(axis);
                }
                single = scope.uninitialized(DType.FLOAT32, extents);
                for (long at = 0; at < tensor.size(); at += BLOCK) {
                    int count = (int) Math.min(BLOCK, tensor.size() - at);
                    single.write(at, floats(at, count), 0, count);
                }
            }
            FiniteCheck.require(name, single);
            return single;
        }
    }

    /// A module: its tensors by the last part of their names.
    ///
    /// @param name prefix of the name; may be empty
    record TorchModule(String name, Map<String, Part> parts) {
        Optional<Part> find(String kind) {
            return Optional.ofNullable(parts.get(kind));
        }

        /// The tensor of this kind.
        ///
        /// @param rule for the message: why it must be there
        Part part(String kind, String rule) throws IOException {
            Part part = parts.get(kind);
            if (part == null) {
                throw new IOException("tensor '%s' is missing%s".formatted(Json.oneLine(fullName(kind)), rule));
            }
            return part;
        }

        String fullName(String kind) {
            return name.isEmpty() ? kind : name + "." + kind;
        }
    }

    private StateDict() {}

    /// Returns whether a tensor of this name says something of a network.
    static boolean isRead(String name) {
        return !name.equals(COUNTER) && !name.endsWith("." + COUNTER);
    }

    /// A network, and what each tensor of the file became in it.
    record Converted(Network network, List<ImportedTensor> tensors) {}

    /// The dense float32 network that these tensors are. Close it.
    ///
    /// @throws IOException naming the tensor that is in the way
    static Converted network(Map<String, Tensor> tensors, NetworkHint hint) throws IOException {
        StateDict dict = new StateDict();
        for (Map.Entry<String, Tensor> named : tensors.entrySet()) {
            if (isRead(named.getKey())) {
                dict.add(new Part(named.getKey(), named.getValue()));
            }
        }
        if (dict.modules.isEmpty()) {
            throw new IOException("it holds no tensors");
        }
        return dict.hasKernels() ? ImageStateDict.network(dict, hint) : LinearStateDict.network(dict, hint);
    }

    private void add(Part part) throws IOException {
        if (part.tensor.size() == 0) {
            throw new IOException("tensor %s is empty: %s".formatted(part.shown(), part.tensor.shape()));
        }
        int dot = part.name.lastIndexOf('.');
        String module = dot < 0 ? "" : part.name.substring(0, dot);
        Part before = modules.computeIfAbsent(module, name -> new TorchModule(name, new LinkedHashMap<>()))
                .parts
                .put(part.name.substring(dot + 1), part);
        if (before != null) { // 'fc1' and 'fc01' are one place in the order
            throw new IOException("tensors %s and %s claim the same place".formatted(before.shown(), part.shown()));
        }
    }

    private boolean hasKernels() {
        return modules.values().stream()
                .flatMap(module -> module.find(WEIGHT).stream())
                .anyMatch(weight -> weight.tensor.shape().order() == KERNEL_ORDER);
    }

    /// The modules in natural order of their names: `fc2` before `fc10`.
    List<TorchModule> modules() {
        return List.copyOf(modules.values());
    }

    /// Digits by their value, everything else by its letters.
    private static int compareNaturally(String one, String other) {
        Matcher left = PIECE.matcher(one);
        Matcher right = PIECE.matcher(other);
        while (true) {
            boolean more = left.find();
            if (!right.find()) {
                return more ? 1 : 0;
            }
            if (!more) {
                return -1;
            }
            int order = comparePieces(left.group(), right.group());
            if (order != 0) {
                return order;
            }
        }
    }

    private static int comparePieces(String one, String other) {
        if (!Character.isDigit(one.charAt(0)) || !Character.isDigit(other.charAt(0))) {
            return one.compareTo(other);
        }
        String left = one.replaceFirst("^0+(?=.)", "");
        String right = other.replaceFirst("^0+(?=.)", "");
        return left.length() == right.length() ? left.compareTo(right) : Integer.compare(left.length(), right.length());
    }
}
