package dev.stiefel.integrator;

import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.lowrank.RankRule;
import java.util.List;

/// A step and then the best approximation of lower rank: the closing of a block of [SOnly] steps.
///
///     the inner step, to Uhat Shat Vhatᵀ
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)      ranks by the rank rule
///
/// The passes of the inner step, and an SVD of each core. Moments of `K`, `L` and `S` are carried; a
/// momentum in the tangent space is not, so the inner step must not be a Riemannian one.
///
/// @param inner the step
/// @param rule number of directions to keep of each weight
public record Truncating(Integrator inner, RankRule rule) implements Integrator {
    @Override
    public StepWork work() {
        return inner.work().decomposing(1);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        List<BasisOperations> weights = BasisOperations.of("truncating step", point);
        StepOutcome outcome = inner.step(point, field, descent, size, workspace);
        if (outcome instanceof Taken) {
            workspace.enter(Stage.TRUNCATION);
            try (PointTruncation truncation = PointTruncation.of(weights, rule, workspace)) {
                truncation.carryCores(descent);
                truncation.carrySides(descent);
            }
        }
        return outcome;
    }
}
