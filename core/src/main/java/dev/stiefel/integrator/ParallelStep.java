package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.integrator.JointTruncation.Augmented;
import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The part shared by [ParallelBug] and [AdaptiveParallelBug]: everything but the ranks.
final class ParallelStep {
    private ParallelStep() {}

    static StepWork work() {
        return StepWork.along(StepWork.Directions.OF_PARTS)
                .evaluating(Part.K, Part.L, Part.S, Part.DENSE)
                .makingBases(2)
                .decomposing(2);
    }

    static StepOutcome take(
            String name,
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            RankRule rule) {
        List<Factors> factors = StepOperations.factors(name, point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope(name + " step")) {
            Gradients gradients = Gradients.of(step, point, Part.K, Part.L, Part.S, Part.DENSE);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, gradients);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = squaredTangentNorm(gradients, workspace);
            Optional<Diverged> diverged = StepOperations.direct(
                    point, gradients, loss, squaredNorm, descent, size, workspace, Part.K, Part.L, Part.S);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            workspace.enter(Stage.TRUNCATION);
            BasisChange[] augmentation = new BasisChange[factors.size()];
            try (JointTruncation truncation = JointTruncation.of(
                    factors,
                    rule,
                    workspace,
                    (scope, i) -> {
                        Augmentation made = augmentation(scope, factors.get(i), gradients, i, size);
                        augmentation[i] = made.change();
                        return made.weight();
                    },
                    (_, i, cut) -> factors.get(i).replace(cut.U(), cut.S(), cut.V()))) {
                workspace.enter(Stage.OPTIMIZER);
                descent.carry(truncation.after(Arrays.asList(augmentation)), Part.K, Part.L, Part.S);
            }
            workspace.enter(Stage.DENSE);
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            return new Taken(loss);
        }
    }

    private record Augmentation(Augmented weight, BasisChange change) {}

    /// The augmented core, with `M = Uhatᵀ U0`, `N = Vhatᵀ V0` and `E = d(∇S) − U0ᵀ d(∇K) − d(∇L)ᵀ V0`, for any
    /// signs of the bases:
    ///
    ///     Shat = M (1 − hλ) S0 Nᵀ − h [ (Uhatᵀ d(∇K)) Nᵀ + M (d(∇L)ᵀ Vhat + E Nᵀ) ]
    private static Augmentation augmentation(Scope scope, Factors f, Gradients directions, int i, StepSize size) {
        double h = size.length();
        Tensor dK = directions.blocks(Part.K).get(i);
        Tensor dL = directions.blocks(Part.L).get(i);
        Tensor S0 = scaled(scope, f.S(), size.decayFactor());
        Tensor Uhat = StepOperations.augmentedBasis(scope, f.U(), dK); // [m, 2r]
        Tensor Vhat = StepOperations.augmentedBasis(scope, f.V(), dL); // [n, 2r]
        Tensor M = matmulTN(scope, Uhat, f.U()); // [2r, r]
        Tensor N = matmulTN(scope, Vhat, f.V()); // [2r, r]
        Tensor E = directions.blocks(Part.S).get(i).copy(scope); // [r, r]
        addMatmulTNInPlace(E, -1, f.U(), dK);
        addMatmulTNInPlace(E, -1, dL, f.V());
        Tensor C = matmulTN(scope, dL, Vhat); // [r, 2r]
        addMatmulNTInPlace(C, 1, E, N);
        Tensor left = matmulTN(scope, Uhat, dK); // [2r, r]
        addMatmulInPlace(left, -h, 1, M, S0);
        Tensor Shat = matmulNT(scope, left, N); // [2r, 2r]
        addMatmulInPlace(Shat, -h, M, C);
        return new Augmentation(new Augmented(Uhat, Shat, Vhat), new BasisChange(M, N));
    }

    /// The squared norm of the gradient in the tangent space, `‖∇K‖² + ‖∇L‖² − ‖∇S‖²` of every weight,
    /// and of the dense unknowns.
    private static double squaredTangentNorm(Gradients gradients, Workspace workspace) {
        double both = StepOperations.squaredNorm(workspace.threads(), gradients, Part.K, Part.L, Part.DENSE);
        double twice = StepOperations.squaredNorm(workspace.threads(), gradients, Part.S);
        return Double.isFinite(both) && Double.isFinite(twice) ? Math.max(0, both - twice) : both + twice;
    }
}
