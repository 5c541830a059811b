package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.isFinite;
import static dev.stiefel.tensor.Ops.matmulTNInto;
import static dev.stiefel.tensor.Ops.norm;

import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.Trained;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterGradients.Later;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleGroups;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Sums;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The gradient of a network's mean loss over a batch: what connects networks with integrators.
///
/// Every thread takes its slice of the batch through the whole network and back, with no barrier in
/// between; then the slices' gradients are summed in a fixed order. A slice goes in parts whose
/// activations stay in the cache, one after the other. The loss and gradient of a batch in which no output row has a
/// target are 0.
public final class BatchField implements GradientField {
    private static final int ACTIVATIONS = 1 << 18; // elements of the widest layer: 1 MiB
    private static final int LEAST_ROWS = 320; // of sequences: with fewer, reading the weights again costs too much
    private static final int LARGE = 1 << 16; // elements of a dense matrix

    private final Network network;
    private final Objective objective;
    private final Workspace workspace;
    private final Point point;
    private final int widest; // values a sample has on its way, at most; 0 where samples differ
    private final int[] positions; // rows of a sample that meet each factored weight; 0 where samples differ
    private final int group; // samples that belong together
    /// True if dense matrices are so large that a copy of their gradients per thread, and the sum of the copies,
    /// would cost more than to share each matrix between the threads afterwards.
    private final boolean largeMatrices;

    private @Nullable Batch batch;
    private long seed;
    private @Nullable Sums first;
    private @Nullable Sums latest;
    private int evaluations;

    /// A field for this network's parameters.
    public BatchField(Network network, Objective objective, Workspace workspace) {
        this.network = network;
        this.objective = objective;
        this.workspace = workspace;
        this.point = new Point(network.factoredParameters(), network.dense());
        this.widest = widest(network.spec());
        this.positions = network.factoredParameters().stream()
                .mapToInt(each -> network.spec().weight(each.name()).positions().orElse(0))
                .toArray();
        this.group = network.spec().samplesPerGroup();
        this.largeMatrices = hasVectorsOnly(network.spec())
                && network.dense().all().stream()
                        .anyMatch(each -> each.isMatrix() && each.value().size() > LARGE);
    }

    /// Returns whether samples are one row all the way. Else activations are so large that a slice must go in
    /// parts, and products so long that a copy of the gradients a thread counts for little.
    private static boolean hasVectorsOnly(NetworkSpec spec) {
        return shapes(spec).stream().allMatch(each -> each.rows().equals(OptionalInt.of(1)));
    }

    private static int widest(NetworkSpec spec) {
        int widest = 0;
        for (SampleShape shape : shapes(spec)) {
            if (shape.values().isEmpty()) {
                return 0;
            }
            widest = Math.max(widest, shape.values().getAsInt());
        }
        return widest;
    }

    private static List<SampleShape> shapes(NetworkSpec spec) {
        List<SampleShape> shapes = new ArrayList<>();
        spec.inputs().forEach(input -> shapes.add(input.shape()));
        spec.nodes().forEach(node -> shapes.add(spec.shape(node.name())));
        return shapes;
    }

    /// The network's parameters, which integrators move.
    public Point point() {
        return point;
    }

    /// Sets the batch of the next evaluations.
    public void use(Batch next) {
        use(next, 0);
    }

    /// Sets the batch and the seed of the next evaluations.
    ///
    /// @param newSeed of layers' random numbers, the same for every evaluation of the batch
    public void use(Batch next, long newSeed) {
        batch = next;
        seed = newSeed;
        first = null;
        latest = null;
    }

    /// Sums of the first evaluation of the current batch: those of the network before the step.
    public Sums firstSums() {
        return requireEvaluated(first);
    }

    /// Sums of the latest evaluation of the current batch: with BUG those in the new bases.
    public Sums latestSums() {
        return requireEvaluated(latest);
    }

    private static Sums requireEvaluated(@Nullable Sums sums) {
        if (sums == null) {
            throw new IllegalStateException("batch field: the current batch was not evaluated yet");
        }
        return sums;
    }

    /// The number of evaluations in all.
    public int evaluations() {
        return evaluations;
    }

    @Override
    public double evaluate(Point at, Gradients into) {
        if (!at.equals(point)) {
            throw new IllegalArgumentException("batch field: only the network's own point can be evaluated");
        }
        Batch current = requireBatch();
        int counted = current.targets().counted();
        double weight = counted == 0 ? 0 : 1.0 / counted; // rows without a target have a gradient of 0 anyway
        evaluations++;
        SampleGroups groups = new SampleGroups(current.size(), group);
        int slices = Math.min(workspace.threads().count(), groups.count());
        Sums[] sums = new Sums[slices];
        Trained what = into.wants(Part.DENSE) ? Trained.ALL : Trained.FACTORED;
        Products products = largeMatrices && into.wants(Part.DENSE) ? Products.LATER : Products.NOW;
        try (Scope scope = workspace.pool().scope("pass");
                Scopes scopes = workspace.pool().scopes(slices)) {
            List<Gradients> partial = new ArrayList<>();
            List<ParameterGradients> places = new ArrayList<>();
            for (int i = 0; i < slices; i++) {
                partial.add(i == 0 ? into : into.like(scope, point));
                places.add(places(partial.get(i), products));
            }
            NetworkPass[] passes = new NetworkPass[slices];
            workspace.threads().run(slices, i -> {
                passes[i] = new NetworkPass(scopes.open(i), network, PassMode.TRAINING, products, what, seed);
                int from = groups.share(i, slices);
                int to = groups.share(i + 1, slices);
                sums[i] = slice(current, from, to, weight, passes[i], places.get(i), products);
            });
            Set<String> writtenLater = writtenLater(partial, places);
            for (int i = 1; i < slices; i++) {
                LongVectors.addInPlace(
                        workspace.threads(),
                        summed(into, products, writtenLater),
                        summed(partial.get(i), products, writtenLater));
            }
            multiplyLater(into, places, writtenLater);
            if (first == null) {
                updateStatistics(List.of(passes));
            }
        }
        Sums all = total(sums);
        if (first == null) {
            first = all;
        }
        latest = all;
        return counted == 0 ? 0 : all.loss() / counted;
    }

    /// The layer where a divergence shows: the first whose outputs for the current batch are not finite; if all
    /// are, as where only a gradient is not, the one whose outputs are the largest in the mean square.
    public String divergingLayer() {
        Batch current = requireBatch();
        LargestOutput largest = new LargestOutput();
        try (Scope scope = workspace.pool().scope("diagnosis")) {
            new NetworkPass(scope, network, PassMode.EVALUATION).forward(current.inputs(), largest::meet);
        }
        return largest.layer;
    }

    private static final class LargestOutput {
        private String layer = "";
        private double size = -1;

        void meet(String node, Tensor output) {
            double here =
                    isFinite(output) ? norm(output) / Math.sqrt((double) output.size()) : Double.POSITIVE_INFINITY;
            if (here > size) { // the first of several that are not finite
                layer = node;
                size = here;
            }
        }
    }

    private Sums slice(
            Batch current,
            int from,
            int to,
            double weight,
            NetworkPass pass,
            ParameterGradients gradients,
            Products products) {
        Sums sums = Sums.none(objective.measures().size());
        Targets targets = current.targets();
        SampleGroups groups = new SampleGroups(to - from, group);
        int atOnce = groupsAtOnce(current, from, to, groups.count(), products);
        for (int at = 0; at < groups.count(); at += atOnce) {
            int begin = from + groups.first(at);
            int end = from + groups.first(Math.min(groups.count(), at + atOnce));
            List<SampleRows> inputs = current.inputs().stream()
                    .map(each -> each.range(begin, end))
                    .toList();
            int row = targets.layout().first(begin);
            sums = sums.plus(pass.evaluate(inputs, objective, targets, row, weight, gradients));
        }
        gradients.finish();
        return sums;
    }

    /// The dense parameters whose whole gradient is postponed. Where only some of it was, all slices get a place
    /// with values, to which the products are added.
    private Set<String> writtenLater(List<Gradients> gradients, List<ParameterGradients> slices) {
        Set<String> found = new HashSet<>();
        for (DenseParameter each : network.dense().all()) {
            if (slices.stream().noneMatch(slice -> slice.isPutOff(each))) {
                continue;
            }
            if (slices.stream().noneMatch(slice -> slice.isWritten(each))) {
                found.add(each.name());
                continue;
            }
            for (int i = 0; i < slices.size(); i++) {
                if (!slices.get(i).isWritten(each)) {
                    network.dense().in(gradients.get(i).dense(), each.name()).clear();
                }
            }
        }
        return found;
    }

    /// The tensors that are summed over the slices' gradients: everything but the matrices that are written later.
    private List<Tensor> summed(Gradients gradients, Products products, Set<String> writtenLater) {
        if (products == Products.NOW) {
            return gradients.flat();
        }
        List<Tensor> summed = new ArrayList<>();
        for (DenseParameter each : network.dense().all()) {
            if (!writtenLater.contains(each.name())) {
                summed.add(network.dense().in(gradients.dense(), each.name()));
            }
        }
        for (Part part : List.of(Part.K, Part.L, Part.S)) {
            if (gradients.wants(part)) {
                summed.add(gradients.flat(part));
            }
        }
        return summed;
    }

    /// The gradients of dense matrices that were put off, each thread taking some rows of each.
    private void multiplyLater(Gradients into, List<ParameterGradients> slices, Set<String> writtenLater) {
        Map<String, List<Later>> products = new LinkedHashMap<>();
        for (ParameterGradients slice : slices) {
            for (Later each : slice.later()) {
                products.computeIfAbsent(each.parameter().name(), name -> new ArrayList<>())
                        .add(each);
            }
        }
        if (products.isEmpty()) {
            return;
        }
        int shares = workspace.threads().count();
        workspace
                .threads()
                .run(
                        shares,
                        share -> products.forEach((name, factors) -> {
                            Tensor matrix = network.dense().in(into.dense(), name);
                            int from = (int) ((long) matrix.rows() * share / shares);
                            int to = (int) ((long) matrix.rows() * (share + 1) / shares);
                            Tensor rows = matrix.rows(from, to);
                            for (int i = 0; i < factors.size(); i++) {
                                Tensor left = factors.get(i).left().columnRange(from, to);
                                if (i == 0 && writtenLater.contains(name)) {
                                    matmulTNInto(rows, left, factors.get(i).right());
                                } else {
                                    addMatmulTNInPlace(
                                            rows, 1, left, factors.get(i).right());
                                }
                            }
                        }));
    }

    /// Updates running statistics, once per step, from the pass at the step's starting point.
    private void updateStatistics(List<NetworkPass> passes) {
        if (network.statistics().isEmpty()) {
            return;
        }
        NetworkPass.updateStatistics(passes);
    }

    /// The number of groups of samples to process at once: few enough for the widest layer's activations to stay
    /// in the second-level cache, many enough for products to be worth their call and the sums of their
    /// gradients. All of them, where products come later.
    private int groupsAtOnce(Batch current, int from, int to, int groups, Products products) {
        if (products == Products.LATER) {
            return groups;
        }
        int samples = to - from;
        int rows = rowsOfSample(current, from, to);
        int inCache = widest > 0
                ? Math.max(1, ACTIVATIONS / widest)
                : Math.max(Math.ceilDiv(LEAST_ROWS, rows), ACTIVATIONS / valuesOfSample(rows));
        int most = Math.max(samplesForRanks(rows), inCache);
        int parts = Math.min(groups, (samples + most - 1) / most);
        return (groups + parts - 1) / parts;
    }

    /// The number of samples with twice as many rows as the rank of each weight that multiplies them.
    ///
    /// @param rowsOfSample number of rows of each sample
    private int samplesForRanks(int rowsOfSample) {
        int most = 0;
        for (int i = 0; i < positions.length; i++) {
            int rows = 2 * point.factored().get(i).weight().rank();
            most = Math.max(most, Math.ceilDiv(rows, positions[i] > 0 ? positions[i] : rowsOfSample));
        }
        return most;
    }

    /// Values that a sample has on its way, where samples differ: as if each layer had as many rows as the input.
    private int valuesOfSample(int rowsOfSample) {
        return Math.multiplyExact(rowsOfSample, network.widestColumns());
    }

    /// Rows of a sample at the input where samples have most, on average.
    private static int rowsOfSample(Batch current, int from, int to) {
        int rows = 0;
        for (SampleRows input : current.inputs()) {
            RowLayout layout = input.layout();
            rows = Math.max(rows, layout.first(to) - layout.first(from));
        }
        return Math.max(1, rows / (to - from));
    }

    /// The same gradients, by parameter.
    private ParameterGradients places(Gradients gradients, Products products) {
        Map<String, FactorGradients> factored = new HashMap<>();
        for (int i = 0; i < point.factored().size(); i++) {
            FactorGradients place = new FactorGradients(
                    matrix(gradients, Part.K, i), matrix(gradients, Part.L, i), matrix(gradients, Part.S, i));
            if (place.K() != null || place.L() != null || place.S() != null) {
                factored.put(point.factored().get(i).name(), place);
            }
        }
        Map<String, Tensor> dense = new HashMap<>();
        if (gradients.wants(Part.DENSE)) {
            for (DenseParameter each : network.dense().all()) {
                dense.put(each.name(), network.dense().in(gradients.dense(), each.name()));
            }
        }
        return new ParameterGradients(factored, dense, products);
    }

    private static @Nullable Tensor matrix(Gradients gradients, Part part, int factor) {
        return gradients.wants(part) ? gradients.blocks(part).get(factor) : null;
    }

    private Batch requireBatch() {
        if (batch == null) {
            throw new IllegalStateException("batch field: no batch to evaluate; call use first");
        }
        return batch;
    }

    static Sums total(Sums[] sums) {
        return Arrays.stream(sums).reduce(Sums::plus).orElseThrow();
    }
}
