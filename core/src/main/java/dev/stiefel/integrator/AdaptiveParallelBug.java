package dev.stiefel.integrator;

import dev.stiefel.lowrank.RankRule;

/// The step of [ParallelBug] that truncates to ranks which a rule chooses: the form of the paper
/// (Ceruti, Kusch & Lubich 2023, arXiv 2304.05660).
///
/// It costs what the fixed-rank step costs. Still take that in between: truncating with a large
/// tolerance after every step removes new directions before they can grow.
///
/// @param rule number of directions to keep of each weight
public record AdaptiveParallelBug(RankRule rule) implements Integrator {
    @Override
    public StepWork work() {
        return ParallelStep.work();
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        return ParallelStep.take("parallel BUG", point, field, descent, size, workspace, rule);
    }
}
