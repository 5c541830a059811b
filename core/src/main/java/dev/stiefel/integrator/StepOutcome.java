package dev.stiefel.integrator;

/// What became of a step.
public sealed interface StepOutcome {
    /// The step was taken.
    ///
    /// @param loss the loss where it started
    record Taken(double loss) implements StepOutcome {}

    /// The loss or a gradient was not finite, so the step was not taken, or given up before its last stage: the point
    /// is not to be trained on.
    ///
    /// @param loss what the loss was
    /// @param cause what was not finite, for messages
    record Diverged(double loss, String cause) implements StepOutcome {}
}
