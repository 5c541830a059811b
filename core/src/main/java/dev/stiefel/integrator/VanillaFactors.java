package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import java.util.List;
import java.util.Optional;

/// Plain gradient steps on both factors of `W = A Bᵀ` (Burer & Monteiro 2003, doi:10.1007/s10107-002-0352-8):
/// what users know as two linear layers a weight.
///
///     A ← (1 − hλ) A − h d(∇A),   ∇A = G B
///     B ← (1 − hλ) B − h d(∇B),   ∇B = Gᵀ A
///
/// Factors are in the free gauge (`U = A`, `V = B`, `S = I`), so `∇A` and `∇B` are what a field calls `∇K` and
/// `∇L`. One pass. In `W` it is a first-order step for the flow `Ẇ = −(G B Bᵀ + A Aᵀ G)`, which is *not* the
/// gradient flow of `W`: it slows where the factors are small and is stiff where they are large. Measured, on a
/// matrix of rank 3 whose bases turn: following its derivative, the error does not go to 0 with the step size
/// (0.9 at a norm of 1.7, whatever the step); against the method's own flow the error does not grow when the
/// smallest singular value goes from 1 to 1e-10, but more than tenfold, relative to the matrix, when the largest
/// goes from 1 to 2. Weight decay here is on the factors, not exactly on `W`. The baseline to compare with, and a
/// fast one; prefer [Riemannian].
public record VanillaFactors() implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS).evaluating(Part.K, Part.L, Part.DENSE);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        List<Factors> all = StepOperations.factors("vanilla factors", point, Factors.Gauge.FREE);
        try (Scope step = workspace.pool().scope("vanilla factors step")) {
            Gradients gradients = Gradients.of(step, point, Part.K, Part.L, Part.DENSE);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, gradients);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, Part.K, Part.L, Part.DENSE);
            Optional<StepOutcome.Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            StepOperations.clip(workspace.threads(), gradients, squaredNorm, size, Part.K, Part.L, Part.DENSE);
            descent.direct(Part.K, gradients);
            descent.direct(Part.L, gradients);
            workspace.enter(Stage.DENSE);
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            workspace.enter(Stage.CORE);
            for (int i = 0; i < all.size(); i++) {
                Factors factors = all.get(i);
                if (size.weightDecay() > 0) {
                    scaleInPlace(factors.U(), size.decayFactor());
                    scaleInPlace(factors.V(), size.decayFactor());
                }
                axpyInPlace(
                        factors.U(), -size.length(), gradients.blocks(Part.K).get(i));
                axpyInPlace(
                        factors.V(), -size.length(), gradients.blocks(Part.L).get(i));
            }
            return new StepOutcome.Taken(loss);
        }
    }
}
