package dev.stiefel.integrator;

/// A way to step a point down a gradient field. Implementations are values: all state is in the point and the descent.
public interface Integrator {
    /// How many evaluations of the gradient field a step takes.
    int passes();

    /// Takes one step, moving the point in place.
    StepOutcome step(Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace);
}
