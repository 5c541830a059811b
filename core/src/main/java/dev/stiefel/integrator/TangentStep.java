package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The frame that [Riemannian] and [AdaptiveRiemannian] share: one pass, the direction, and the
/// momentum's way into the new tangent space.
final class TangentStep {
    private TangentStep() {}

    /// Says where all factored weights go; they themselves stay as they are until `taking` moves them.
    interface Move {
        /// Takes a step; its tensors stay open until the result is closed.
        Held apply(List<Factors> factors, Arrow arrow, Workspace workspace, Taking taking);
    }

    /// Memory that is still needed.
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /// The step: its direction `v`, how far along it each weight goes, and how much of each weight stays.
    record Arrow(TangentDirection v, double h, double decayFactor) {
        Tensor vK(int i) {
            return v.vector().K().get(i);
        }

        Tensor vL(int i) {
            return v.vector().L().get(i);
        }

        double length(int i) {
            return h * v.scales().get(i);
        }
    }

    /// Moves weight `i`.
    interface Taking {
        void take(Scope scope, int i, Moved moved);
    }

    /// A weight's new factors, and the direction as seen from there.
    record Moved(Tensor U, Tensor S, Tensor V, SeenFrom direction) {}

    /// A momentum in the tangent space that the step has come to: `K [m, r1]`, `L [n, r1]`.
    record Carried(Tensor K, Tensor L) {}

    static StepOutcome take(
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            Stage stage,
            Move move) {
        List<Factors> factors = StepOperations.factors("Riemannian step", point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope("Riemannian step")) {
            Gradients gradients = Gradients.of(step, point, Part.K, Part.L, Part.DENSE);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, gradients);
            workspace.enter(Stage.OPTIMIZER);
            List<Double> squares = squaredTangentNorms(factors, gradients, workspace);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, Part.DENSE);
            for (double each : squares) {
                squaredNorm += each;
            }
            Optional<StepOutcome.Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            StepOperations.clip(workspace.threads(), gradients, squaredNorm, size, Part.K, Part.L, Part.DENSE);
            double clipped = Math.min(1, size.clipNorm() / Math.sqrt(squaredNorm));
            TangentDirection v = descent.directTangent(
                    factors,
                    new TangentVector(gradients.blocks(Part.K), gradients.blocks(Part.L)),
                    meanSquares(factors, squares, squaredNorm > 0 ? clipped * clipped : 1));
            double longest = size.length() * v.scales().stream().reduce(0.0, Math::max);
            Optional<StepOutcome.Diverged> overflowing = StepOperations.overflowing(
                    workspace.threads(),
                    point,
                    loss,
                    longest,
                    v.vector().K().flat(),
                    v.vector().L().flat());
            if (overflowing.isPresent()) {
                return overflowing.get();
            }
            workspace.enter(stage);
            Carried[] carried = new Carried[v.momentum().isPresent() ? factors.size() : 0];
            Taking taking = (scope, i, moved) -> {
                if (carried.length > 0) {
                    carried[i] =
                            momentumFrom(scope, factors.get(i), v, i, moved).carried(scope);
                }
                factors.get(i).replace(moved.U(), moved.S(), moved.V());
            };
            Arrow arrow = new Arrow(v, size.length(), size.decayFactor());
            try (Held _ = move.apply(factors, arrow, workspace, taking)) {
                workspace.enter(Stage.OPTIMIZER);
                if (carried.length > 0) {
                    descent.carryTangent(
                            Arrays.stream(carried).map(Carried::K).toList(),
                            Arrays.stream(carried).map(Carried::L).toList());
                }
            }
            workspace.enter(Stage.DENSE);
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            return new StepOutcome.Taken(loss);
        }
    }

    /// The momentum of weight `i` as seen from its new bases; often it is the direction.
    private static SeenFrom momentumFrom(Scope scope, Factors f, TangentDirection v, int i, Moved moved) {
        if (v.isMomentum()) {
            return moved.direction();
        }
        TangentVector.OfWeight momentum = v.momentum().orElseThrow().of(i);
        return SeenFrom.of(
                scope,
                f,
                momentum.K(),
                momentum.L(),
                moved.direction().M(),
                moved.direction().N(),
                moved.U(),
                moved.V());
    }

    /// A tangent vector at `U0 S0 V0ᵀ` seen from other bases. With `A = U1ᵀ v_K`, `C = v_Lᵀ V1 − v_S Nᵀ`, `v_S
    /// = U0ᵀ v_K`:
    ///
    ///     S' = U1ᵀ v V1 = A Nᵀ + M C
    ///     K' = v_K Nᵀ + U0 C
    ///     L' = v_L Mᵀ + V0 (Aᵀ − v_Sᵀ Mᵀ)
    record SeenFrom(Factors f, Tensor vK, Tensor vL, Tensor M, Tensor N, Tensor vS, Tensor A, Tensor C) {
        static SeenFrom of(Scope scope, Factors f, Tensor vK, Tensor vL, Tensor U1, Tensor V1) {
            Tensor M = matmulTN(scope, U1, f.U()); // [r1, r0]
            Tensor N = matmulTN(scope, V1, f.V()); // [r1, r0]
            return of(scope, f, vK, vL, M, N, U1, V1);
        }

        static SeenFrom of(Scope scope, Factors f, Tensor vK, Tensor vL, Tensor M, Tensor N, Tensor U1, Tensor V1) {
            Tensor vS = matmulTN(scope, f.U(), vK); // [r0, r0]
            Tensor A = matmulTN(scope, U1, vK); // [r1, r0]
            Tensor C = matmulTN(scope, vL, V1); // [r0, r1]
            addMatmulNTInPlace(C, -1, vS, N);
            return new SeenFrom(f, vK, vL, M, N, vS, A, C);
        }

        /// `M (1 − hλ) S0 Nᵀ − h S'`, the core of `(1 − hλ) W0 − h v` in the new bases.
        Tensor coreAfter(Scope scope, Tensor decayedS0, double h) {
            Tensor left = A.copy(scope); // [r1, r0]: M (1 − hλ) S0 − h A
            addMatmulInPlace(left, -h, 1, M, decayedS0);
            Tensor S1 = matmulNT(scope, left, N); // [r1, r1]
            addMatmulInPlace(S1, -h, M, C);
            return S1;
        }

        /// The vector in the new tangent space. The weight must still be what it was.
        Carried carried(Scope scope) {
            Tensor D = A.copy(scope); // [r1, r0]: (Aᵀ − v_Sᵀ Mᵀ)ᵀ
            addMatmulInPlace(D, -1, M, vS);
            Tensor K = matmulNT(scope, vK, N); // [m, r1]
            addMatmulInPlace(K, 1, f.U(), C);
            Tensor L = matmulNT(scope, vL, M); // [n, r1]
            addMatmulNTInPlace(L, 1, f.V(), D);
            return new Carried(K, L);
        }
    }

    /// `‖v‖² = ‖v_K‖² + ‖v_L‖² − ‖v_S‖²` of each weight's gradient.
    private static List<Double> squaredTangentNorms(List<Factors> factors, Gradients gradients, Workspace workspace) {
        Blocks K = gradients.blocks(Part.K);
        Blocks L = gradients.blocks(Part.L);
        Double[] squares = new Double[factors.size()];
        workspace.threads().run(squares.length, i -> {
            try (Scope scope = workspace.pool().scope("norm")) {
                Tensor vS = matmulTN(scope, factors.get(i).U(), K.get(i));
                double square = dot(K.get(i), K.get(i)) + dot(L.get(i), L.get(i)) - dot(vS, vS);
                squares[i] = Double.isNaN(square) ? square : Math.max(0, square);
            }
        });
        return List.of(squares);
    }

    /// Over `r (m + n − r)`, the dimension of the tangent space.
    private static List<Double> meanSquares(List<Factors> factors, List<Double> squares, double factor) {
        List<Double> means = new ArrayList<>();
        for (int i = 0; i < squares.size(); i++) {
            Factors f = factors.get(i);
            double dimension = (double) f.rank() * (f.rows() + f.columns() - f.rank());
            means.add(squares.get(i) * factor / dimension);
        }
        return means;
    }
}
