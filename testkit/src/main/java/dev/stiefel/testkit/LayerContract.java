package dev.stiefel.testkit;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkJson;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Layer.Kept;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleFunction;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/// What every layer must do, whatever it computes.
///
/// ```java
/// @Test
/// void keepsTheContractOfLayers() {
///     LayerContract.of(new ScaleSpec(), new SampleShape.Vector(5)).check();
/// }
/// ```
///
/// The layer stands alone in a network, with random parameters and random samples; the loss is `Σ C ∘ output` with
/// a random `C`. Checked are, in double precision unless said otherwise:
///
/// - gradients of all parameters (of factors: `∇K`, `∇L`, `∇S`) and of the inputs, against central differences;
/// - a batch in parts: the same outputs, and gradients that add up;
/// - a pass that is used again, and two passes through one layer at once: the same bits;
/// - slices on 1, 2 and 3 threads: the same to rounding;
/// - gradients are written over what was there, and what is not wanted changes nothing;
/// - what [Layer#keeps] does not name may be overwritten between the way forward and the way back;
/// - a pass that is used again takes no more memory, and nothing is left open;
/// - single precision agrees with double; the layer for single samples, if there is one, agrees with both;
/// - saved tensors make the same layer, and its description survives JSON (for types that are given).
///
/// Layers that draw random numbers in training are checked as they are in training with one seed.
public final class LayerContract {
    private static final double STEP = 1e-5;
    private static final double ROUNDING = 1e-11;

    private final LayerSpec layer;
    private final List<SampleShape> shapes;
    private final SpecTypes types;
    private final int samples;
    private final double slopes;
    private final long seed;

    private LayerContract(
            LayerSpec layer, List<SampleShape> shapes, SpecTypes types, int samples, double slopes, long seed) {
        this.layer = layer;
        this.shapes = shapes;
        this.types = types;
        this.samples = samples;
        this.slopes = slopes;
        this.seed = seed;
    }

    /// The contract for a layer that takes samples of these shapes.
    public static LayerContract of(LayerSpec layer, SampleShape... inputs) {
        int samples = Math.max(5, 3 * layer.samplesPerGroup());
        return new LayerContract(layer, List.of(inputs), SpecTypes.installed(), samples, 1e-7, 1);
    }

    /// The same with types that the layer's description is read from JSON by.
    public LayerContract types(SpecTypes newTypes) {
        return new LayerContract(layer, shapes, newTypes, samples, slopes, seed);
    }

    /// The same with another number of samples.
    public LayerContract samples(int count) {
        return new LayerContract(layer, shapes, types, count, slopes, seed);
    }

    /// The same with another tolerance of slopes, relative to the largest gradient: for layers whose third
    /// derivatives are large.
    public LayerContract slopes(double tolerance) {
        return new LayerContract(layer, shapes, types, samples, tolerance, seed);
    }

    /// The same with other random numbers: where a difference crosses a kink of the layer.
    public LayerContract seed(long newSeed) {
        return new LayerContract(layer, shapes, types, samples, slopes, newSeed);
    }

    /// Checks all of it.
    ///
    /// @throws AssertionError that says what is broken
    public void check() {
        gradientsAreCentralDifferences();
        partsOfABatchAddUp();
        passesDoNotDisturbEachOther();
        threadsChangeResultsByRoundingOnly();
        gradientsAreWrittenAndOnlyWhereTheyAreWanted();
        whatIsNotKeptMayBeOverwritten();
        memoryDoesNotGrow();
        precisionsAgree();
        singleSamplesAgree();
        savedTensorsMakeTheSameLayer();
        descriptionsSurviveJson();
    }

    /// Gradients are those of central differences.
    public void gradientsAreCentralDifferences() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result result = rig.whole();
            double largest = result.largest();
            for (Parameter parameter : rig.network.parameters()) {
                switch (parameter) {
                    case DenseParameter dense ->
                        rig.requireSlopes(
                                "the gradient of " + dense.name(),
                                there(result.dense, dense.name()),
                                dense.value(),
                                largest);
                    case FactoredParameter factored -> rig.requireSlopes(factored, result, largest);
                }
            }
            for (int k = 0; k < shapes.size(); k++) {
                if (!(shapes.get(k) instanceof SampleShape.Tokens)) {
                    rig.requireSlopes(
                            "the gradient of input " + k,
                            result.inputs.get(k),
                            rig.inputs.get(k).values(),
                            largest);
                }
            }
        }
    }

    /// A batch in parts gives the same outputs, and gradients that add up.
    public void partsOfABatchAddUp() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result whole = rig.whole();
            int group = layer.samplesPerGroup();
            for (int most = group; most < samples; most += group) {
                Result parts = rig.result();
                NetworkPass pass = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
                for (int from = 0; from < samples; from += most) {
                    int to = Math.min(samples, from + most);
                    to = samples - to < group ? samples : to;
                    rig.run(pass, parts, from, to);
                    from = to == samples ? samples : from;
                }
                requireClose("in parts of " + most + " samples", parts, whole, ROUNDING);
            }
        }
    }

    /// A pass that is used again, and two passes at once, give the same bits.
    public void passesDoNotDisturbEachOther() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result alone = rig.whole();
            NetworkPass first = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
            NetworkPass second = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
            int half =
                    Math.max(layer.samplesPerGroup(), samples / 2 / layer.samplesPerGroup() * layer.samplesPerGroup());
            rig.run(second, rig.result(), 0, half);
            Result again = rig.result();
            rig.forward(first, again, 0, samples);
            rig.run(second, rig.result(), 0, half);
            rig.backward(first, again, 0, samples);
            requireClose("beside another pass", again, alone, 0);
            Result third = rig.result();
            rig.run(first, third, 0, samples);
            requireClose("in a pass that is used again", third, alone, 0);
        }
    }

    /// Slices on several threads give the same to rounding.
    public void threadsChangeResultsByRoundingOnly() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result whole = rig.whole();
            int groups = Math.max(1, samples / layer.samplesPerGroup());
            for (int count : new int[] {2, 3}) {
                int slices = Math.min(count, groups);
                Result[] results = new Result[slices];
                try (Threads threads = Threads.of(count)) {
                    threads.run(slices, i -> {
                        try (Scope own = Scope.open("slice")) {
                            results[i] = rig.result();
                            int from = groups * i / slices * layer.samplesPerGroup();
                            int to = i == slices - 1 ? samples : groups * (i + 1) / slices * layer.samplesPerGroup();
                            rig.run(rig.pass(own, PassMode.EVALUATION_WITH_GRADIENT), results[i], from, to);
                        }
                    });
                }
                Result sum = results[0];
                for (int i = 1; i < slices; i++) {
                    sum.add(results[i]);
                }
                requireClose("on " + count + " threads", sum, whole, ROUNDING);
            }
        }
    }

    /// Gradients are written over what was there, and none where they are not wanted.
    public void gradientsAreWrittenAndOnlyWhereTheyAreWanted() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result whole = rig.whole();
            Result none = rig.result();
            NetworkPass pass = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
            pass.forward(rig.inputs);
            pass.backward(rig.back.copy(rig.scope), ParameterGradients.none(), none.inputs);
            for (int k = 0; k < shapes.size(); k++) {
                requireClose("the gradient of input " + k + " alone", none.inputs.get(k), whole.inputs.get(k), 0);
            }
            for (Map.Entry<String, Tensor> each : whole.all().entrySet()) {
                for (double value : each.getValue().toDoubles()) {
                    require(!Double.isNaN(value), each.getKey() + " is not written whole");
                }
            }
        }
    }

    /// What the layer does not keep may be overwritten between the way forward and the way back.
    public void whatIsNotKeptMayBeOverwritten() {
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result whole = rig.whole();
            Result result = rig.result();
            NetworkPass pass = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
            Layer live = rig.network.layers().getFirst();
            List<SampleRows> copies = rig.inputs.stream()
                    .map(each -> new SampleRows(each.values().copy(rig.scope), each.layout()))
                    .toList();
            Tensor output = pass.forward(copies).values();
            if (!live.keeps().contains(Kept.INPUTS)) {
                copies.forEach(each -> fill(each.values()));
            }
            if (!live.keeps().contains(Kept.OUTPUT)) {
                fill(output);
            }
            pass.backward(rig.back.copy(rig.scope), result.gradients(), result.inputs);
            result.output.copyFrom(whole.output);
            requireClose("after what is not kept was overwritten", result, whole, 0);
        }
    }

    /// A pass that is used again takes no more memory, and nothing is left open.
    public void memoryDoesNotGrow() {
        long before = Scope.liveOwners();
        try (Rig rig = new Rig(DType.FLOAT64)) {
            Result result = rig.result();
            NetworkPass pass = rig.pass(PassMode.EVALUATION_WITH_GRADIENT);
            Tensor delta = rig.back.copy(rig.scope);
            pass.forward(rig.inputs);
            pass.backward(delta, result.gradients(), result.inputs);
            long owners = Scope.liveOwners();
            for (int time = 0; time < 3; time++) {
                pass.forward(rig.inputs);
                delta.copyFrom(rig.back);
                pass.backward(delta, result.gradients(), result.inputs);
            }
            require(
                    Scope.liveOwners() == owners,
                    "a pass that is used again must take no more memory; got %d tensors more"
                            .formatted(Scope.liveOwners() - owners));
        }
        require(
                Scope.liveOwners() == before,
                "all memory must be freed; %d tensors are left".formatted(Scope.liveOwners() - before));
    }

    /// Single precision agrees with double.
    public void precisionsAgree() {
        try (Rig exact = new Rig(DType.FLOAT64);
                Rig single = exact.single()) {
            requireClose("in single precision", single.whole(), exact.whole(), 2e-4);
        }
    }

    /// The layer for single samples, if there is one, agrees with the pass.
    public void singleSamplesAgree() {
        try (Rig exact = new Rig(DType.FLOAT64);
                Rig rig = exact.single()) {
            Layer live = rig.network.layers().getFirst();
            if (live.sampleFunction().isEmpty()) {
                return;
            }
            SampleFunction function = live.sampleFunction().get();
            SampleRows outputs = rig.network.predict(rig.scope, rig.inputs);
            double largest = 1 + largest(outputs.values());
            for (int i = 0; i < samples; i++) {
                int sample = i;
                List<float[]> inputs = rig.inputs.stream()
                        .map(each -> each.range(sample, sample + 1).values().toFloats())
                        .toList();
                float[] y = function.apply(inputs);
                float[] expected = outputs.range(i, i + 1).values().toFloats();
                require(
                        y.length == expected.length,
                        "a single sample must have %d values; got %d".formatted(expected.length, y.length));
                for (int j = 0; j < y.length; j++) {
                    require(
                            Math.abs(y[j] - expected[j]) <= 2e-4 * largest,
                            "single sample %d, value %d: must be %s; got %s".formatted(i, j, expected[j], y[j]));
                }
            }
        }
    }

    /// Saved tensors make the same layer.
    public void savedTensorsMakeTheSameLayer() {
        try (Rig rig = new Rig(DType.FLOAT64);
                Network copy = copy(rig.network, DType.FLOAT64, rig.network.tensors())) {
            Tensor own = rig.network.predict(rig.scope, rig.inputs).values();
            Tensor saved = copy.predict(rig.scope, rig.inputs).values();
            requireClose("the output of a copy", saved, own, 0);
        }
    }

    /// The description survives JSON, if its type has a word.
    public void descriptionsSurviveJson() {
        if (!types.layers().containsValue(layer.getClass())) {
            return;
        }
        NetworkJson json = new NetworkJson(types);
        NetworkSpec spec = spec();
        NetworkSpec read = json.read(json.write(spec));
        require(
                read.equals(spec),
                "the description must survive JSON; got %s of %s".formatted(json.write(read), json.write(spec)));
    }

    /// A network with these tensors; where there are none, of this format.
    private static Network copy(Network network, DType type, Map<String, Tensor> tensors) {
        return tensors.isEmpty()
                ? Network.random(network.spec(), type, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(0))
                : Network.of(network.spec(), Gauge.ORTHONORMAL, tensors);
    }

    private NetworkSpec spec() {
        List<Input> inputs = new ArrayList<>();
        for (int k = 0; k < shapes.size(); k++) {
            inputs.add(new Input("input" + k, shapes.get(k)));
        }
        Node node = new Node("layer", layer, inputs.stream().map(Input::name).toList());
        return new NetworkSpec(inputs, List.of(node), new MeanSquaredError());
    }

    /// A network with the layer alone, samples, and what comes back.
    private final class Rig implements AutoCloseable {
        final Scope scope = Scope.open("layer contract");
        final Network network;
        final List<SampleRows> inputs = new ArrayList<>();
        final Tensor back;

        Rig(DType type) {
            Rng rng = Rng.seeded(seed).forPurpose("layer contract");
            network = Network.random(spec(), type, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), rng);
            for (DenseParameter each : network.dense().all()) { // biases are zero, scales are one: no test of them
                Tensor noise =
                        scope.uninitialized(type, Math.toIntExact(each.value().size()));
                rng.fillNormal(noise, 0.5);
                double[] values = each.value().toDoubles();
                double[] added = noise.toDoubles();
                for (int i = 0; i < values.length; i++) {
                    values[i] += added[i];
                }
                each.value().setAll(values);
            }
            SplittableRandom random = new SplittableRandom(seed);
            int[] lengths = random.ints(samples, 1, 5).toArray();
            for (SampleShape shape : shapes) {
                RowLayout layout = shape.rows().isPresent()
                        ? RowLayout.uniform(samples, shape.rows().getAsInt())
                        : RowLayout.of(lengths);
                Tensor values = scope.uninitialized(type, layout.rows(), shape.columns());
                if (shape instanceof SampleShape.Tokens tokens) {
                    double[] numbers = new double[layout.rows()];
                    Arrays.setAll(numbers, i -> random.nextInt(tokens.vocabulary()));
                    values.setAll(numbers);
                } else {
                    rng.fillNormal(values, 1);
                }
                inputs.add(new SampleRows(values, layout));
            }
            SampleRows output = network.predict(scope, inputs);
            back = scope.uninitialized(
                    type, output.values().rows(), output.values().columns());
            rng.fillNormal(back, 1);
        }

        private Rig(Rig exact) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            exact.network.tensors().forEach((name, tensor) -> tensors.put(name, cast(tensor)));
            network = copy(exact.network, DType.FLOAT32, tensors);
            for (SampleRows each : exact.inputs) {
                inputs.add(new SampleRows(Ops.cast(scope, each.values(), DType.FLOAT32), each.layout()));
            }
            back = Ops.cast(scope, exact.back, DType.FLOAT32);
        }

        private Tensor cast(Tensor tensor) {
            Tensor single = tensor.shape().order() == 1
                    ? scope.uninitialized(DType.FLOAT32, Math.toIntExact(tensor.size()))
                    : scope.uninitialized(DType.FLOAT32, tensor.rows(), tensor.columns());
            single.setAll(tensor.toDoubles());
            return single;
        }

        /// The same numbers in single precision.
        Rig single() {
            return new Rig(this);
        }

        NetworkPass pass(PassMode mode) {
            return pass(scope, mode);
        }

        NetworkPass pass(Scope own, PassMode mode) {
            return new NetworkPass(own, network, mode, Products.NOW, seed);
        }

        Result result() {
            return new Result(this);
        }

        Result whole() {
            Result result = result();
            run(pass(PassMode.EVALUATION_WITH_GRADIENT), result, 0, samples);
            return result;
        }

        void run(NetworkPass pass, Result result, int from, int to) {
            forward(pass, result, from, to);
            backward(pass, result, from, to);
        }

        void forward(NetworkPass pass, Result result, int from, int to) {
            SampleRows output = pass.forward(
                    inputs.stream().map(each -> each.range(from, to)).toList());
            result.rows(result.output, outputLayout(), from, to).copyFrom(output.values());
        }

        void backward(NetworkPass pass, Result result, int from, int to) {
            List<Tensor> into = new ArrayList<>();
            for (int k = 0; k < inputs.size(); k++) {
                into.add(result.rows(result.inputs.get(k), inputs.get(k).layout(), from, to));
            }
            try (Scope own = Scope.open("delta")) {
                pass.backward(result.rows(back, outputLayout(), from, to).copy(own), result.gradients(), into);
            }
        }

        RowLayout outputLayout() {
            List<RowLayout> layouts = inputs.stream().map(SampleRows::layout).toList();
            return network.layers().getFirst().layout(layouts, network.spec().output());
        }

        double loss() {
            try (Scope own = Scope.open("loss")) {
                NetworkPass pass = pass(own, PassMode.EVALUATION_WITH_GRADIENT);
                return Ops.dot(pass.forward(inputs).values().copy(own), back);
            }
        }

        /// Central differences in every element of a tensor.
        void requireSlopes(String what, Tensor gradient, Tensor unknown, double largest) {
            double[] values = unknown.toDoubles();
            double[] slopesThere = gradient.toDoubles();
            for (int i = 0; i < values.length; i++) {
                int element = i;
                double value = values[i];
                double slope = difference(by -> {
                    values[element] = value + by;
                    unknown.setAll(values);
                });
                values[i] = value;
                unknown.setAll(values);
                requireSlope(what, i, slopesThere[i], slope, largest);
            }
        }

        /// Central differences along the factors: of `K` at fixed `V`, of `L` at fixed `U`, of `S` at fixed bases.
        void requireSlopes(FactoredParameter parameter, Result result, double largest) {
            if (!(parameter.weight() instanceof Factors f)) {
                return; // another form: its own layer's test knows how it moves
            }
            FactorGradients gradients = there(result.factored, parameter.name());
            try (Scope own = Scope.open("slopes")) {
                Tensor U = f.U().copy(own);
                Tensor S = f.S().copy(own);
                Tensor V = f.V().copy(own);
                Tensor K = Ops.matmul(own, U, S);
                Tensor L = Ops.matmulNT(own, V, S);
                requireSlopes(parameter.name() + ", K", there(gradients.K()), largest, K, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    f.replace(basis, Ops.matmulTN(scope, basis, moved), V);
                });
                f.replace(U, S, V);
                requireSlopes(parameter.name() + ", L", there(gradients.L()), largest, L, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    f.replace(U, Ops.matmulTN(scope, moved, basis), basis);
                });
                f.replace(U, S, V);
                requireSlopes(
                        parameter.name() + ", S",
                        there(gradients.S()),
                        largest,
                        S,
                        (scope, moved) -> f.replace(U, moved, V));
                f.replace(U, S, V);
            }
        }

        private void requireSlopes(String what, Tensor gradient, double largest, Tensor at, Move move) {
            for (int i = 0; i < at.rows(); i++) {
                for (int j = 0; j < at.columns(); j++) {
                    int row = i;
                    int column = j;
                    double slope = difference(by -> {
                        try (Scope own = Scope.open("moved")) {
                            Tensor moved = at.copy(own);
                            moved.set(row, column, at.get(row, column) + by);
                            move.to(own, moved);
                        }
                    });
                    requireSlope("the gradient of " + what, i * at.columns() + j, gradient.get(i, j), slope, largest);
                }
            }
        }

        private double difference(DoubleConsumer move) {
            move.accept(STEP);
            double ahead = loss();
            move.accept(-STEP);
            double behind = loss();
            return (ahead - behind) / (2 * STEP);
        }

        /// A central difference errs by the third derivative times `h² / 6`, and by the loss's rounding over `h`.
        private void requireSlope(String what, int element, double gradient, double slope, double largest) {
            double rounding = 0x1p-52 * back.size() * (1 + Ops.norm(back)) * 10 / STEP;
            require(
                    Math.abs(gradient - slope) <= slopes * (1 + largest) + rounding,
                    "%s, element %d: must be %s, by central differences; got %s"
                            .formatted(what, element, slope, gradient));
        }

        @Override
        public void close() {
            network.close();
            scope.close();
        }
    }

    @FunctionalInterface
    private interface Move {
        void to(Scope scope, Tensor moved);
    }

    /// Outputs and gradients.
    private static final class Result {
        final Tensor output;
        final List<Tensor> inputs = new ArrayList<>();
        final Map<String, Tensor> dense = new LinkedHashMap<>();
        final Map<String, FactorGradients> factored = new LinkedHashMap<>();
        private final ParameterGradients gradients;

        Result(Rig rig) {
            Scope scope = rig.scope;
            DType type = rig.network.type();
            output = nan(scope.uninitialized(type, rig.back.rows(), rig.back.columns()));
            for (SampleRows each : rig.inputs) {
                inputs.add(nan(scope.uninitialized(
                        type, each.values().rows(), each.values().columns())));
            }
            for (DenseParameter each : rig.network.dense().all()) {
                dense.put(each.name(), nan(each.value().copy(scope)));
            }
            for (FactoredParameter each : rig.network.factoredParameters()) {
                factored.put(
                        each.name(),
                        new FactorGradients(
                                room(scope, type, each.weight().kShape()),
                                room(scope, type, each.weight().lShape()),
                                room(scope, type, each.weight().sShape())));
            }
            gradients = new ParameterGradients(factored, dense, Products.NOW);
        }

        private static Tensor room(Scope scope, DType type, Shape shape) {
            return nan(scope.uninitialized(type, shape.extent(0), shape.extent(1)));
        }

        private static Tensor nan(Tensor tensor) {
            fill(tensor);
            return tensor;
        }

        ParameterGradients gradients() {
            return gradients;
        }

        Tensor rows(Tensor all, RowLayout layout, int from, int to) {
            return all.rows(layout.first(from), layout.first(to));
        }

        Map<String, Tensor> all() {
            Map<String, Tensor> all = new LinkedHashMap<>();
            all.put("the output", output);
            for (int k = 0; k < inputs.size(); k++) {
                all.put("the gradient of input " + k, inputs.get(k));
            }
            dense.forEach((name, tensor) -> all.put("the gradient of " + name, tensor));
            factored.forEach((name, places) -> {
                all.put("the gradient of " + name + ", K", places.K());
                all.put("the gradient of " + name + ", L", places.L());
                all.put("the gradient of " + name + ", S", places.S());
            });
            return all;
        }

        double largest() {
            double largest = 0;
            for (Tensor each : all().values()) {
                largest = Math.max(largest, LayerContract.largest(each));
            }
            return largest;
        }

        /// Adds the gradients of another slice, and takes its rows.
        void add(Result other) {
            Map<String, Tensor> mine = all();
            other.all().forEach((name, tensor) -> {
                Tensor own = there(mine, name);
                double[] sums = own.toDoubles();
                double[] more = tensor.toDoubles();
                for (int i = 0; i < sums.length; i++) {
                    boolean isRow = Double.isNaN(sums[i]) || Double.isNaN(more[i]);
                    sums[i] = isRow ? (Double.isNaN(sums[i]) ? more[i] : sums[i]) : sums[i] + more[i];
                }
                own.setAll(sums);
            });
        }
    }

    private static <T> T there(Map<String, T> all, String name) {
        return there(all.get(name));
    }

    private static <T> T there(@Nullable T value) {
        if (value == null) {
            throw new AssertionError("a gradient is missing");
        }
        return value;
    }

    private static void fill(Tensor tensor) {
        double[] nans = new double[Math.toIntExact(tensor.size())];
        Arrays.fill(nans, Double.NaN);
        tensor.setAll(nans);
    }

    private static double largest(Tensor tensor) {
        double largest = 0;
        for (double value : tensor.toDoubles()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private void requireClose(String how, Result result, Result expected, double tolerance) {
        Map<String, Tensor> others = expected.all();
        result.all().forEach((name, tensor) -> {
            boolean isToken = name.startsWith("the gradient of input ")
                    && shapes.get(Integer.parseInt(name.substring("the gradient of input ".length())))
                            instanceof SampleShape.Tokens;
            if (!isToken) {
                requireClose(name + " " + how, tensor, there(others, name), tolerance);
            }
        });
    }

    private static void requireClose(String what, Tensor tensor, Tensor expected, double tolerance) {
        double[] values = tensor.toDoubles();
        double[] others = expected.toDoubles();
        double allowed = tolerance * (1 + largest(expected));
        for (int i = 0; i < values.length; i++) {
            require(
                    Math.abs(values[i] - others[i]) <= allowed,
                    "%s, element %d: must be %s; got %s".formatted(what, i, others[i], values[i]));
        }
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }
}
