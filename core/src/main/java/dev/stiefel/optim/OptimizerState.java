package dev.stiefel.optim;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;

import dev.stiefel.integrator.BasisChange;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.TangentDirection;
import dev.stiefel.integrator.TangentVector;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The live side of an [Optimizer]: its moments for every part of a model, each in one gapless buffer,
/// and how they follow a change of basis.
///
///     first moments:   K: m Nᵀ      L: m Mᵀ      S: M m Nᵀ
///     second moments:  K: v (N∘N)ᵀ  L: v (M∘M)ᵀ  S: (M∘M) v (N∘N)ᵀ
///
/// The rule for second moments is our choice: it keeps them at least 0, and it is exact for a
/// permutation of the basis and for uncorrelated gradients. (The alternative `(M √v Nᵀ)²` cancels.)
/// Each part counts its own steps for the correction of Adam's bias. Close it.
public final class OptimizerState implements MomentAccess, AutoCloseable {
    private static final List<Part> FACTORED = List.of(Part.K, Part.L, Part.S);

    private final ParameterGroups groups;
    private final Threads threads;
    private final ElementwiseUpdate update;
    private final Pool pool = new Pool();
    private final Scope scope = pool.scope("optimizer state");
    private final Map<Part, Moments> parts = new EnumMap<>(Part.class);
    private final DenseMoments dense;
    private @Nullable TangentMomentum momentum;

    /// The moments of a part, `K`, `L` or `S`.
    private static final class Moments {
        @Nullable
        Blocks first;

        @Nullable
        Blocks second;

        long steps;
    }

    /// The momentum in the tangent space.
    private static final class TangentMomentum {
        TangentVector vector;
        final Tensor second; // float64 [layers]: one number a weight
        long steps;

        TangentMomentum(TangentVector vector, Tensor second) {
            this.vector = vector;
            this.second = second;
        }
    }

    /// A state at its start, all moments zero, with one optimizer for everything.
    public OptimizerState(Optimizer optimizer, Threads threads) {
        this(ParameterGroups.all(optimizer), threads);
    }

    /// A state at its start: all moments zero.
    public OptimizerState(ParameterGroups groups, Threads threads) {
        this.groups = groups;
        this.threads = threads;
        this.update = new ElementwiseUpdate(threads);
        this.dense = new DenseMoments(groups, threads, update, pool, scope);
    }

    @Override
    public void direct(Part part, Gradients gradients) {
        if (part == Part.DENSE) {
            dense.direct(gradients.denseParameters(), gradients.dense());
            return;
        }
        Moments moments = momentsFor(part, gradients);
        moments.steps++;
        update.direct(
                elementwise(part), gradients.flat(part), flat(moments.first), flat(moments.second), moments.steps);
    }

    @Override
    public double relativeRate(DenseParameter parameter) {
        return dense.relativeRate(parameter);
    }

    /// The optimizer of a part of the factored weights.
    private ElementwiseOptimizer elementwise(Part part) {
        if (groups.factored() instanceof ElementwiseOptimizer elementwise) {
            return elementwise;
        }
        throw new IllegalArgumentException(
                "optimizer %s: has no rule for the %s of factored weights; use a Riemannian step, or another optimizer"
                        .formatted(groups.factored().name(), part));
    }

    private TangentOptimizer tangent() {
        if (groups.factored() instanceof TangentOptimizer tangent) {
            return tangent;
        }
        throw new IllegalArgumentException(
                "optimizer %s: has no rule for the tangent space of factored weights; use another step or optimizer"
                        .formatted(groups.factored().name()));
    }

    private int momentCount() {
        return groups.factored() instanceof ElementwiseOptimizer elementwise ? elementwise.moments() : 0;
    }

    private boolean hasTangentMomentum() {
        return groups.factored() instanceof TangentOptimizer tangent && tangent.hasMomentum();
    }

    @Override
    public void coast(Part part, Gradients into, long from, long to) {
        if (part == Part.DENSE) {
            dense.coast(into.denseParameters(), into.dense(), from, to);
            return;
        }
        Moments moments = momentsFor(part, into);
        moments.steps++;
        Tensor directions = into.flat(part);
        directions.clear();
        if (from < to) {
            int count = Math.toIntExact(to - from);
            update.direct(
                    elementwise(part),
                    directions.slice(from, count),
                    slice(moments.first, from, count),
                    slice(moments.second, from, count),
                    moments.steps);
        }
    }

    @Override
    public void restart(Point at, Part... forgotten) {
        for (Part part : forgotten) {
            Moments moments = parts.get(part);
            if (moments != null) {
                moments.first = restarted(moments.first, at.shapes(part));
                moments.second = restarted(moments.second, at.shapes(part));
            }
        }
    }

    private @Nullable Blocks restarted(@Nullable Blocks old, List<Shape> shapes) {
        if (old == null) {
            return null;
        }
        if (old.shapes().equals(shapes)) {
            old.flat().clear();
            return old;
        }
        Blocks fresh = Blocks.zeros(scope, old.flat().type(), shapes);
        old.flat().close();
        pool.trim();
        return fresh;
    }

    /// The moments of a part, whose gradient must be of the same shapes.
    private Moments momentsFor(Part part, Gradients gradients) {
        Blocks gradient = gradients.blocks(part);
        List<Shape> shapes = gradient.shapes();
        Moments moments = parts.get(part);
        if (moments == null) {
            elementwise(part); // refuses an optimizer that has no rule
            moments = zeros(gradient.flat().type(), shapes);
            parts.put(part, moments);
        }
        if (moments.first != null && !moments.first.shapes().equals(shapes)) {
            throw new IllegalStateException("optimizer: moments of %s are %s, its gradient is %s; carry them first"
                    .formatted(part, moments.first.shapes(), shapes));
        }
        return moments;
    }

    @Override
    public void carry(List<BasisChange> changes, Part... moved) {
        List<Carried> all = new ArrayList<>();
        for (Part part : moved) {
            Moments moments = parts.get(part);
            if (moments != null && moments.first != null) {
                all.add(new Carried(part, moments.first, false, changes.size()));
            }
            if (moments != null && moments.second != null) {
                all.add(new Carried(part, moments.second, true, changes.size()));
            }
        }
        if (all.isEmpty()) {
            return;
        }
        boolean sameShapes = changes.stream().allMatch(OptimizerState::keepsRank);
        try (Scopes scopes = pool.scopes(changes.size())) {
            threads.run(changes.size(), i -> carryLayer(scopes.open(i), i, changes.get(i), all, sameShapes));
            if (!sameShapes) {
                all.forEach(this::lay);
            }
        }
    }

    private void carryLayer(Scope scope, int i, BasisChange change, List<Carried> all, boolean inPlace) {
        BasisChange squared = momentCount() < 2
                ? change
                : new BasisChange(squared(scope, change.left()), squared(scope, change.right()));
        for (Carried each : all) {
            each.layers[i] = each.carry(scope, i, each.second ? squared : change);
            if (inPlace) {
                each.old.get(i).copyFrom(each.layers[i]);
            }
        }
    }

    private void lay(Carried carried) {
        Moments moments = parts.get(carried.part);
        if (moments == null) {
            throw new AssertionError("moments were carried that are not there");
        }
        Blocks fresh = relaid(carried.old, List.of(carried.layers));
        if (carried.second) {
            moments.second = fresh;
        } else {
            moments.first = fresh;
        }
    }

    private static boolean keepsRank(BasisChange change) {
        return change.left().rows() == change.left().columns()
                && change.right().rows() == change.right().columns();
    }

    /// Moments on their way to new bases, layer by layer.
    private static final class Carried {
        final Part part;
        final Blocks old;
        final boolean second;
        final Tensor[] layers;

        Carried(Part part, Blocks old, boolean second, int count) {
            this.part = part;
            this.old = old;
            this.second = second;
            this.layers = new Tensor[count];
        }

        Tensor carry(Scope scope, int i, BasisChange change) {
            return switch (part) {
                case K -> matmulNT(scope, old.get(i), change.right());
                case L -> matmulNT(scope, old.get(i), change.left());
                case S -> matmulNT(scope, matmul(scope, change.left(), old.get(i)), change.right());
                case DENSE -> throw new IllegalArgumentException("optimizer: dense moments have no basis");
            };
        }
    }

    @Override
    public TangentDirection directTangent(List<Factors> at, TangentVector gradient, List<Double> meanSquares) {
        TangentOptimizer optimizer = tangent();
        if (!optimizer.hasMomentum()) {
            map(optimizer, at, gradient, gradient);
            return new TangentDirection(
                    gradient, meanSquares.stream().map(_ -> 1.0).toList(), Optional.empty());
        }
        TangentMomentum all = momentum;
        if (all == null) {
            DType type = gradient.K().flat().type();
            all = new TangentMomentum(
                    new TangentVector(
                            Blocks.zeros(scope, type, gradient.K().shapes()),
                            Blocks.zeros(scope, type, gradient.L().shapes())),
                    scope.zeros(DType.FLOAT64, meanSquares.size()));
            momentum = all;
        }
        requireSameShapes(all.vector.K(), gradient.K());
        requireSameShapes(all.vector.L(), gradient.L());
        all.steps++;
        accumulate(optimizer, all.vector.K(), gradient.K());
        accumulate(optimizer, all.vector.L(), gradient.L());
        double[] second = all.second.toDoubles();
        List<Double> scales = new ArrayList<>();
        for (int i = 0; i < second.length; i++) {
            second[i] = optimizer.secondMoment(second[i], meanSquares.get(i));
            scales.add(optimizer.scale(second[i], all.steps));
        }
        all.second.write(0, second, 0, second.length);
        map(optimizer, at, gradient, all.vector);
        TangentVector direction = optimizer.map().isPresent() ? gradient : all.vector;
        return new TangentDirection(direction, scales, Optional.of(all.vector));
    }

    /// Lets the optimizer's map, if it has one, turn the gradient into the direction, weight by weight.
    private void map(TangentOptimizer optimizer, List<Factors> at, TangentVector gradient, TangentVector vector) {
        optimizer.map().ifPresent(map -> {
            try (Scopes scopes = pool.scopes(at.size())) {
                threads.run(at.size(), i -> map.direct(scopes.open(i), at.get(i), gradient.of(i), vector.of(i)));
            }
        });
    }

    @Override
    public void carryTangent(List<Tensor> K, List<Tensor> L) {
        TangentMomentum all = momentum;
        if (all == null) {
            throw new IllegalStateException("optimizer: there is no momentum to carry");
        }
        all.vector = new TangentVector(refilled(all.vector.K(), K), refilled(all.vector.L(), L));
    }

    /// The state as named tensors and step counts, for a checkpoint. The tensors are the state's own.
    public Snapshot snapshot() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, Long> steps = new LinkedHashMap<>();
        parts.forEach((part, moments) -> {
            if (moments.first != null) {
                tensors.put(part + ".first", moments.first.flat());
            }
            if (moments.second != null) {
                tensors.put(part + ".second", moments.second.flat());
            }
            steps.put(part.name(), moments.steps);
        });
        dense.save(tensors, steps);
        if (momentum != null) {
            tensors.put("TANGENT.K", momentum.vector.K().flat());
            tensors.put("TANGENT.L", momentum.vector.L().flat());
            tensors.put("TANGENT.second", momentum.second);
            steps.put("TANGENT", momentum.steps);
        }
        return new Snapshot(tensors, steps);
    }

    /// Takes up a saved state. Only for a state at its start.
    ///
    /// @param at point of the saved run: its ranks determine the division of the buffers
    /// @throws IllegalArgumentException if the snapshot does not fit the optimizer or the point
    public void restore(Point at, Snapshot snapshot) {
        if (!parts.isEmpty() || momentum != null || !dense.isAtStart()) {
            throw new IllegalStateException("optimizer: only a state at its start can be restored");
        }
        requireFit(at, snapshot);
        for (Part part : FACTORED) {
            Long steps = snapshot.steps().get(part.name());
            if (steps != null) {
                Moments moments = zeros(at.type(), at.shapes(part));
                fill(moments.first, snapshot, part + ".first");
                fill(moments.second, snapshot, part + ".second");
                moments.steps = steps;
                parts.put(part, moments);
            }
        }
        dense.restore(at.dense(), snapshot);
        Long steps = snapshot.steps().get("TANGENT");
        if (steps != null && hasTangentMomentum()) {
            Blocks K = Blocks.zeros(scope, at.type(), at.shapes(Part.K));
            Blocks L = Blocks.zeros(scope, at.type(), at.shapes(Part.L));
            Tensor second = scope.zeros(DType.FLOAT64, at.factored().size());
            fill(K, snapshot, "TANGENT.K");
            fill(L, snapshot, "TANGENT.L");
            second.copyFrom(snapshot.require("TANGENT.second", DType.FLOAT64, second.size()));
            TangentMomentum all = new TangentMomentum(new TangentVector(K, L), second);
            all.steps = steps;
            momentum = all;
        }
    }

    @Override
    public void close() {
        scope.close();
        pool.close();
    }

    /// The state of an optimizer, by name.
    ///
    /// @param tensors moments: `K.first`, `K.second`, … `DENSE.first`, … `TANGENT.K`, `TANGENT.L`,
    ///     `TANGENT.second`; of a group of dense parameters `DENSE.NAME.first`, …
    /// @param steps number of steps of each part
    public record Snapshot(Map<String, Tensor> tensors, Map<String, Long> steps) {
        /// Takes copies of the maps, which keep their order.
        public Snapshot {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
            steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
        }

        Tensor require(String name, DType type, long size) {
            Tensor tensor = tensors.get(name);
            if (tensor == null || tensor.type() != type || tensor.size() != size) {
                throw new IllegalArgumentException("optimizer state: %s must have %d elements of %s; got %s"
                        .formatted(name, size, type, tensor == null ? "none" : tensor));
            }
            return tensor;
        }
    }

    /// Refuses what could not be taken up whole, before anything is.
    private void requireFit(Point at, Snapshot snapshot) {
        Set<String> kept = new HashSet<>();
        for (Part part : FACTORED) {
            if (snapshot.steps().containsKey(part.name())) {
                List<String> moments =
                        List.of(part + ".first", part + ".second").subList(0, momentCount());
                moments.forEach(name -> snapshot.require(name, at.type(), elements(at, part)));
                kept.addAll(moments);
            }
        }
        kept.addAll(dense.requireFit(at.dense(), snapshot));
        if (snapshot.steps().containsKey("TANGENT") && hasTangentMomentum()) {
            snapshot.require("TANGENT.K", at.type(), elements(at, Part.K));
            snapshot.require("TANGENT.L", at.type(), elements(at, Part.L));
            snapshot.require("TANGENT.second", DType.FLOAT64, at.factored().size());
            kept.addAll(List.of("TANGENT.K", "TANGENT.L", "TANGENT.second"));
        }
        for (String name : snapshot.tensors().keySet()) {
            if (!kept.contains(name)) {
                throw new IllegalArgumentException(
                        "optimizer state: %s is nothing that %s keeps; restore with the optimizer that was saved"
                                .formatted(name, groups));
            }
        }
    }

    private static long elements(Point at, Part part) {
        return at.shapes(part).stream().mapToLong(Shape::size).sum();
    }

    private Moments zeros(DType type, List<Shape> shapes) {
        Moments moments = new Moments();
        moments.first = momentCount() >= 1 ? Blocks.zeros(scope, type, shapes) : null;
        moments.second = momentCount() >= 2 ? Blocks.zeros(scope, type, shapes) : null;
        return moments;
    }

    private static void requireSameShapes(Blocks vector, Blocks gradient) {
        if (!vector.shapes().equals(gradient.shapes())) {
            throw new IllegalStateException("optimizer: the momentum is %s, its gradient is %s; carry it first"
                    .formatted(vector.shapes(), gradient.shapes()));
        }
    }

    private void accumulate(TangentOptimizer optimizer, Blocks vector, Blocks gradient) {
        LongVectors.axpbyInPlace(
                threads, optimizer.momentumKept(), vector.flat(), optimizer.momentumGained(), gradient.flat());
    }

    /// These matrices in the given buffer, or in a new one if the shapes have changed.
    private Blocks refilled(Blocks old, List<Tensor> matrices) {
        if (old.shapes().equals(matrices.stream().map(Tensor::shape).toList())) {
            threads.run(matrices.size(), i -> old.get(i).copyFrom(matrices.get(i)));
            return old;
        }
        return relaid(old, matrices);
    }

    private Blocks relaid(Blocks old, List<Tensor> matrices) {
        Blocks fresh = Blocks.copyOf(scope, old.flat().type(), matrices);
        old.flat().close();
        pool.trim();
        return fresh;
    }

    private static Tensor squared(Scope scope, Tensor a) {
        double[] elements = a.toDoubles();
        for (int i = 0; i < elements.length; i++) {
            elements[i] *= elements[i];
        }
        Tensor squares = scope.uninitialized(a.type(), a.rows(), a.columns());
        squares.setAll(elements);
        return squares;
    }

    private static void fill(@Nullable Blocks blocks, Snapshot snapshot, String name) {
        if (blocks != null) {
            Tensor flat = blocks.flat();
            flat.copyFrom(snapshot.require(name, flat.type(), flat.size()));
        }
    }

    private static @Nullable Tensor slice(@Nullable Blocks blocks, long from, int count) {
        return blocks == null ? null : blocks.flat().slice(from, count);
    }

    private static @Nullable Tensor flat(@Nullable Blocks blocks) {
        return blocks == null ? null : blocks.flat();
    }
}
