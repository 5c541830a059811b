package dev.stiefel.testkit;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkJson;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Layer.Kept;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterGradients.Later;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleFunction;
import dev.stiefel.nn.SampleGroups;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
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
/// The layer stands alone in a network, with random parameters and random samples; the loss is `Σ C ∘ output`
/// with a random `C`. Checked are, in double precision unless said otherwise:
///
/// - gradients of all parameters (of factors: `∇K`, `∇L`, `∇S`) and of the inputs, against central differences;
/// - a batch in parts: the same outputs, and gradients that add up;
/// - a pass that is used again, and two passes through one layer at once: the same bits;
/// - slices on 1, 2 and 3 threads: the same to rounding;
/// - gradients are written over what was there, and what is not wanted changes nothing;
/// - gradients of inputs are added where they are to be added;
/// - products that are put off until the way back is done: the same to rounding;
/// - what [Layer#keeps] does not name may be overwritten between the way forward and the way back;
/// - a pass that is used again takes no more memory, and nothing is left open;
/// - inputs whose samples differ in length are refused by [Layer#layout], or taken and taken back rightly;
/// - running statistics change by [Layer#updateStatistics] alone, and do not depend on how a batch is divided;
/// - single precision agrees with double; the layer for single samples, if there is one, agrees with both;
/// - saved tensors make the same layer, and its description survives JSON (for types that are given).
///
/// The way back is checked both as in evaluation and as in training ([PassMode]). Layers that draw random
/// numbers in training draw those of one seed.
public final class LayerContract {
    private static final double STEP = 1e-5;
    private static final double ROUNDING = 1e-11;

    private final LayerSpec layer;
    private final List<SampleShape> shapes;
    private final SpecTypes types;
    private final int samples;
    private final double slopes;
    private final long seed;
    private final Lengths lengths;

    /// Rows that a sample has at several inputs that are sequences.
    private enum Lengths {
        SAME,
        DIFFERENT
    }

    private LayerContract(
            LayerSpec layer,
            List<SampleShape> shapes,
            SpecTypes types,
            int samples,
            double slopes,
            long seed,
            Lengths lengths) {
        this.layer = layer;
        this.shapes = shapes;
        this.types = types;
        this.samples = samples;
        this.slopes = slopes;
        this.seed = seed;
        this.lengths = lengths;
    }

    /// The contract for a layer that takes samples of these shapes.
    public static LayerContract of(LayerSpec layer, SampleShape... inputs) {
        int samples = Math.max(5, 3 * layer.samplesPerGroup() + layer.samplesPerGroup() / 3);
        return new LayerContract(layer, List.of(inputs), SpecTypes.installed(), samples, 1e-7, 1, Lengths.SAME);
    }

    /// The same with types that the layer's description is read from JSON by.
    public LayerContract types(SpecTypes newTypes) {
        return new LayerContract(layer, shapes, newTypes, samples, slopes, seed, lengths);
    }

    /// The same with another number of samples.
    public LayerContract samples(int count) {
        return new LayerContract(layer, shapes, types, count, slopes, seed, lengths);
    }

    /// The same with another tolerance of slopes, relative to the largest gradient: for layers whose third
    /// derivatives are large.
    public LayerContract slopes(double tolerance) {
        return new LayerContract(layer, shapes, types, samples, tolerance, seed, lengths);
    }

    /// The same with other random numbers: where a difference crosses a kink of the layer.
    public LayerContract seed(long newSeed) {
        return new LayerContract(layer, shapes, types, samples, slopes, newSeed, lengths);
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
        gradientsOfInputsAreAdded();
        productsMayBePutOff();
        whatIsNotKeptMayBeOverwritten();
        memoryDoesNotGrow();
        inputsOfDifferentLengthsAreRefusedOrTaken();
        statisticsChangeByTheirUpdateAlone();
        precisionsAgree();
        singleSamplesAgree();
        savedTensorsMakeTheSameLayer();
        descriptionsSurviveJson();
    }

    /// What may differ between evaluation and training.
    private static void inBothModes(Consumer<PassMode> check) {
        for (PassMode mode : List.of(PassMode.EVALUATION_WITH_GRADIENT, PassMode.TRAINING)) {
            try {
                check.accept(mode);
            } catch (AssertionError e) {
                throw new AssertionError("%s: %s".formatted(mode, e.getMessage()), e);
            }
        }
    }

    private SampleGroups groups() {
        return new SampleGroups(samples, layer.samplesPerGroup());
    }

    private boolean isTokens(int input) {
        return shapes.get(input) instanceof SampleShape.Tokens;
    }

    /// Gradients are those of central differences.
    public void gradientsAreCentralDifferences() {
        inBothModes(this::gradientsAreCentralDifferences);
    }

    private void gradientsAreCentralDifferences(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
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
                if (!isTokens(k)) {
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
        inBothModes(this::partsOfABatchAddUp);
    }

    private void partsOfABatchAddUp(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            SampleGroups groups = groups();
            for (int most = 1; most < groups.count(); most++) {
                Result parts = rig.result();
                LonePass pass = rig.pass();
                for (int group = 0; group < groups.count(); group += most) {
                    rig.run(pass, parts, groups.first(group), groups.first(group + most));
                }
                requireClose("in parts of " + most + " groups of samples", parts, whole, ROUNDING);
            }
        }
    }

    /// A pass that is used again, and two passes at once, give the same bits.
    public void passesDoNotDisturbEachOther() {
        inBothModes(this::passesDoNotDisturbEachOther);
    }

    private void passesDoNotDisturbEachOther(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result alone = rig.whole();
            LonePass first = rig.pass();
            LonePass second = rig.pass();
            int half = groups().share(1, 2) == 0 ? samples : groups().share(1, 2);
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
        inBothModes(this::threadsChangeResultsByRoundingOnly);
    }

    private void threadsChangeResultsByRoundingOnly(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            SampleGroups groups = groups();
            for (int count : new int[] {2, 3}) {
                int slices = Math.min(count, groups.count());
                Result[] results = new Result[slices];
                try (Threads threads = Threads.of(count)) {
                    threads.run(slices, i -> {
                        try (Scope own = Scope.open("slice")) {
                            results[i] = rig.result();
                            rig.run(rig.pass(own), results[i], groups.share(i, slices), groups.share(i + 1, slices));
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
        inBothModes(this::gradientsAreWrittenAndOnlyWhereTheyAreWanted);
    }

    private void gradientsAreWrittenAndOnlyWhereTheyAreWanted(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            Result none = rig.result();
            LonePass pass = rig.pass();
            pass.forward(rig.inputs);
            pass.backward(rig.back.copy(rig.scope), ParameterGradients.none(), none.inputs, Accumulation.WRITE);
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

    /// Gradients of inputs are added to what is there, where they are to be: as at forks of a graph.
    public void gradientsOfInputsAreAdded() {
        inBothModes(this::gradientsOfInputsAreAdded);
    }

    private void gradientsOfInputsAreAdded(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            LonePass pass = rig.pass();
            List<Tensor> sums = new ArrayList<>();
            List<Tensor> expected = new ArrayList<>();
            for (Tensor gradient : whole.inputs) {
                Tensor before = rig.scope.uninitialized(DType.FLOAT64, gradient.rows(), gradient.columns());
                Rng.seeded(seed).forPurpose("before").fillNormal(before, 1);
                sums.add(before);
                expected.add(Ops.sum(rig.scope, before, 1, gradient));
            }
            pass.forward(rig.inputs);
            pass.backward(rig.back.copy(rig.scope), rig.result().gradients(), sums, Accumulation.ADD);
            for (int k = 0; k < shapes.size(); k++) {
                if (!isTokens(k)) {
                    requireClose(
                            "the gradient of input %d added to other numbers".formatted(k),
                            sums.get(k),
                            expected.get(k),
                            ROUNDING);
                }
            }
        }
    }

    /// Products that are put off until the way back is done, while another pass goes its way and what is not
    /// kept is overwritten, give the same to rounding.
    public void productsMayBePutOff() {
        inBothModes(this::productsMayBePutOff);
    }

    private void productsMayBePutOff(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            Result result = rig.result();
            Layer live = rig.live();
            List<SampleRows> copies = rig.copies();
            LonePass pass = rig.pass();
            Tensor output = pass.forward(copies).values();
            result.output.copyFrom(output);
            Tensor delta = rig.back.copy(rig.scope);
            ParameterGradients gradients = result.gradients(Products.LATER);
            pass.backward(delta, gradients, result.inputs, Accumulation.WRITE);
            if (!live.keeps().contains(Kept.OUTPUT)) {
                fill(output);
            }
            if (!live.keeps().contains(Kept.INPUTS)) {
                copies.forEach(each -> fill(each.values()));
            }
            Result other = rig.result();
            LonePass beside = rig.pass();
            List<SampleRows> others = rig.copies();
            for (int k = 0; k < shapes.size(); k++) {
                if (!isTokens(k)) {
                    Ops.scaleInPlace(others.get(k).values(), 2);
                }
            }
            beside.forward(others);
            beside.backward(
                    Ops.scaled(rig.scope, rig.back, -3),
                    other.gradients(Products.LATER),
                    other.inputs,
                    Accumulation.WRITE);
            Set<String> written = new HashSet<>();
            for (Later each : gradients.later()) {
                String name = each.parameter().name();
                Tensor place = there(result.dense, name);
                if (written.add(name) && !gradients.isWritten(each.parameter())) {
                    Ops.matmulTNInto(place, each.left(), each.right());
                } else {
                    Ops.addMatmulTNInPlace(place, 1, each.left(), each.right());
                }
            }
            requireClose("with products that are put off", result, whole, ROUNDING);
        }
    }

    /// Where several inputs are sequences, samples that differ in length from input to input are refused by
    /// [Layer#layout], or their gradients are right and a batch of them can be divided.
    public void inputsOfDifferentLengthsAreRefusedOrTaken() {
        if (shapes.stream().filter(each -> each.rows().isEmpty()).count() < 2) {
            return;
        }
        LayerContract different = new LayerContract(layer, shapes, types, samples, slopes, seed, Lengths.DIFFERENT);
        try (Rig rig = new Rig(DType.FLOAT64, PassMode.EVALUATION_WITH_GRADIENT)) {
            rig.live().layout(different.layouts(), rig.network.spec().output());
        } catch (IllegalArgumentException e) {
            return; // refused
        }
        try {
            different.gradientsAreCentralDifferences();
            different.partsOfABatchAddUp();
        } catch (RuntimeException e) {
            throw new AssertionError(
                    "inputs of different lengths must be refused by the layer's layout, or be taken; got " + e, e);
        }
    }

    /// Rows of the samples, one an input.
    private List<RowLayout> layouts() {
        int[] rows = new SplittableRandom(seed).ints(samples, 1, 5).toArray();
        for (int i = 0; i < Math.min(2, samples); i++) {
            rows[i] = 2 + i; // at least two differ
        }
        List<RowLayout> layouts = new ArrayList<>();
        for (SampleShape shape : shapes) {
            layouts.add(
                    shape.rows().isPresent()
                            ? RowLayout.uniform(samples, shape.rows().getAsInt())
                            : RowLayout.of(rows));
            if (lengths == Lengths.DIFFERENT && shape.rows().isEmpty()) {
                rows = rows.clone();
                int first = rows[0]; // the same in all, each one sample further
                System.arraycopy(rows, 1, rows, 0, samples - 1);
                rows[samples - 1] = first;
            }
        }
        return layouts;
    }

    /// Running statistics, if there are any, change by [Layer#updateStatistics] alone; nothing else changes by
    /// it; and how a batch was divided into slices and parts makes no difference but for rounding.
    public void statisticsChangeByTheirUpdateAlone() {
        try (Rig rig = new Rig(DType.FLOAT64, PassMode.TRAINING)) {
            if (rig.network.statistics().isEmpty()) {
                return;
            }
            Map<String, double[]> before = rig.tensors();
            Layer live = rig.live();
            SampleGroups groups = groups();
            LonePass whole = rig.pass();
            rig.run(whole, rig.result(), 0, samples);
            int slices = Math.min(2, groups.count());
            List<LonePass> parts = new ArrayList<>();
            for (int slice = 0; slice < slices; slice++) {
                LonePass pass = rig.pass();
                int to = groups.share(slice + 1, slices);
                for (int group = 0; group < groups.count(); group++) {
                    int from = groups.first(group);
                    if (from >= groups.share(slice, slices) && from < to) {
                        rig.run(pass, rig.result(), from, groups.first(group + 1));
                    }
                }
                parts.add(pass);
            }
            before.forEach((name, values) -> require(
                    Arrays.equals(values, rig.tensor(name)), name + " must not change on the way forward and back"));
            live.updateStatistics(List.of(whole.pass));
            Map<String, double[]> updated = rig.tensors();
            before.forEach((name, values) -> {
                boolean isStatistic = rig.network.statistics().containsKey(name);
                require(
                        isStatistic || Arrays.equals(values, there(updated, name)),
                        name + " is no running statistic, and must not change by their update");
            });
            require(
                    rig.network.statistics().keySet().stream()
                            .anyMatch(name -> !Arrays.equals(there(before, name), there(updated, name))),
                    "running statistics must change by their update in training; %s did not"
                            .formatted(rig.network.statistics().keySet()));
            rig.network.statistics().forEach((name, tensor) -> tensor.setAll(there(before, name)));
            live.updateStatistics(parts.stream().map(each -> each.pass).toList());
            rig.network.statistics().forEach((name, tensor) -> {
                Tensor expected = tensor.copy(rig.scope);
                expected.setAll(there(updated, name));
                requireClose(name + ", of a batch in slices and parts", tensor, expected, ROUNDING);
            });
        }
    }

    /// What the layer does not keep may be overwritten between the way forward and the way back.
    public void whatIsNotKeptMayBeOverwritten() {
        inBothModes(this::whatIsNotKeptMayBeOverwritten);
    }

    private void whatIsNotKeptMayBeOverwritten(PassMode mode) {
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result whole = rig.whole();
            Result result = rig.result();
            LonePass pass = rig.pass();
            Layer live = rig.live();
            List<SampleRows> copies = rig.copies();
            Tensor output = pass.forward(copies).values();
            if (!live.keeps().contains(Kept.INPUTS)) {
                copies.forEach(each -> fill(each.values()));
            }
            if (!live.keeps().contains(Kept.OUTPUT)) {
                fill(output);
            }
            pass.backward(rig.back.copy(rig.scope), result.gradients(), result.inputs, Accumulation.WRITE);
            result.output.copyFrom(whole.output);
            requireClose("after what is not kept was overwritten", result, whole, 0);
        }
    }

    /// A pass that is used again takes no more memory, and nothing is left open.
    public void memoryDoesNotGrow() {
        inBothModes(this::memoryDoesNotGrow);
    }

    private void memoryDoesNotGrow(PassMode mode) {
        long before = Scope.liveOwners();
        try (Rig rig = new Rig(DType.FLOAT64, mode)) {
            Result result = rig.result();
            LonePass pass = rig.pass();
            Tensor delta = rig.back.copy(rig.scope);
            pass.forward(rig.inputs);
            pass.backward(delta, result.gradients(), result.inputs, Accumulation.WRITE);
            long owners = Scope.liveOwners();
            for (int time = 0; time < 3; time++) {
                pass.forward(rig.inputs);
                delta.copyFrom(rig.back);
                pass.backward(delta, result.gradients(), result.inputs, Accumulation.WRITE);
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
        try (Rig exact = new Rig(DType.FLOAT64, PassMode.EVALUATION_WITH_GRADIENT);
                Rig single = exact.single()) {
            requireClose("in single precision", single.whole(), exact.whole(), 2e-4);
        }
    }

    /// The layer for single samples, if there is one, agrees with the pass.
    public void singleSamplesAgree() {
        try (Rig exact = new Rig(DType.FLOAT64, PassMode.EVALUATION_WITH_GRADIENT);
                Rig rig = exact.single()) {
            Layer live = rig.live();
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
        try (Rig rig = new Rig(DType.FLOAT64, PassMode.EVALUATION_WITH_GRADIENT);
                Network copy = copy(rig.network, DType.FLOAT64, rig.network.tensors())) {
            Tensor own = rig.network.predict(rig.scope, rig.inputs).values();
            Tensor saved = copy.predict(rig.scope, rig.inputs).values();
            requireClose("the output of a copy", saved, own, 0);
            requireClose("the output where no way back follows", own, rig.whole().output, ROUNDING);
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
        final PassMode mode;

        Rig(DType type, PassMode mode) {
            this.mode = mode;
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
            List<RowLayout> layouts = layouts();
            for (int k = 0; k < shapes.size(); k++) {
                SampleShape shape = shapes.get(k);
                RowLayout layout = layouts.get(k);
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
            mode = exact.mode;
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

        Layer live() {
            return network.layers().getFirst();
        }

        /// All parameters and statistics as they are.
        Map<String, double[]> tensors() {
            Map<String, double[]> all = new LinkedHashMap<>();
            network.tensors().forEach((name, tensor) -> all.put(name, tensor.toDoubles()));
            return all;
        }

        double[] tensor(String name) {
            return there(tensors(), name);
        }

        /// The inputs in memory that may be overwritten.
        List<SampleRows> copies() {
            return inputs.stream()
                    .map(each -> new SampleRows(each.values().copy(scope), each.layout()))
                    .toList();
        }

        LonePass pass() {
            return pass(scope);
        }

        LonePass pass(Scope own) {
            return new LonePass(this, own);
        }

        Result result() {
            return new Result(this);
        }

        Result whole() {
            Result result = result();
            run(pass(), result, 0, samples);
            return result;
        }

        void run(LonePass pass, Result result, int from, int to) {
            forward(pass, result, from, to);
            backward(pass, result, from, to);
        }

        void forward(LonePass pass, Result result, int from, int to) {
            SampleRows output = pass.forward(
                    inputs.stream().map(each -> each.range(from, to)).toList());
            result.rows(result.output, outputLayout(), from, to).copyFrom(output.values());
        }

        void backward(LonePass pass, Result result, int from, int to) {
            List<Tensor> into = new ArrayList<>();
            for (int k = 0; k < inputs.size(); k++) {
                into.add(result.rows(result.inputs.get(k), inputs.get(k).layout(), from, to));
            }
            try (Scope own = Scope.open("delta")) {
                Tensor delta = result.rows(back, outputLayout(), from, to).copy(own);
                pass.backward(delta, result.gradients(), into, Accumulation.WRITE);
            }
        }

        RowLayout outputLayout() {
            List<RowLayout> layouts = inputs.stream().map(SampleRows::layout).toList();
            return live().layout(layouts, network.spec().output());
        }

        long seed() {
            return LayerContract.this.seed;
        }

        double loss() {
            try (Scope own = Scope.open("loss")) {
                return Ops.dot(pass(own).forward(inputs).values().copy(own), back);
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

        /// Central differences along the factors: of `K` at fixed `V`, of `L` at fixed `U`, of `S` at fixed
        /// bases.
        void requireSlopes(FactoredParameter parameter, Result result, double largest) {
            FactorGradients gradients = there(result.factored, parameter.name());
            switch (parameter.weight()) {
                case Factors matrix -> requireSlopes(parameter.name(), matrix, gradients, largest);
                case TuckerFactors kernel -> requireSlopes(parameter.name(), kernel, gradients, largest);
                default ->
                    requireSlopes( // of another form only what the core is known
                            parameter.name() + ", S",
                            there(gradients.S()),
                            largest,
                            parameter.weight().core().copy(scope),
                            (_, moved) -> parameter.weight().core().copyFrom(moved));
            }
        }

        private void requireSlopes(String name, Factors f, FactorGradients gradients, double largest) {
            try (Scope own = Scope.open("slopes")) {
                Tensor U = f.U().copy(own);
                Tensor S = f.S().copy(own);
                Tensor V = f.V().copy(own);
                Tensor K = Ops.matmul(own, U, S);
                Tensor L = Ops.matmulNT(own, V, S);
                requireSlopes(name + ", K", there(gradients.K()), largest, K, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    f.replace(basis, Ops.matmulTN(scope, basis, moved), V);
                });
                f.replace(U, S, V);
                requireSlopes(name + ", L", there(gradients.L()), largest, L, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    f.replace(U, Ops.matmulTN(scope, moved, basis), basis);
                });
                f.replace(U, S, V);
                requireSlopes(name + ", S", there(gradients.S()), largest, S, (scope, moved) -> f.replace(U, moved, V));
                f.replace(U, S, V);
            }
        }

        /// The same in Tucker form: of `K` at fixed `Ui` and rows of the core, of `L` at fixed `Uo` and columns
        /// of the core, of the core at fixed bases.
        private void requireSlopes(String name, TuckerFactors f, FactorGradients gradients, double largest) {
            int k = f.offsets();
            try (Scope own = Scope.open("slopes")) {
                Tensor Uo = f.Uo().copy(own);
                Tensor C = f.C().copy(own);
                Tensor Ui = f.Ui().copy(own);
                Tensor Ro = TuckerFactors.outRows(own, C);
                Tensor Qi = TuckerFactors.inColumns(own, C, k);
                Tensor K = Ops.matmul(own, Uo, Ops.matmulNT(own, C, Ro));
                Tensor Si = Ops.matmulTN(own, TuckerFactors.inUnfolding(C, k), TuckerFactors.inUnfolding(Qi, k));
                Tensor L = Ops.matmul(own, Ui, Si);
                requireSlopes(name + ", K", there(gradients.K()), largest, K, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    f.replace(basis, Ops.matmul(scope, Ops.matmulTN(scope, basis, moved), Ro), Ui);
                });
                requireSlopes(name + ", L", there(gradients.L()), largest, L, (scope, moved) -> {
                    Tensor basis = OrthonormalBasis.of(scope, moved);
                    Tensor core = TuckerFactors.timesIn(scope, Qi, k, Ops.matmulTN(scope, basis, moved));
                    f.replace(Uo, core, basis);
                });
                requireSlopes(name + ", S", there(gradients.S()), largest, C, (_, moved) -> f.replace(Uo, moved, Ui));
                f.replace(Uo, C, Ui);
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

        /// A central difference errs by the third derivative times `h² / 6`, and by the loss's rounding over
        /// `h`.
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

    /// The layer's pass, driven as a network drives it, in any mode.
    private static final class LonePass {
        final Layer.Pass pass;
        private final Rig rig;
        private final Scope scope;
        private @Nullable Tensor room;

        LonePass(Rig rig, Scope scope) {
            this.rig = rig;
            this.scope = scope;
            this.pass = rig.live().pass(new PassContext(scope, rig.network.type(), rig.mode, rig.seed()));
        }

        SampleRows forward(List<SampleRows> inputs) {
            List<RowLayout> layouts = inputs.stream().map(SampleRows::layout).toList();
            SampleShape shape = rig.network.spec().output();
            RowLayout layout = rig.live().layout(layouts, shape);
            if (room == null || room.rows() < layout.rows()) {
                room = scope.spaced(rig.network.type(), layout.rows(), shape.columns());
            }
            Tensor output = room.rows(0, layout.rows());
            pass.forward(inputs, output);
            return new SampleRows(output, layout, inputs.getFirst().firstSample());
        }

        void backward(Tensor delta, ParameterGradients gradients, List<Tensor> into, Accumulation how) {
            pass.backward(delta, gradients);
            for (int k = 0; k < into.size(); k++) {
                pass.inputGradient(k, into.get(k), how);
            }
            gradients.finish();
        }
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
            gradients = gradients(Products.NOW);
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

        ParameterGradients gradients(Products products) {
            return new ParameterGradients(factored, dense, products);
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
