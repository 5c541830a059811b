package dev.stiefel.integrator;

/// Outcome of a step.
public sealed interface StepOutcome {
    /// The step was taken.
    ///
    /// @param loss the loss where it started
    record Taken(double loss) implements StepOutcome {}

    /// The loss or a gradient was not finite, or the step too long for the number format. Where the first pass
    /// shows it, the point is as it was. Where the second pass of BUG does, the bases have moved and the
    /// adaptive kind's are augmented, but every number is finite. The optimizer may have taken up the gradient:
    /// train on from a copy.
    ///
    /// @param loss the loss
    /// @param cause the value that was not finite, for messages
    record Diverged(double loss, String cause) implements StepOutcome {}
}
