package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.isFinite;

import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerGradients;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.Loss.Sums;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The gradient of a network's mean loss over a batch: what connects networks with integrators.
///
/// Every thread takes its slice of the batch through the whole network and back, with no barrier in between; then the
/// slices' gradients are summed in a fixed order.
public final class BatchField implements GradientField {
    private final Network network;
    private final Loss loss;
    private final Workspace workspace;
    private final Point point;
    private @Nullable Batch batch;
    private @Nullable Sums first;
    private int evaluations;

    /// A field for this network's unknowns.
    public BatchField(Network network, Loss loss, Workspace workspace) {
        this.network = network;
        this.loss = loss;
        this.workspace = workspace;
        this.point = new Point(network.factors(), network.dense(), network.decayed());
    }

    /// The network's unknowns, which integrators move.
    public Point point() {
        return point;
    }

    /// The batch that the next evaluations are about.
    public void use(Batch next) {
        batch = next;
        first = null;
    }

    /// Loss and hits of the first evaluation of the current batch: those of the network before the step.
    public Sums firstSums() {
        if (first == null) {
            throw new IllegalStateException("batch field: the current batch was not evaluated yet");
        }
        return first;
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
        try (Scope scope = workspace.pool().scope("pass")) {
            List<Gradients> partial = new ArrayList<>();
            for (int i = 0; i < slices; i++) {
                partial.add(i == 0 ? into : like(scope, into));
            }
            workspace.threads().run(slices, i -> sums[i] = slice(current, i, slices, layerGradients(partial.get(i))));
            for (Part part : wanted(into)) {
                for (int i = 1; i < slices; i++) {
                    LongVectors.axpyInPlace(
                            workspace.threads(),
                            into.flat(part),
                            1,
                            partial.get(i).flat(part));
                }
            }
        }
        Sums all = total(sums);
        if (first == null) {
            first = all;
        }
        return all.loss() / current.size();
    }

    /// The first layer whose weights or outputs for the current batch are not finite, if there is one: where a
    /// divergence shows first.
    public Optional<String> firstNonFinite() {
        Batch current = requireBatch();
        try (Scope scope = workspace.pool().scope("diagnosis")) {
            Tensor x = current.inputs();
            for (Layer layer : network.layers()) {
                x = layer.pass(scope, current.size()).forward(x);
                if (!isFinite(x)) {
                    return Optional.of(layer.name());
                }
            }
        }
        return Optional.empty();
    }

    private Sums slice(Batch current, int i, int slices, List<LayerGradients> gradients) {
        int from = (int) ((long) current.size() * i / slices);
        int to = (int) ((long) current.size() * (i + 1) / slices);
        try (Scope scope = workspace.pool().scope("slice")) {
            NetworkPass pass = new NetworkPass(scope, network, to - from);
            Tensor outputs = pass.forward(current.inputs().rows(from, to)); // [b, k]
            Tensor delta = scope.uninitialized(outputs.type(), outputs.rows(), outputs.columns()); // [b, k]
            Sums sums = loss.evaluateInto(delta, outputs, current.targets(), from, 1.0 / current.size());
            pass.backward(delta, gradients);
            return sums;
        }
    }

    /// The same gradients, layer by layer.
    private List<LayerGradients> layerGradients(Gradients gradients) {
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
            all.add(new LayerGradients(factored, dense.isEmpty() ? Optional.empty() : Optional.of(dense.get(i))));
        }
        return all;
    }

    private static @Nullable Tensor matrix(Gradients gradients, Part part, int factor) {
        return gradients.wants(part) ? gradients.blocks(part).get(factor) : null;
    }

    private Gradients like(Scope scope, Gradients into) {
        List<Part> parts = List.copyOf(wanted(into));
        return Gradients.of(
                scope, point, parts.getFirst(), parts.subList(1, parts.size()).toArray(Part[]::new));
    }

    private static Set<Part> wanted(Gradients into) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (Part part : Part.values()) {
            if (into.wants(part)) {
                parts.add(part);
            }
        }
        return parts;
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
