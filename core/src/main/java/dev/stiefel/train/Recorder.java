package dev.stiefel.train;

/// Recorder of a run's progress: history, checkpoints, a progress bar. Called on the training thread.
public interface Recorder {
    /// A recorder that remembers nothing.
    Recorder NONE = new Recorder() {};

    /// After each step but an epoch's last, which [#epochEnded] follows.
    ///
    /// @param trainer trainer with the state of the run
    /// @param loss the mean loss of the batch before the step
    default void stepped(Trainer trainer, double loss) {}

    /// After each epoch. The trainer's [Trainer#progress] is then at the beginning of the next one.
    default void epochEnded(Trainer trainer, EpochRecord epoch) {}
}
