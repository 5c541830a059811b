package dev.stiefel.integrator;

import dev.stiefel.lowrank.RankRule;

/// The step of [BackwardCorrected] that truncates to ranks which a rule chooses: the form of the paper
/// (Kusch, Schotthöfer & Walter 2025, arXiv 2502.03006).
///
/// It costs what the fixed-rank step costs. Still take that in between: truncating with a large
/// tolerance after every step removes new directions before they can grow.
///
/// @param rule number of directions to keep of each weight
public record AdaptiveBackwardCorrected(RankRule rule) implements Integrator {
    @Override
    public StepWork work() {
        return BackwardCorrectedStep.work();
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        return BackwardCorrectedStep.take(point, field, descent, size, workspace, rule);
    }
}
