package dev.stiefel.integrator;

/// A way to step a point down a gradient field. Implementations are values: all state is in the point and the
/// optimizer. [StepOperations] holds the building blocks of steps.
public interface Integrator {
    /// The work of a step.
    StepWork work();

    /// Takes one step, moving the point in place.
    StepOutcome step(Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace);
}
