package dev.stiefel.optim;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;

import dev.stiefel.integrator.BasisChange;
import dev.stiefel.integrator.Descent;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.Blocks;
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
public final class OptimizerState implements Descent, AutoCloseable {
    private final Optimizer optimizer;
    private final Threads threads;
    private final Sweep sweep;
    private final Pool pool = new Pool();
    private final Scope scope = pool.scope("optimizer state");
    private final Map<Part, Moments> parts = new EnumMap<>(Part.class);
    private @Nullable Velocity velocity;

    /// What a part remembers; the dense part is one block `[1, P]`.
    private static final class Moments {
        @Nullable
        Blocks first;

        @Nullable
        Blocks second;

        long steps;
    }

    /// What the tangent space remembers.
    private static final class Velocity {
        Blocks K;
        Blocks L;
        final Tensor second; // float64 [layers]: one number a weight
        long steps;

        Velocity(Blocks K, Blocks L, Tensor second) {
            this.K = K;
            this.L = L;
            this.second = second;
        }
    }

    /// A state at its start: all moments zero.
    public OptimizerState(Optimizer optimizer, Threads threads) {
        this.optimizer = optimizer;
        this.threads = threads;
        this.sweep = new Sweep(threads);
    }

    @Override
    public void direct(Part part, Gradients gradients) {
        Moments moments = momentsFor(part, gradients);
        moments.steps++;
        sweep.direct(optimizer, gradients.flat(part), flat(moments.first), flat(moments.second), moments.steps);
    }

    @Override
    public void coast(Part part, Gradients into, long from, long to) {
        Moments moments = momentsFor(part, into);
        moments.steps++;
        Tensor directions = into.flat(part);
        directions.clear();
        if (from < to) {
            int count = Math.toIntExact(to - from);
            sweep.direct(
                    optimizer,
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

    /// What is remembered of a part, whose gradient must be of the same shapes.
    private Moments momentsFor(Part part, Gradients gradients) {
        Tensor gradient = gradients.flat(part);
        List<Shape> shapes = part == Part.DENSE
                ? List.of(Shape.of(1, Math.toIntExact(gradient.size())))
                : gradients.blocks(part).shapes();
        Moments moments = parts.computeIfAbsent(part, p -> zeros(gradient.type(), shapes));
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
        BasisChange squared = optimizer.moments() < 2
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
    public TangentDirection directTangent(Blocks K, Blocks L, List<Double> meanSquares) {
        if (!hasVelocity()) {
            return new TangentDirection(K, L, meanSquares.stream().map(x -> 1.0).toList());
        }
        Velocity v = velocity;
        if (v == null) {
            v = new Velocity(
                    Blocks.zeros(scope, K.flat().type(), K.shapes()),
                    Blocks.zeros(scope, L.flat().type(), L.shapes()),
                    scope.zeros(DType.FLOAT64, meanSquares.size()));
            velocity = v;
        }
        requireSameShapes(v.K, K);
        requireSameShapes(v.L, L);
        v.steps++;
        accumulate(v.K, K);
        accumulate(v.L, L);
        double[] second = v.second.toDoubles();
        List<Double> scales = new ArrayList<>();
        for (int i = 0; i < second.length; i++) {
            second[i] = optimizer.secondMoment(second[i], meanSquares.get(i));
            scales.add(optimizer.velocityScale(second[i], v.steps));
        }
        v.second.write(0, second, 0, second.length);
        return new TangentDirection(v.K, v.L, scales);
    }

    @Override
    public boolean hasVelocity() {
        return optimizer.moments() > 0;
    }

    @Override
    public void carryTangent(List<Tensor> K, List<Tensor> L) {
        Velocity v = velocity;
        if (v == null) {
            throw new IllegalStateException("optimizer: there is no velocity to carry");
        }
        v.K = refilled(v.K, K);
        v.L = refilled(v.L, L);
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
        if (velocity != null) {
            tensors.put("TANGENT.K", velocity.K.flat());
            tensors.put("TANGENT.L", velocity.L.flat());
            tensors.put("TANGENT.second", velocity.second);
            steps.put("TANGENT", velocity.steps);
        }
        return new Snapshot(tensors, steps);
    }

    /// Takes up a saved state. Only for a state at its start.
    ///
    /// @param at where the saved run stood: its ranks say how the buffers divide
    /// @throws IllegalArgumentException if the snapshot does not fit the optimizer or the point
    public void restore(Point at, Snapshot snapshot) {
        if (!parts.isEmpty() || velocity != null) {
            throw new IllegalStateException("optimizer: only a state at its start can be restored");
        }
        requireFit(at, snapshot);
        for (Part part : Part.values()) {
            Long steps = snapshot.steps().get(part.name());
            if (steps != null) {
                Moments moments = zeros(at.type(), shapes(at, part));
                fill(moments.first, snapshot, part + ".first");
                fill(moments.second, snapshot, part + ".second");
                moments.steps = steps;
                parts.put(part, moments);
            }
        }
        Long steps = snapshot.steps().get("TANGENT");
        if (steps != null && hasVelocity()) {
            Velocity v = new Velocity(
                    Blocks.zeros(scope, at.type(), at.shapes(Part.K)),
                    Blocks.zeros(scope, at.type(), at.shapes(Part.L)),
                    scope.zeros(DType.FLOAT64, at.factored().size()));
            fill(v.K, snapshot, "TANGENT.K");
            fill(v.L, snapshot, "TANGENT.L");
            v.second.copyFrom(snapshot.require("TANGENT.second", DType.FLOAT64, v.second.size()));
            v.steps = steps;
            velocity = v;
        }
    }

    @Override
    public void close() {
        scope.close();
        pool.close();
    }

    /// What an optimizer remembers, by name.
    ///
    /// @param tensors moments: `K.first`, `K.second`, … `DENSE.first`, … `TANGENT.K`, `TANGENT.L`,
    /// `TANGENT.second`
    /// @param steps how many steps each part has made
    public record Snapshot(Map<String, Tensor> tensors, Map<String, Long> steps) {
        /// Takes copies of the maps, which keep their order.
        public Snapshot {
            tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
            steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
        }

        private Tensor require(String name, DType type, long size) {
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
        for (Part part : Part.values()) {
            if (snapshot.steps().containsKey(part.name())) {
                List<String> moments =
                        List.of(part + ".first", part + ".second").subList(0, optimizer.moments());
                moments.forEach(name -> snapshot.require(name, at.type(), elements(at, part)));
                kept.addAll(moments);
            }
        }
        if (snapshot.steps().containsKey("TANGENT") && hasVelocity()) {
            snapshot.require("TANGENT.K", at.type(), elements(at, Part.K));
            snapshot.require("TANGENT.L", at.type(), elements(at, Part.L));
            snapshot.require("TANGENT.second", DType.FLOAT64, at.factored().size());
            kept.addAll(List.of("TANGENT.K", "TANGENT.L", "TANGENT.second"));
        }
        for (String name : snapshot.tensors().keySet()) {
            if (!kept.contains(name)) {
                throw new IllegalArgumentException(
                        "optimizer state: %s is nothing that %s keeps; restore with the optimizer that was saved"
                                .formatted(name, optimizer));
            }
        }
    }

    private static List<Shape> shapes(Point at, Part part) {
        return part == Part.DENSE ? List.of(Shape.of(1, at.dense().size())) : at.shapes(part);
    }

    private static long elements(Point at, Part part) {
        return shapes(at, part).stream().mapToLong(Shape::size).sum();
    }

    private Moments zeros(DType type, List<Shape> shapes) {
        Moments moments = new Moments();
        moments.first = optimizer.moments() >= 1 ? Blocks.zeros(scope, type, shapes) : null;
        moments.second = optimizer.moments() >= 2 ? Blocks.zeros(scope, type, shapes) : null;
        return moments;
    }

    private static void requireSameShapes(Blocks velocity, Blocks gradient) {
        if (!velocity.shapes().equals(gradient.shapes())) {
            throw new IllegalStateException("optimizer: the velocity is %s, its gradient is %s; carry it first"
                    .formatted(velocity.shapes(), gradient.shapes()));
        }
    }

    private void accumulate(Blocks velocity, Blocks gradient) {
        LongVectors.axpbyInPlace(
                threads, optimizer.velocityKept(), velocity.flat(), optimizer.velocityGained(), gradient.flat());
    }

    /// These matrices in the buffer given, or in a new one where the shapes have changed.
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
