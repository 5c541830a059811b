package dev.stiefel.model;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.NetworkSpec.LayerSpec;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Linear;
import dev.stiefel.nn.Weight;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;

/// A chain of layers with its weights.
///
/// Everything that is not factored lies in one buffer, dense weights first and then biases, so that an optimizer sweeps
/// over it once. Owns its memory: close it. Several threads may evaluate it at once; training changes it in place.
public final class Network implements AutoCloseable {
    private final NetworkSpec spec;
    private final DType type;
    private final Scope scope = Scope.open("network");
    private final Tensor dense;
    private final int decayed;
    private final List<Linear> layers = new ArrayList<>();
    private final List<Factors> factors = new ArrayList<>();

    private Network(NetworkSpec spec, DType type) {
        this.spec = spec;
        this.type = type;
        long weights = 0;
        long biases = 0;
        for (int i = 0; i < spec.layers().size(); i++) {
            LayerSpec layer = spec.layers().get(i);
            weights += layer.rank().isPresent() ? 0 : (long) spec.inputs(i) * layer.outputs();
            biases += layer.outputs();
        }
        if (weights + biases > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "network %s: dense weights and biases must be at most %d numbers; got %d; factor some weights"
                            .formatted(spec, Integer.MAX_VALUE, weights + biases));
        }
        this.decayed = (int) weights;
        this.dense = scope.zeros(type, (int) (weights + biases)).named("dense");
    }

    /// Starts the description of a network whose samples have `inputs` values.
    public static NetworkBuilder builder(int inputs) {
        return new NetworkBuilder(inputs);
    }

    /// A network with random weights: dense ones by He's rule (normal, deviation `√(2/n)`), factored ones by
    /// [Factors#random], biases 0.
    public static Network random(NetworkSpec spec, DType type, Gauge gauge, Spectrum spectrum, Rng rng) {
        Network network = new Network(spec, type);
        for (int i = 0; i < spec.layers().size(); i++) {
            LayerSpec layer = spec.layers().get(i);
            int n = spec.inputs(i);
            int m = layer.outputs();
            if (layer.rank().isPresent()) {
                Factors made = Factors.random(type, m, n, layer.rank().getAsInt(), spectrum, rng);
                if (gauge == Gauge.FREE) {
                    try (Factors orthonormal = made) {
                        made = orthonormal.toFreeGauge();
                    }
                }
                network.add(made, layer);
            } else {
                Tensor W = network.addDense(m, n, layer);
                rng.fillNormal(W, Math.sqrt(2.0 / n));
            }
        }
        return network;
    }

    /// A network with copies of saved weights, named as [#tensors] names them. Their ranks may be others than the
    /// description's.
    ///
    /// @throws IllegalArgumentException if a tensor is missing, left over, or of another shape or number format, or
    ///     factors are not in this gauge
    public static Network of(NetworkSpec spec, Gauge gauge, Map<String, Tensor> saved) {
        Map<String, Tensor> left = new LinkedHashMap<>(saved);
        DType type = take(left, "layers.0.bias").type();
        left.put("layers.0.bias", saved.get("layers.0.bias"));
        Network network = new Network(spec, type);
        try {
            for (int i = 0; i < spec.layers().size(); i++) {
                network.addSaved(i, gauge, left);
            }
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        "network %s: there is no place for %s".formatted(spec, String.join(", ", left.keySet())));
            }
        } catch (IllegalArgumentException | IllegalStateException e) {
            network.close();
            throw e;
        }
        return network;
    }

    /// A copy in which some layers' weights are these factors, of any rank, whether they were dense or factored before.
    ///
    /// @param weights by layer, counted from 0; copied
    /// @throws IllegalArgumentException if they do not fit, or are not in one gauge with the other factored weights
    public Network withWeights(Map<Integer, Factors> weights) {
        for (int i : weights.keySet()) {
            if (i < 0 || i >= layers.size()) {
                throw new IllegalArgumentException("network %s: layers are 0 to %d; got weights for layer %d"
                        .formatted(spec, layers.size() - 1, i));
            }
        }
        Map<String, Tensor> tensors = tensors();
        List<LayerSpec> described = new ArrayList<>();
        Map<Integer, Factors> all = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            if (weights.containsKey(i)) {
                all.put(i, weights.get(i));
            } else if (layers.get(i).weight() instanceof LowRankWeight own) {
                all.put(i, own.factors());
            }
        }
        for (int i = 0; i < layers.size(); i++) {
            Factors factors = all.get(i);
            String name = "layers." + i + ".weight";
            if (factors != null) {
                tensors.remove(name);
                tensors.put(name + ".U", factors.U());
                tensors.put(name + ".S", factors.S());
                tensors.put(name + ".V", factors.V());
            }
            LayerSpec layer = spec.layers().get(i);
            described.add(new LayerSpec(
                    layer.outputs(),
                    layer.activation(),
                    factors == null ? OptionalInt.empty() : OptionalInt.of(factors.rank())));
        }
        Gauge gauge = all.values().stream().map(Factors::gauge).findFirst().orElse(Gauge.ORTHONORMAL);
        return of(new NetworkSpec(spec.inputs(), described, spec.loss()), gauge, tensors);
    }

    /// A copy whose factored weights are in this gauge.
    public Network inGauge(Gauge gauge) {
        Map<Integer, Factors> weights = new LinkedHashMap<>();
        try {
            for (int i = 0; i < layers.size(); i++) {
                if (layers.get(i).weight() instanceof LowRankWeight own
                        && own.factors().gauge() != gauge) {
                    weights.put(
                            i,
                            switch (gauge) {
                                case ORTHONORMAL -> own.factors().toOrthonormalGauge();
                                case FREE -> own.factors().toFreeGauge();
                            });
                }
            }
            return withWeights(weights);
        } finally {
            weights.values().forEach(Factors::close);
        }
    }

    /// The description, with the ranks of this moment.
    public NetworkSpec spec() {
        return spec.withRanks(ranks());
    }

    /// The number format of its weights.
    public DType type() {
        return type;
    }

    /// First to last.
    public List<Layer> layers() {
        return List.copyOf(layers);
    }

    /// The weight of layer `i`.
    public Weight weight(int i) {
        return layers.get(i).weight();
    }

    /// The factored weights, first to last.
    public List<Factors> factors() {
        return List.copyOf(factors);
    }

    /// The ranks of the factored weights, first to last.
    public List<Integer> ranks() {
        return factors.stream().map(Factors::rank).toList();
    }

    /// Everything that is not factored, as one vector: dense weights, then biases.
    public Tensor dense() {
        return dense;
    }

    /// How many of the [#dense] unknowns are weights.
    public int decayed() {
        return decayed;
    }

    /// For another vector laid out as [#dense] is (its gradient, say): the parts that belong to each layer.
    public List<List<Tensor>> denseParts(Tensor vector) {
        List<List<Tensor>> parts = new ArrayList<>();
        long weight = 0;
        long bias = decayed;
        for (Linear layer : layers) {
            int m = layer.outputs();
            int n = layer.inputs();
            Tensor biasPart = vector.slice(bias, m);
            bias += m;
            if (layer.weight() instanceof DenseWeight) {
                parts.add(List.of(vector.slice(weight, m, n), biasPart));
                weight += (long) m * n;
            } else {
                parts.add(List.of(biasPart));
            }
        }
        return parts;
    }

    /// Numbers that the weights need at evaluation, biases not counted: `r (m + n)` for a factored one.
    public long parameters() {
        return layers.stream().mapToLong(layer -> layer.weight().parameters()).sum();
    }

    /// `1 − parameters / dense parameters`.
    public double compression() {
        return 1 - (double) parameters() / spec.denseParameters();
    }

    /// The outputs for a batch, in `into`: `[B, inputs]` becomes `[B, outputs]`.
    public Tensor predict(Scope into, Tensor x) {
        try (Scope local = Scope.open("predict")) {
            return new NetworkPass(local, this, x.rows()).forward(x).copy(into);
        }
    }

    /// All weights and biases by name: `layers.I.weight`, or `layers.I.weight.U`, `.S`, `.V`; and `layers.I.bias`. The
    /// tensors are the network's own.
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (int i = 0; i < layers.size(); i++) {
            String prefix = "layers." + i + ".";
            switch (layers.get(i).weight()) {
                case DenseWeight w -> tensors.put(prefix + "weight", w.matrix());
                case LowRankWeight w -> {
                    tensors.put(prefix + "weight.U", w.factors().U());
                    tensors.put(prefix + "weight.S", w.factors().S());
                    tensors.put(prefix + "weight.V", w.factors().V());
                }
            }
            tensors.put(prefix + "bias", layers.get(i).bias());
        }
        return tensors;
    }

    @Override
    public void close() {
        factors.forEach(Factors::close);
        scope.close();
    }

    private void add(Factors made, LayerSpec layer) {
        factors.add(made);
        addLayer(new LowRankWeight(made), layer);
    }

    private Tensor addDense(int m, int n, LayerSpec layer) {
        long at = 0;
        for (Linear before : layers) {
            at += before.weight() instanceof DenseWeight w ? w.parameters() : 0;
        }
        Tensor W = dense.slice(at, m, n).named("W");
        addLayer(new DenseWeight(W), layer);
        return W;
    }

    private void addLayer(Weight weight, LayerSpec layer) {
        long at = decayed;
        for (Linear before : layers) {
            at += before.outputs();
        }
        Tensor bias = dense.slice(at, layer.outputs()).named("bias");
        layers.add(new Linear("layers." + layers.size(), weight, bias, layer.activation()));
    }

    private void addSaved(int i, Gauge gauge, Map<String, Tensor> saved) {
        LayerSpec layer = spec.layers().get(i);
        String prefix = "layers." + i + ".";
        int m = layer.outputs();
        int n = spec.inputs(i);
        if (layer.rank().isPresent()) {
            Factors made = savedFactors(prefix + "weight", gauge, saved);
            if (made.rows() != m || made.columns() != n || made.type() != type) {
                String got = made.U().toString() + " and " + made.V();
                made.close();
                throw new IllegalArgumentException(
                        "network %s: '%sweight' must be factors of a %s [%d, %d] matrix; got %s"
                                .formatted(spec, prefix, word(type), m, n, got));
            }
            add(made, layer);
        } else {
            fill(addDense(m, n, layer), saved, prefix + "weight");
        }
        fill(layers.get(i).bias(), saved, prefix + "bias");
    }

    private Factors savedFactors(String name, Gauge gauge, Map<String, Tensor> saved) {
        Tensor U = take(saved, name + ".U");
        Tensor S = take(saved, name + ".S");
        Tensor V = take(saved, name + ".V");
        try {
            return switch (gauge) {
                case ORTHONORMAL -> Factors.of(U, S, V);
                case FREE -> {
                    requireIdentity(S);
                    yield Factors.product(U, V);
                }
            };
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("network %s: '%s': %s".formatted(spec, name, e.getMessage()), e);
        }
    }

    private static void requireIdentity(Tensor S) {
        for (int i = 0; i < S.rows(); i++) {
            for (int j = 0; j < S.columns(); j++) {
                if (S.get(i, j) != (i == j ? 1 : 0)) {
                    throw new IllegalArgumentException(
                            "in the free gauge S must be the identity; got %s with element [%d, %d] = %s"
                                    .formatted(S.shape(), i, j, S.get(i, j)));
                }
            }
        }
    }

    private static Tensor take(Map<String, Tensor> saved, String name) {
        Tensor tensor = saved.remove(name);
        if (tensor == null) {
            throw new IllegalArgumentException("network: the tensor '%s' is missing".formatted(name));
        }
        return tensor;
    }

    private void fill(Tensor own, Map<String, Tensor> saved, String name) {
        Tensor source = take(saved, name);
        if (!source.shape().equals(own.shape()) || source.type() != own.type()) {
            throw new IllegalArgumentException("network %s: '%s' must be %s %s; got %s %s"
                    .formatted(spec, name, word(own.type()), own.shape(), word(source.type()), source.shape()));
        }
        own.copyFrom(source);
    }

    private static String word(DType type) {
        return type.name().toLowerCase(Locale.ROOT);
    }
}
