package dev.stiefel.integrator;

import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.tensor.Scope;
import java.util.Optional;

/// The plain step for models without factored weights: the reference for all other integrators.
///
///     x ← (1 − hλ) x − h d(∇x)
///
/// Order 1, one pass.
public record Dense() implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.NONE).evaluating(Part.DENSE);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        if (!point.factored().isEmpty()) {
            throw new IllegalArgumentException("dense step: every weight must be dense; got %d factored ones"
                    .formatted(point.factored().size()));
        }
        try (Scope step = workspace.pool().scope("dense step")) {
            Gradients gradients = Gradients.of(step, point, Part.DENSE);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, gradients);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, Part.DENSE);
            Optional<StepOutcome.Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            StepOperations.clip(workspace.threads(), gradients, squaredNorm, size, Part.DENSE);
            workspace.enter(Stage.DENSE);
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            return new StepOutcome.Taken(loss);
        }
    }
}
