package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
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
/// smallest singular value goes from 1 to 1e-10, but more than tenfold, relative to the matrix, when the
/// largest goes from 1 to 2. Weight decay here is on the factors, not exactly on `W`. The baseline to compare
/// with, and a fast one; prefer [Riemannian].
///
/// A kernel in Tucker form likewise steps along the gradients of its three factors.
public record VanillaFactors() implements Integrator {
    private static final String NAME = "vanilla factors";

    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS).evaluating(Part.K, Part.L, Part.DENSE);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        Part[] parts = parts(point);
        try (Scope step = workspace.pool().scope("vanilla factors step")) {
            Gradients gradients = Gradients.of(step, point, Part.DENSE, parts);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, gradients);
            clearUnused(point, gradients);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, gradients.parts());
            Optional<StepOutcome.Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            StepOperations.clip(workspace.threads(), gradients, squaredNorm, size, gradients.parts());
            for (Part part : parts) {
                descent.direct(part, gradients);
            }
            workspace.enter(Stage.DENSE);
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            workspace.enter(Stage.CORE);
            for (int i = 0; i < point.factored().size(); i++) {
                Tensor dK = gradients.blocks(Part.K).get(i);
                Tensor dL = gradients.blocks(Part.L).get(i);
                switch (point.factored().get(i).weight()) {
                    case TuckerFactors kernel -> {
                        move(kernel.Uo(), dK, size);
                        move(kernel.Ui(), dL, size);
                        move(kernel.C(), gradients.blocks(Part.S).get(i), size);
                    }
                    case Factors matrix -> {
                        move(matrix.U(), dK, size);
                        move(matrix.V(), dL, size);
                    }
                    default -> throw new AssertionError("refused before");
                }
            }
            return new StepOutcome.Taken(loss);
        }
    }

    private static void move(Tensor factor, Tensor direction, StepSize size) {
        if (size.weightDecay() > 0) {
            scaleInPlace(factor, size.decayFactor());
        }
        axpyInPlace(factor, -size.length(), direction);
    }

    /// The parts of the factored weights: cores step only in Tucker form.
    private static Part[] parts(Point point) {
        boolean cores = false;
        for (FactoredParameter each : point.factored()) {
            switch (each.weight()) {
                case Factors _ -> {}
                case TuckerFactors _ -> cores = true;
                default -> throw StepOperations.otherForm(NAME, "U S Vᵀ or the Tucker form", each);
            }
            StepOperations.requireGauge(NAME, each.weight(), Factors.Gauge.FREE);
        }
        return cores ? new Part[] {Part.K, Part.L, Part.S} : new Part[] {Part.K, Part.L};
    }

    /// Beside a kernel in Tucker form the field gives gradients of all cores. The core of `A Bᵀ` is no unknown.
    private static void clearUnused(Point point, Gradients gradients) {
        if (!gradients.wants(Part.S)) {
            return;
        }
        for (int i = 0; i < point.factored().size(); i++) {
            if (point.factored().get(i).weight() instanceof Factors) {
                gradients.blocks(Part.S).get(i).clear();
            }
        }
    }
}
