package dev.stiefel.examples;

import dev.stiefel.integrator.DescentDirections;
import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.StepOperations;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.StepWork;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// A step of the left bases alone: `K1 = U0 S0 − h d(∇K)`, `U1 = orth(K1)`, `S1 = U1ᵀ K1`; `V` stays.
public record LeftBasisStep() implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(StepWork.Directions.OF_PARTS)
                .evaluating(Part.K, Part.DENSE)
                .makingBases(1);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        List<Factors> factors = StepOperations.factors("left-basis step", point, Gauge.ORTHONORMAL);
        try (Scope scope = workspace.pool().scope("left-basis step")) {
            Gradients gradients = Gradients.of(scope, point, Part.K, Part.DENSE);
            double loss = field.evaluate(point, gradients);
            Optional<StepOutcome.Diverged> diverged =
                    StepOperations.direct(point, gradients, loss, descent, size, workspace, Part.K);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            for (int i = 0; i < factors.size(); i++) {
                Factors f = factors.get(i);
                Tensor K1 = StepOperations.kStep(
                        scope, f, f.S(), gradients.blocks(Part.K).get(i), size.length());
                Tensor U1 = OrthonormalBasis.of(scope, K1);
                f.replace(U1, Ops.matmulTN(scope, U1, K1), f.V());
            }
            StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
            return new StepOutcome.Taken(loss);
        }
    }
}
