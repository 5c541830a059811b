package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.isFinite;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerGradients;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.Loss.Sums;
import dev.stiefel.nn.Weight;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The gradient of a network's mean loss over a batch: what connects networks with integrators.
///
/// Every thread takes its slice of the batch through the whole network and back, with no barrier in
/// between; then the slices' gradients are summed in a fixed order. A slice goes in parts whose
/// activations stay in the cache, one after the other.
public final class BatchField implements GradientField {
    private static final int ACTIVATIONS = 1 << 18; // elements of the widest layer: 1 MiB
    private static final int LARGE = 1 << 16; // elements of a dense matrix

    private final Network network;
    private final Loss loss;
    private final Workspace workspace;
    private final Point point;
    private final int widest; // values a sample has on its way, at most
    /// Whether dense matrices are so large that a copy of their gradients a thread, and the sum of the copies,
    /// would cost more than to share each matrix between the threads afterwards.
    private final boolean largeMatrices;

    private @Nullable Batch batch;
    private @Nullable Sums first;
    private @Nullable Sums latest;
    private int evaluations;

    /// A field for this network's unknowns.
    public BatchField(Network network, Loss loss, Workspace workspace) {
        this.network = network;
        this.loss = loss;
        this.workspace = workspace;
        this.point = pointOf(network);
        this.widest = network.layers().stream()
                .mapToInt(layer -> Math.max(layer.inputs(), layer.outputs()))
                .max()
                .orElseThrow();
        this.largeMatrices = network.layers().stream()
                .flatMap(layer -> layer.dense().stream())
                .anyMatch(each -> each.size() > LARGE);
    }

    private static Point pointOf(Network network) {
        List<FactoredParameter> factored = new ArrayList<>();
        List<DenseParameters.Layout> weights = new ArrayList<>();
        List<DenseParameters.Layout> biases = new ArrayList<>();
        for (int i = 0; i < network.layers().size(); i++) {
            String name = "layers." + i;
            switch (network.weight(i)) {
                case Weight.LowRankWeight w -> factored.add(new FactoredParameter(name + ".weight", w.factors()));
                case Weight.DenseWeight w ->
                    weights.add(DenseParameters.Layout.matrix(
                            name + ".weight", w.matrix().rows(), w.matrix().columns()));
            }
            biases.add(DenseParameters.Layout.vector(
                    name + ".bias", network.layers().get(i).outputs()));
        }
        weights.addAll(biases);
        return new Point(factored, DenseParameters.of(network.dense(), weights));
    }

    /// The network's unknowns, which integrators move.
    public Point point() {
        return point;
    }

    /// The batch that the next evaluations are about.
    public void use(Batch next) {
        batch = next;
        first = null;
        latest = null;
    }

    /// Loss and hits of the first evaluation of the current batch: those of the network before the step.
    public Sums firstSums() {
        return requireEvaluated(first);
    }

    /// Loss and hits of the latest evaluation of the current batch: with BUG those in the new bases.
    public Sums latestSums() {
        return requireEvaluated(latest);
    }

    private static Sums requireEvaluated(@Nullable Sums sums) {
        if (sums == null) {
            throw new IllegalStateException("batch field: the current batch was not evaluated yet");
        }
        return sums;
    }

    /// How many evaluations there were in all.
    public int evaluations() {
        return evaluations;
    }

    @Override
    public double evaluate(Point at, Gradients into) {
        if (!at.equals(point)) {
            throw new IllegalArgumentException("batch field: only the network's own point can be evaluated");
        }
        Batch current = requireBatch();
        evaluations++;
        int slices = Math.min(workspace.threads().count(), current.size());
        Sums[] sums = new Sums[slices];
        boolean later = largeMatrices && into.wants(Part.DENSE);
        try (Scope scope = workspace.pool().scope("pass");
                Scopes scopes = workspace.pool().scopes(slices)) {
            List<Gradients> partial = new ArrayList<>();
            for (int i = 0; i < slices; i++) {
                partial.add(i == 0 ? into : into.like(scope, point));
            }
            NetworkPass[] passes = new NetworkPass[slices];
            workspace.threads().run(slices, i -> {
                int rows = to(current, i, slices) - from(current, i, slices);
                passes[i] = new NetworkPass(scopes.open(i), network, later ? rows : rowsAtOnce(rows));
                sums[i] = slice(current, i, slices, passes[i], layerGradients(partial.get(i), later));
            });
            for (int i = 1; i < slices; i++) {
                LongVectors.addInPlace(workspace.threads(), summed(into, later), summed(partial.get(i), later));
            }
            if (later) {
                multiplyLater(into, List.of(passes));
            }
        }
        Sums all = total(sums);
        if (first == null) {
            first = all;
        }
        latest = all;
        return all.loss() / current.size();
    }

    /// The first layer whose weights or outputs for the current batch are not finite, if there is one: where a
    /// divergence shows first.
    public Optional<String> firstNonFinite() {
        Batch current = requireBatch();
        try (Scope scope = workspace.pool().scope("diagnosis")) {
            Tensor x = current.inputs().getFirst().values();
            for (Layer layer : network.layers()) {
                x = layer.pass(scope, current.size()).forward(x);
                if (!isFinite(x)) {
                    return Optional.of(layer.name());
                }
            }
        }
        return Optional.empty();
    }

    private static int from(Batch batch, int i, int slices) {
        return (int) ((long) batch.size() * i / slices);
    }

    private static int to(Batch batch, int i, int slices) {
        return from(batch, i + 1, slices);
    }

    private Sums slice(Batch current, int i, int slices, NetworkPass pass, List<LayerGradients> gradients) {
        int to = to(current, i, slices);
        List<LayerGradients> places = gradients; // the first part's gradients are written, the others' added
        double sum = 0;
        long correct = 0;
        for (int at = from(current, i, slices); at < to; at += pass.rows()) {
            Tensor x = current.inputs().getFirst().values().rows(at, Math.min(to, at + pass.rows()));
            Tensor outputs = pass.forward(x); // [b, k]
            Sums sums = loss.evaluateInto(outputs, outputs, current.targets(), at, 1.0 / current.size());
            pass.backward(outputs, places);
            places = places.getFirst().added()
                    ? places
                    : places.stream().map(LayerGradients::adding).toList();
            sum += sums.loss();
            correct += sums.correct();
        }
        return new Sums(sum, correct);
    }

    /// What the slices' gradients are sums of: everything but the matrices that come later.
    private List<Tensor> summed(Gradients gradients, boolean later) {
        if (!later) {
            return gradients.flat();
        }
        List<Tensor> summed = new ArrayList<>();
        for (List<Tensor> layer : network.denseParts(gradients.dense())) {
            summed.add(layer.getLast());
        }
        for (Part part : List.of(Part.K, Part.L, Part.S)) {
            if (gradients.wants(part)) {
                summed.add(gradients.flat(part));
            }
        }
        return summed;
    }

    /// The gradients of dense matrices, each thread taking some rows of each.
    private void multiplyLater(Gradients into, List<NetworkPass> passes) {
        List<List<Tensor>> dense = network.denseParts(into.dense());
        int shares = workspace.threads().count();
        workspace.threads().run(shares, share -> {
            for (int layer = 0; layer < dense.size(); layer++) {
                for (int i = 0; i < passes.size(); i++) {
                    for (Layer.Later product : passes.get(i).later().get(layer)) {
                        Tensor matrix = dense.get(layer).getFirst();
                        int from = (int) ((long) matrix.rows() * share / shares);
                        int to = (int) ((long) matrix.rows() * (share + 1) / shares);
                        Tensor rows = matrix.rows(from, to);
                        Tensor left = product.left().columnRange(from, to);
                        if (i == 0) {
                            matmulTNInto(rows, left, product.right());
                        } else {
                            addMatmulTNInPlace(rows, 1, left, product.right());
                        }
                    }
                }
            }
        });
    }

    /// How many samples to take at once: few enough for a layer's activations to stay in the
    /// second-level cache, many enough for products to be worth their call and the sums of their
    /// gradients.
    private int rowsAtOnce(int rows) {
        int rank = network.ranks().stream().mapToInt(Integer::intValue).max().orElse(0);
        int most = Math.max(2 * rank, Math.max(1, ACTIVATIONS / widest));
        int parts = (rows + most - 1) / most;
        return (rows + parts - 1) / parts;
    }

    /// The same gradients, layer by layer.
    private List<LayerGradients> layerGradients(Gradients gradients, boolean later) {
        List<LayerGradients> all = new ArrayList<>();
        List<List<Tensor>> dense = gradients.wants(Part.DENSE) ? network.denseParts(gradients.dense()) : List.of();
        int factor = 0;
        for (int i = 0; i < network.layers().size(); i++) {
            List<FactorGradients> factored = new ArrayList<>();
            for (int j = 0; j < network.layers().get(i).factors().size(); j++) {
                factored.add(new FactorGradients(
                        matrix(gradients, Part.K, factor),
                        matrix(gradients, Part.L, factor),
                        matrix(gradients, Part.S, factor)));
                factor++;
            }
            Optional<List<Tensor>> places = dense.isEmpty() ? Optional.empty() : Optional.of(dense.get(i));
            all.add(new LayerGradients(factored, places, false, later));
        }
        return all;
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
        double loss = 0;
        long correct = 0;
        for (Sums each : sums) {
            loss += each.loss();
            correct += each.correct();
        }
        return new Sums(loss, correct);
    }
}
