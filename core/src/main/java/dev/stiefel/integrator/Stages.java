package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.beside;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// What several integrators share: the dense step, clipping, and the test for divergence.
final class Stages {
    private Stages() {}

    /// `x ← (1 − hλ) x − h direction` for the dense unknowns; the decay only where it applies.
    static void stepDense(Threads threads, Point point, Gradients gradients, Descent descent, StepSize size) {
        descent.direct(Part.DENSE, gradients);
        if (size.weightDecay() > 0) {
            LongVectors.scaleInPlace(threads, List.of(point.dense().slice(0, point.decayed())), size.decayFactor());
        }
        LongVectors.axpyInPlace(threads, point.dense(), -size.length(), gradients.dense());
    }

    /// Why the step must end, if loss or squared gradient norm is not finite.
    static Optional<Diverged> diverged(double loss, double squaredNorm) {
        if (!Double.isFinite(loss)) {
            return Optional.of(new Diverged(loss, "loss " + loss));
        }
        if (!Double.isFinite(squaredNorm)) {
            return Optional.of(new Diverged(loss, "gradient norm " + Math.sqrt(squaredNorm)));
        }
        return Optional.empty();
    }

    /// Why the step must end, if it is too long for the number format: what the bases are made from would
    /// overflow.
    static Optional<Diverged> overflowing(
            Threads threads, Point point, double loss, double length, Tensor... directions) {
        double norm = Math.sqrt(LongVectors.sumOfSquares(threads, List.of(directions)));
        double longest = Math.sqrt(point.type() == DType.FLOAT32 ? Float.MAX_VALUE : Double.MAX_VALUE);
        return Math.max(length, length * norm) <= longest
                ? Optional.empty()
                : Optional.of(new Diverged(loss, "step of length %s along a norm of %s".formatted(length, norm)));
    }

    /// Refuses factors in the other gauge.
    static void requireGauge(String step, Point point, Gauge gauge) {
        for (Factors factors : point.factors()) {
            if (factors.gauge() != gauge) {
                throw new IllegalArgumentException("%s: needs factors in the %s; got %s"
                        .formatted(
                                step,
                                switch (gauge) {
                                    case FREE -> "free gauge (Factors.toFreeGauge)";
                                    case ORTHONORMAL -> "orthonormal gauge (Factors.of)";
                                },
                                factors));
            }
        }
    }

    /// The squared norm of the gradients of these parts, as one vector.
    static double squaredNorm(Threads threads, Gradients gradients, Part... parts) {
        return LongVectors.sumOfSquares(threads, flat(gradients, parts));
    }

    /// Scales the gradients of these parts so that their norm is at most the clip norm.
    static void clip(Threads threads, Gradients gradients, double squaredNorm, StepSize size, Part... parts) {
        double norm = Math.sqrt(squaredNorm);
        if (norm > size.clipNorm()) {
            LongVectors.scaleInPlace(threads, flat(gradients, parts), size.clipNorm() / norm);
        }
    }

    private static List<Tensor> flat(Gradients gradients, Part... parts) {
        return Arrays.stream(parts).map(gradients::flat).toList();
    }

    /// `U S − h direction`, `[m, r]`.
    static Tensor kStep(Scope scope, Factors f, Tensor S, Tensor direction, double h) {
        Tensor K = direction.copy(scope);
        addMatmulInPlace(K, -h, 1, f.U(), S);
        return K;
    }

    /// `V Sᵀ − h direction`, `[n, r]`.
    static Tensor lStep(Scope scope, Factors f, Tensor S, Tensor direction, double h) {
        Tensor L = direction.copy(scope);
        addMatmulNTInPlace(L, -h, 1, f.V(), S);
        return L;
    }

    /// `M S Nᵀ`: the core in new bases.
    static Tensor project(Scope scope, Tensor M, Tensor S, Tensor N) {
        return matmulNT(scope, matmul(scope, M, S), N);
    }

    /// The columns of `[a | b]` that a basis of both needs: all, or as many as there are rows.
    static Tensor augmented(Scope scope, Tensor a, Tensor b) {
        Tensor both = beside(scope, a, b);
        return both.columns() <= both.rows()
                ? both
                : both.columnRange(0, both.rows()).copy(scope);
    }
}
