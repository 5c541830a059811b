package dev.stiefel.integrator;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A step in bases that the directions of the gradient have been added to first: the opening of a block
/// of [SOnly] steps (FeDLRT, arXiv 2406.17887; RobustDLRT, arXiv 2505.08022, Algorithm 1).
///
///     Uhat = orth([U0 | ∇K]),   Vhat = orth([V0 | ∇L])   a pass of its own, at U0 S0 V0ᵀ
///     Shat = (Uhatᵀ U0) S0 (Vhatᵀ V0)ᵀ                   so that the matrix stays what it is
///     the inner step, at Uhat Shat Vhatᵀ                 a second pass over the same batch
///
/// Bases are doubled, to the whole space where `2r` exceeds a side of the matrix. There is no step size
/// in the basis, so moments and learning rate do not matter. Deviation: the papers take `∇U = G V Sᵀ`,
/// which spans the same as `∇K = G V` where `S` is invertible, but loses what belongs to its small
/// singular values to rounding. Moments of `K`, `L` and `S` are carried; a momentum in the tangent space
/// is not, so the inner step must not be a Riemannian one.
///
/// @param inner the step
public record Augmenting(Integrator inner) implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS)
                .evaluating(Part.K, Part.L)
                .makingBases(2)
                .then(2, inner.work());
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        List<BasisOperations> weights = BasisOperations.of("augmenting step", point);
        double loss;
        try (Scope step = workspace.pool().scope("augmentation")) {
            Gradients gradients = Gradients.of(step, point, Part.K, Part.L);
            workspace.enter(Stage.AUGMENTATION);
            loss = field.evaluate(point, gradients);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, Part.K, Part.L);
            Optional<Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            augment(weights, gradients.blocks(Part.K), gradients.blocks(Part.L), descent, workspace);
        }
        return StepOperations.from(loss, inner.step(point, field, descent, size, workspace));
    }

    private static void augment(
            List<BasisOperations> weights, Blocks K, Blocks L, DescentDirections descent, Workspace workspace) {
        BasisChange[] cores = new BasisChange[weights.size()];
        BasisChange[] sides = new BasisChange[weights.size()];
        try (Scopes scopes = workspace.pool().scopes(cores.length)) {
            workspace.threads().run(cores.length, i -> {
                Scope scope = scopes.open(i);
                BasisMove move = weights.get(i).augment(scope, K.get(i), L.get(i));
                cores[i] = move.core(scope);
                sides[i] = move.sides(scope);
            });
            descent.carry(Arrays.asList(cores), Part.S);
            descent.carry(Arrays.asList(sides), Part.K, Part.L);
        }
    }
}
