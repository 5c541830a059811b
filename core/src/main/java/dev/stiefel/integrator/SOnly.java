package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;

/// The step of the cores in bases that stay (FeDLRT, arXiv 2406.17887; RobustDLRT, arXiv 2505.08022,
/// Algorithm 1: the local steps of both).
///
///     S ← (1 − hλ) S − h d(∇S),   U, V as they are;   dense unknowns step beside
///
/// It moves nothing but cores, so it works on weights of any form ([dev.stiefel.lowrank.FactoredWeight]). One
/// pass, no basis, no decomposition: the cheapest step there is. By itself it cannot leave its initial bases. A
/// method is made of it in blocks of `k` steps: the first is [Augmenting], which adds the directions of the
/// gradient to the bases, the last is [Truncating], which takes the weakest out again. Then a block makes `k + 1`
/// passes, two in its first step.
///
/// Order 1 at fixed `k`, with an error that grows with `k`: within a block the bases lag behind by up to
/// `k h`. Measured on a matrix of rank 3 whose bases turn, at `h = 1/64`: .035, .049, .15, .56 at `k` =
/// 1, 4, 16, 64. A block of one step is exact when the flow's increment keeps the solution at rank ≤ r,
/// longer ones are not: they know the directions at their start only. Augmentation divides by no
/// singular value, so small ones do no harm at any `k`. Deviations: `d` is any optimizer's direction,
/// its moments carried with the bases; weight decay acts on the core.
public record SOnly() implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS).evaluating(Part.S, Part.DENSE);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        for (FactoredParameter each : point.factored()) {
            StepOperations.requireGauge("S-only step", each.weight(), Gauge.ORTHONORMAL);
        }
        try (Scope step = workspace.pool().scope("S-only step")) {
            return take(step, point, field, descent, size, workspace, Stage.FIRST_PASS, size.decayFactor());
        }
    }

    /// The same as a part of another step.
    ///
    /// @param pass the pass of that step
    /// @param decayFactor factor by which the cores shrink
    static StepOutcome take(
            Scope step,
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            Stage pass,
            double decayFactor) {
        Gradients gradients = Gradients.of(step, point, Part.S, Part.DENSE);
        workspace.enter(pass);
        double loss = field.evaluate(point, gradients);
        Optional<Diverged> diverged = StepOperations.direct(point, gradients, loss, descent, size, workspace, Part.S);
        if (diverged.isPresent()) {
            return diverged.get();
        }
        workspace.enter(Stage.DENSE);
        StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
        workspace.enter(Stage.CORE);
        Blocks dS = gradients.blocks(Part.S);
        for (int i = 0; i < dS.count(); i++) {
            Tensor S = point.factored().get(i).weight().core();
            if (decayFactor != 1) {
                scaleInPlace(S, decayFactor);
            }
            axpyInPlace(S, -size.length(), dS.get(i));
        }
        return new Taken(loss);
    }
}
