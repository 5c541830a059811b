package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.sum;

import dev.stiefel.integrator.Descent.TangentDirection;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The frame that [Riemannian] and [AdaptiveRiemannian] share: one pass, the direction, and the velocity's way into
/// the new tangent space.
final class TangentStep {
    private TangentStep() {}

    /// Says where one factored weight goes; the weight itself stays as it is.
    interface Move {
        Moved apply(Scope scope, Factors f, Tensor vK, Tensor vL, double h, double decayFactor);
    }

    /// A weight's new factors, and the velocity as seen from there.
    record Moved(Tensor U, Tensor S, Tensor V, Velocity velocity) {}

    /// A velocity in the tangent space that the step has come to: `K [m, r1]`, `L [n, r1]`.
    record Carried(Tensor K, Tensor L) {}

    static StepOutcome take(
            Point point, GradientField field, Descent descent, StepSize size, Workspace workspace, Move move) {
        Stages.requireGauge("Riemannian step", point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope("Riemannian step")) {
            Gradients gradients = Gradients.of(step, point, Part.K, Part.L, Part.DENSE);
            double loss = field.evaluate(point, gradients);
            List<Double> squares = squaredTangentNorms(step, point, gradients);
            double squaredNorm = Stages.squaredNorm(workspace.threads(), gradients, Part.DENSE);
            for (double each : squares) {
                squaredNorm += each;
            }
            Optional<StepOutcome.Diverged> diverged = Stages.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            Stages.clip(workspace.threads(), gradients, squaredNorm, size, Part.K, Part.L, Part.DENSE);
            double clipped = Math.min(1, size.clipNorm() / Math.sqrt(squaredNorm));
            TangentDirection v = descent.directTangent(
                    gradients.blocks(Part.K),
                    gradients.blocks(Part.L),
                    meanSquares(point, squares, squaredNorm > 0 ? clipped * clipped : 1));
            double longest = size.length() * v.scales().stream().reduce(0.0, Math::max);
            Optional<StepOutcome.Diverged> overflowing =
                    Stages.overflowing(point, loss, longest, v.K().flat(), v.L().flat());
            if (overflowing.isPresent()) {
                return overflowing.get();
            }
            int count = point.factors().size();
            Carried[] carried = new Carried[descent.hasVelocity() ? count : 0];
            workspace.threads().run(count, i -> {
                Factors f = point.factors().get(i);
                double h = size.length() * v.scales().get(i);
                Moved moved = move.apply(step, f, v.K().get(i), v.L().get(i), h, size.decayFactor());
                if (carried.length > 0) {
                    carried[i] = moved.velocity().carried(step);
                }
                f.replace(moved.U(), moved.S(), moved.V());
            });
            if (descent.hasVelocity()) {
                descent.carryTangent(
                        Arrays.stream(carried).map(Carried::K).toList(),
                        Arrays.stream(carried).map(Carried::L).toList());
            }
            Stages.stepDense(workspace.threads(), point, gradients, descent, size);
            return new StepOutcome.Taken(loss);
        }
    }

    /// A velocity at `U0 S0 V0ᵀ` seen from other bases. With `A = U1ᵀ v_K`, `C = v_Lᵀ V1 − v_S Nᵀ`, `v_S = U0ᵀ v_K`:
    ///
    ///     S' = U1ᵀ v V1 = A Nᵀ + M C
    ///     K' = v_K Nᵀ + U0 C
    ///     L' = v_L Mᵀ + V0 (Aᵀ − v_Sᵀ Mᵀ)
    record Velocity(Factors f, Tensor vK, Tensor vL, Tensor M, Tensor N, Tensor vS, Tensor A, Tensor C) {
        static Velocity seenFrom(Scope scope, Factors f, Tensor vK, Tensor vL, Tensor U1, Tensor V1) {
            Tensor M = matmulTN(scope, U1, f.U()); // [r1, r0]
            Tensor N = matmulTN(scope, V1, f.V()); // [r1, r0]
            Tensor vS = matmulTN(scope, f.U(), vK); // [r0, r0]
            Tensor A = matmulTN(scope, U1, vK); // [r1, r0]
            Tensor C = sum(scope, matmulTN(scope, vL, V1), -1, matmulNT(scope, vS, N)); // [r0, r1]
            return new Velocity(f, vK, vL, M, N, vS, A, C);
        }

        /// `M (1 − hλ) S0 Nᵀ − h S'`, the core of `(1 − hλ) W0 − h v` in the new bases.
        Tensor coreAfter(Scope scope, Tensor decayedS0, double h) {
            Tensor S = sum(scope, matmulNT(scope, A, N), 1, matmul(scope, M, C)); // [r1, r1]
            Tensor S1 = Stages.project(scope, M, decayedS0, N);
            axpyInPlace(S1, -h, S);
            return S1;
        }

        /// The velocity in the new tangent space. The weight must still be what it was.
        Carried carried(Scope scope) {
            Tensor D = sum(scope, A, -1, matmul(scope, M, vS)); // [r1, r0]: (Aᵀ − v_Sᵀ Mᵀ)ᵀ
            Tensor K = sum(scope, matmulNT(scope, vK, N), 1, matmul(scope, f.U(), C)); // [m, r1]
            Tensor L = sum(scope, matmulNT(scope, vL, M), 1, matmulNT(scope, f.V(), D)); // [n, r1]
            return new Carried(K, L);
        }
    }

    /// `‖v‖² = ‖v_K‖² + ‖v_L‖² − ‖v_S‖²` of each weight's gradient.
    private static List<Double> squaredTangentNorms(Scope scope, Point point, Gradients gradients) {
        List<Double> squares = new ArrayList<>();
        Blocks K = gradients.blocks(Part.K);
        Blocks L = gradients.blocks(Part.L);
        for (int i = 0; i < point.factors().size(); i++) {
            Tensor vS = matmulTN(scope, point.factors().get(i).U(), K.get(i));
            double square = dot(K.get(i), K.get(i)) + dot(L.get(i), L.get(i)) - dot(vS, vS);
            squares.add(Double.isNaN(square) ? square : Math.max(0, square));
        }
        return squares;
    }

    /// Over `r (m + n − r)`, the dimension of the tangent space.
    private static List<Double> meanSquares(Point point, List<Double> squares, double factor) {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < squares.size(); i++) {
            Factors f = point.factors().get(i);
            double dimension = (double) f.rank() * (f.rows() + f.columns() - f.rank());
            means.add(squares.get(i) * factor / dimension);
        }
        return means;
    }
}
