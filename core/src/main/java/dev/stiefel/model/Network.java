package dev.stiefel.model;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Initializer;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.ParameterSpec;
import dev.stiefel.nn.ParameterSpec.Statistic;
import dev.stiefel.nn.ParameterSpec.Tied;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.nn.ParameterSpec.Vector;
import dev.stiefel.nn.ParameterSpec.WeightMatrix;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/// A graph of layers with its weights.
///
/// Everything that is trained and not factored lies in one buffer, first what weight decay applies to, so that
/// an optimizer sweeps over it once. Owns its memory: close it. Several threads may evaluate it at once;
/// training changes it in place.
public final class Network implements AutoCloseable {
    private static final int WIDE = 1024; // columns of an output that is not computed as a whole

    private final NetworkSpec spec;
    private final DType type;
    private final Scope scope = Scope.open("network");
    private final DenseParameters dense;
    private final List<Layer> layers = new ArrayList<>();
    private final List<SampleShape> shapes = new ArrayList<>(); // of the layers' outputs
    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final Map<String, Tensor> statistics = new LinkedHashMap<>();
    private final List<FactoredParameter> factored = new ArrayList<>();
    private final Map<PlanKey, ExecutionPlan> plans = new ConcurrentHashMap<>();

    private record PlanKey(PassMode mode, Products products, Trained what) {}

    /// Source of the numbers of a new network.
    private interface Source {
        /// The factors of a weight; they become the network's.
        FactoredWeight factors(String name, WeightMatrix weight, int rank);

        /// The factors of a kernel; they become the network's.
        FactoredWeight factors(String name, TuckerKernel kernel);

        /// Fills a gapless tensor of zeros.
        void fill(String name, Tensor own, Initializer start);
    }

    private Network(NetworkSpec spec, DType type, Source source) {
        this.spec = spec;
        this.type = type;
        long size = 0;
        for (Node node : spec.nodes()) {
            for (ParameterSpec each : node.layer().parameters(spec.inputShapes(node))) {
                size += denseNumbers(each);
            }
        }
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "network %s: dense weights and biases must be at most %d numbers; got %d; factor some weights"
                            .formatted(spec, Integer.MAX_VALUE, size));
        }
        this.dense = DenseParameters.zeros(scope, type, layouts(spec));
        try {
            new Assembly(source).run();
        } catch (IllegalArgumentException | IllegalStateException e) {
            close();
            throw e;
        }
    }

    private static long denseNumbers(ParameterSpec parameter) {
        return switch (parameter) {
            case WeightMatrix w -> w.rank().isPresent() ? 0 : (long) w.rows() * w.columns();
            case TuckerKernel kernel -> 0;
            case Vector v -> v.size();
            case Statistic s -> 0;
            case Tied t -> 0;
        };
    }

    private static List<DenseParameters.Layout> layouts(NetworkSpec spec) {
        List<DenseParameters.Layout> layouts = new ArrayList<>();
        for (Node node : spec.nodes()) {
            for (ParameterSpec each : node.layer().parameters(spec.inputShapes(node))) {
                String name = node.name() + "." + each.name();
                switch (each) {
                    case WeightMatrix w -> {
                        if (w.rank().isEmpty()) {
                            layouts.add(DenseParameters.Layout.matrix(name, w.rows(), w.columns()));
                        }
                    }
                    case TuckerKernel kernel -> {}
                    case Vector v -> layouts.add(new DenseParameters.Layout(name, Shape.of(v.size()), v.decay()));
                    case Statistic s -> {}
                    case Tied t -> {}
                }
            }
        }
        return layouts;
    }

    /// The making of parameters and layers, one node after another.
    private final class Assembly {
        private final Source source;

        Assembly(Source source) {
            this.source = source;
        }

        void run() {
            for (Node node : spec.nodes()) {
                Map<String, Parameter> own = new LinkedHashMap<>();
                Map<String, Tensor> kept = new LinkedHashMap<>();
                for (ParameterSpec each : node.layer().parameters(spec.inputShapes(node))) {
                    String name = node.name() + "." + each.name();
                    switch (each) {
                        case WeightMatrix w -> own.put(w.name(), weight(name, w));
                        case TuckerKernel kernel ->
                            own.put(kernel.name(), factored(name, source.factors(name, kernel)));
                        case Vector v -> own.put(v.name(), dense(name, v.start()));
                        case Statistic s -> kept.put(s.name(), statistic(name, s));
                        case Tied t -> own.put(t.name(), parameter(t.of()));
                    }
                }
                layers.add(node.layer().build(node.name(), spec.inputShapes(node), new LayerParameters(own, kept)));
                shapes.add(spec.shape(node.name()));
            }
        }

        private Parameter weight(String name, WeightMatrix w) {
            if (w.rank().isEmpty()) {
                return dense(name, w.start());
            }
            return factored(name, source.factors(name, w, w.rank().getAsInt()));
        }

        private Parameter factored(String name, FactoredWeight weight) {
            FactoredParameter parameter = new FactoredParameter(name, weight);
            factored.add(parameter);
            parameters.put(name, parameter);
            return parameter;
        }

        private Parameter dense(String name, Initializer start) {
            DenseParameter parameter = dense.get(name);
            source.fill(name, parameter.value(), start);
            parameters.put(name, parameter);
            return parameter;
        }

        private Tensor statistic(String name, Statistic s) {
            Tensor values = scope.zeros(type, s.size()).named(name);
            source.fill(name, values, s.start());
            statistics.put(name, values);
            return values;
        }
    }

    /// Starts the description of a chain of linear layers whose samples have `inputs` values.
    public static NetworkBuilder builder(int inputs) {
        return new NetworkBuilder(inputs);
    }

    /// A network with random weights: dense parameters as their layers say (weights by He's rule, biases 0),
    /// factored weights by [Factors#random] and [TuckerFactors#random].
    public static Network random(NetworkSpec spec, DType type, Gauge gauge, Spectrum spectrum, Rng rng) {
        return new Network(spec, type, new Source() {
            @Override
            public FactoredWeight factors(String name, WeightMatrix w, int rank) {
                Factors made = Factors.random(type, w.rows(), w.columns(), rank, spectrum, rng);
                if (gauge == Gauge.ORTHONORMAL) {
                    return made;
                }
                try (Factors orthonormal = made) {
                    return orthonormal.toFreeGauge();
                }
            }

            @Override
            public FactoredWeight factors(String name, TuckerKernel kernel) {
                try (TuckerFactors made = TuckerFactors.random(
                        type, kernel.rows(), kernel.channels(), kernel.offsets(), kernel.ranks(), spectrum, rng)) {
                    return made.inGauge(gauge);
                }
            }

            @Override
            public void fill(String name, Tensor own, Initializer start) {
                start.fill(own, rng);
            }
        });
    }

    /// A network with copies of saved weights, named as [#tensors] names them. Their ranks may be others than
    /// the description's.
    ///
    /// @throws IllegalArgumentException if a tensor is missing, left over, or of another shape or number
    ///     format, or factors are not in this gauge
    public static Network of(NetworkSpec spec, Gauge gauge, Map<String, Tensor> saved) {
        SavedTensors tensors = new SavedTensors(spec, gauge, saved);
        Network network = new Network(spec, tensors.type(), tensors);
        try {
            tensors.requireAllUsed();
        } catch (IllegalArgumentException e) {
            network.close();
            throw e;
        }
        return network;
    }

    /// A copy with these factors, of any rank, as some of its weights, which may have been dense or factored.
    ///
    /// @param weights by full name, `layers.0.weight`; copied
    /// @throws IllegalArgumentException if they do not fit, or are not in one gauge with the other factored
    ///     weights
    public Network withWeights(Map<String, ? extends FactoredWeight> weights) {
        weights.keySet().forEach(spec::weight);
        Map<String, Tensor> tensors = tensors();
        Map<String, FactoredWeight> all = new LinkedHashMap<>();
        for (FactoredParameter each : factored) {
            all.put(each.name(), each.weight());
            each.weight().tensors().keySet().forEach(own -> tensors.remove(each.name() + "." + own));
        }
        all.putAll(weights);
        requireOneGauge(all);
        all.forEach((name, factors) -> {
            tensors.remove(name);
            put(tensors, name, factors);
        });
        return of(withForms(spec, all), gauge(all.values()), tensors);
    }

    private static Gauge gauge(Collection<? extends FactoredWeight> weights) {
        return weights.stream().map(FactoredWeight::gauge).findFirst().orElse(Gauge.ORTHONORMAL);
    }

    /// The description with the forms and ranks of these weights.
    private static NetworkSpec withForms(NetworkSpec spec, Map<String, FactoredWeight> weights) {
        Map<String, OptionalInt> dense = new LinkedHashMap<>();
        Map<String, OptionalInt> matrices = new LinkedHashMap<>();
        Map<String, TuckerRanks> kernels = new LinkedHashMap<>();
        weights.forEach((name, weight) -> {
            if (weight instanceof TuckerFactors tucker) {
                kernels.put(name, tucker.ranks());
            } else {
                matrices.put(name, OptionalInt.of(weight.rank()));
                if (spec.weight(name).tucker().isPresent()) {
                    dense.put(name, OptionalInt.empty()); // it takes another form
                }
            }
        });
        return (dense.isEmpty() ? spec : spec.withRanks(dense))
                .withRanks(matrices)
                .withTucker(kernels);
    }

    private void requireOneGauge(Map<String, FactoredWeight> all) {
        if (all.values().stream().map(FactoredWeight::gauge).distinct().count() > 1) {
            throw new IllegalArgumentException(
                    "network %s: all factored weights must be in one gauge; got both".formatted(spec));
        }
    }

    /// A copy whose factored weights are in this gauge.
    public Network inGauge(Gauge gauge) {
        Map<String, FactoredWeight> weights = new LinkedHashMap<>();
        try {
            for (FactoredParameter each : factored) {
                if (each.weight().gauge() != gauge) {
                    weights.put(each.name(), each.weight().inGauge(gauge));
                }
            }
            return withWeights(weights);
        } finally {
            weights.values().forEach(FactoredWeight::close);
        }
    }

    /// The gauge of its factored weights; the orthonormal one if there are none.
    public Gauge gauge() {
        return gauge(factored.stream().map(FactoredParameter::weight).toList());
    }

    private static Factors matrixForm(FactoredParameter parameter) {
        if (!(parameter.weight() instanceof Factors factors)) {
            throw new IllegalArgumentException(
                    "weight '%s': must be of the form U S Vᵀ; got %s".formatted(parameter.name(), parameter.weight()));
        }
        return factors;
    }

    /// The description, with the ranks of this moment.
    public NetworkSpec spec() {
        if (factored.isEmpty()) {
            return spec;
        }
        Map<String, FactoredWeight> weights = new LinkedHashMap<>();
        factored.forEach(each -> weights.put(each.name(), each.weight()));
        return withForms(spec, weights);
    }

    /// The number format of its weights.
    public DType type() {
        return type;
    }

    /// The layers, in the order of the nodes.
    public List<Layer> layers() {
        return layers;
    }

    /// The weight matrices with the ranks of this moment, in the order of the nodes.
    public List<WeightSpec> weights() {
        return spec().weights();
    }

    /// The parameter of this full name.
    public Parameter parameter(String name) {
        Parameter found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "network %s: there is no parameter '%s'; there are %s".formatted(spec, name, parameters.keySet()));
        }
        return found;
    }

    /// All parameters, in the order of the nodes.
    public List<Parameter> parameters() {
        return List.copyOf(parameters.values());
    }

    /// The factored parameters, in the order of the nodes.
    public List<FactoredParameter> factoredParameters() {
        return List.copyOf(factored);
    }

    /// The factored weights, in the order of the nodes.
    ///
    /// @throws IllegalArgumentException if one has another form than `U S Vᵀ`
    public List<Factors> factors() {
        return factored.stream().map(Network::matrixForm).toList();
    }

    /// The ranks of the factored weights, in the order of the nodes; of a kernel in Tucker form the larger one.
    public List<Integer> ranks() {
        return factored.stream().map(each -> each.weight().rank()).toList();
    }

    /// All trained parameters that are not factored, in one vector: first those with weight decay.
    public DenseParameters dense() {
        return dense;
    }

    /// Numbers that the weights need at evaluation, biases not counted: `r (m + n)` for one of the form `U S
    /// Vᵀ`.
    public long parameterCount() {
        return spec().parameters();
    }

    /// `1 − parameters / dense parameters`.
    public double compression() {
        return 1 - (double) parameterCount() / spec.denseParameters();
    }

    /// The outputs for a batch of a network with one input of one row a sample, in `into`: `[B, columns]`
    /// becomes `[B, outputs]`.
    public Tensor predict(Scope into, Tensor x) {
        return predict(into, List.of(SampleRows.vectors(x))).values();
    }

    /// The outputs for a batch, in `into`.
    ///
    /// @param x one for each input
    public SampleRows predict(Scope into, List<SampleRows> x) {
        try (Scope local = Scope.open("predict")) {
            SampleRows outputs = new NetworkPass(local, this, PassMode.EVALUATION).forward(x);
            return new SampleRows(outputs.values().copy(into), outputs.layout(), outputs.firstSample());
        }
    }

    /// All parameters and running statistics by full name: a weight NAME is `NAME`, or `NAME.U`, `NAME.S`,
    /// `NAME.V`, or, in Tucker form, `NAME.Uo`, `NAME.C`, `NAME.Ui`. The tensors are the network's own.
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            switch (parameter) {
                case DenseParameter each -> tensors.put(name, each.value());
                case FactoredParameter each -> put(tensors, name, each.weight());
            }
        });
        tensors.putAll(statistics);
        return tensors;
    }

    private static void put(Map<String, Tensor> tensors, String name, FactoredWeight weight) {
        weight.tensors().forEach((own, tensor) -> tensors.put(name + "." + own, tensor));
    }

    /// Running statistics by full name; the tensors are the network's own.
    public Map<String, Tensor> statistics() {
        return new LinkedHashMap<>(statistics);
    }

    /// Refuses samples that do not fit the inputs.
    void requireInputs(List<SampleRows> x) {
        if (x.size() != spec.inputs().size()) {
            throw new IllegalArgumentException("network %s: takes %d inputs; got %d"
                    .formatted(spec, spec.inputs().size(), x.size()));
        }
        for (int k = 0; k < x.size(); k++) {
            SampleShape shape = spec.inputs().get(k).shape();
            if (x.get(k).values().columns() != shape.columns()
                    || x.get(k).samples() != x.getFirst().samples()) {
                throw new IllegalArgumentException(
                        "network %s: input '%s' must be rows of %d columns of %d samples; got %s"
                                .formatted(
                                        spec,
                                        spec.inputs().get(k).name(),
                                        shape.columns(),
                                        x.getFirst().samples(),
                                        x.get(k).values().shape()));
            }
            requireRows(spec.inputs().get(k), x.get(k));
        }
    }

    private void requireRows(NetworkSpec.Input input, SampleRows x) {
        OptionalInt each = input.shape().rows();
        if (each.isPresent() && x.layout().rows() != (long) x.samples() * each.getAsInt()) {
            throw new IllegalArgumentException(
                    "network %s: input '%s' must have %d rows for each sample; got %s; give the layout of the rows beside them"
                            .formatted(spec, input.name(), each.getAsInt(), x.layout()));
        }
    }

    /// Returns whether the output is so wide that the last layer takes some rows at a time
    /// ([NetworkPass#evaluate]).
    boolean endsWide() {
        int last = layers.size() - 1;
        boolean takesLayer = last > 0 && spec.nodes().get(last).from().equals(List.of(node(last - 1)));
        return takesLayer
                && shapes.get(last).columns() >= WIDE
                && layers.get(last).worksByRow();
    }

    /// Columns of the widest output that exists as a whole while an objective is evaluated.
    public int widestColumns() {
        int widest = 1;
        for (int i = 0; i < layers.size() - (endsWide() ? 1 : 0); i++) {
            widest = Math.max(widest, shapes.get(i).columns());
        }
        return widest;
    }

    /// Name of the node of layer `i`.
    String node(int i) {
        return spec.nodes().get(i).name();
    }

    /// Shape of the output of layer `i`.
    SampleShape shape(int i) {
        return shapes.get(i);
    }

    ExecutionPlan plan(PassMode mode, Products products, Trained what) {
        PlanKey key = new PlanKey(mode, products, what);
        ExecutionPlan plan = plans.get(key);
        if (plan == null) {
            plan = ExecutionPlan.of(spec, layers, mode, products, what);
            plans.put(key, plan);
        }
        return plan;
    }

    @Override
    public void close() {
        factored.forEach(each -> each.weight().close());
        scope.close();
    }

    /// Saved tensors, as the source of a network that copies them.
    private static final class SavedTensors implements Source {
        private final NetworkSpec spec;
        private final Gauge gauge;
        private final Map<String, Tensor> left;
        private final DType type;

        SavedTensors(NetworkSpec spec, Gauge gauge, Map<String, Tensor> saved) {
            this.spec = spec;
            this.gauge = gauge;
            this.left = new LinkedHashMap<>(saved);
            this.type = format();
        }

        /// The format of the first tensor that the description names.
        private DType format() {
            for (Node node : spec.nodes()) {
                for (ParameterSpec each : node.layer().parameters(spec.inputShapes(node))) {
                    String name = node.name() + "." + each.name();
                    for (String suffix : List.of("", ".U", ".Uo")) {
                        Tensor found = left.get(name + suffix);
                        if (found != null) {
                            return found.type();
                        }
                    }
                }
            }
            return DType.FLOAT32;
        }

        DType type() {
            return type;
        }

        @Override
        public FactoredWeight factors(String name, WeightMatrix w, int rank) {
            Tensor U = take(name + ".U");
            Tensor S = take(name + ".S");
            Tensor V = take(name + ".V");
            Factors made;
            try {
                made = switch (gauge) {
                    case ORTHONORMAL -> Factors.of(U, S, V);
                    case FREE -> {
                        requireIdentity(S);
                        yield Factors.product(U, V);
                    }
                };
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("network %s: '%s': %s".formatted(spec, name, e.getMessage()), e);
            }
            if (made.rows() != w.rows() || made.columns() != w.columns() || made.type() != type) {
                String got = made.U() + " and " + made.V();
                made.close();
                throw new IllegalArgumentException("network %s: '%s' must be factors of a %s [%d, %d] matrix; got %s"
                        .formatted(spec, name, word(type), w.rows(), w.columns(), got));
            }
            return made;
        }

        @Override
        public FactoredWeight factors(String name, TuckerKernel kernel) {
            Tensor Uo = take(name + ".Uo");
            Tensor C = take(name + ".C");
            Tensor Ui = take(name + ".Ui");
            if (Uo.rows() != kernel.rows() || Ui.rows() != kernel.channels() || Uo.type() != type) {
                throw new IllegalArgumentException(
                        "network %s: '%s' must be Tucker factors of a %s kernel of %d outputs, %d offsets and %d channels; got %s, %s and %s"
                                .formatted(
                                        spec,
                                        name,
                                        word(type),
                                        kernel.rows(),
                                        kernel.offsets(),
                                        kernel.channels(),
                                        Uo,
                                        C,
                                        Ui));
            }
            try {
                return switch (gauge) {
                    case ORTHONORMAL -> TuckerFactors.of(kernel.offsets(), Uo, C, Ui);
                    case FREE -> TuckerFactors.product(kernel.offsets(), Uo, C, Ui);
                };
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("network %s: '%s': %s".formatted(spec, name, e.getMessage()), e);
            }
        }

        @Override
        public void fill(String name, Tensor own, Initializer start) {
            Tensor source = take(name);
            if (!source.shape().equals(own.shape()) || source.type() != own.type()) {
                throw new IllegalArgumentException("network %s: '%s' must be %s %s; got %s %s"
                        .formatted(spec, name, word(own.type()), own.shape(), word(source.type()), source.shape()));
            }
            own.copyFrom(source);
        }

        void requireAllUsed() {
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        "network %s: there is no place for %s".formatted(spec, String.join(", ", left.keySet())));
            }
        }

        private Tensor take(String name) {
            return Optional.ofNullable(left.remove(name))
                    .orElseThrow(
                            () -> new IllegalArgumentException("network: the tensor '%s' is missing".formatted(name)));
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

        private static String word(DType type) {
            return type.name().toLowerCase(Locale.ROOT);
        }
    }
}
