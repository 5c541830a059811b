package dev.stiefel.lab.session;

/// Frequency of a session's checkpoints. The bits that are trained do not depend on it.
public enum CheckpointPace {
    /// History, spectrum and checkpoint after every epoch: at most an epoch is lost by a
    /// crash.
    EVERY_EPOCH,
    /// About a hundredth of the time, at an epoch's end: for short epochs, many runs. By a
    /// crash, two seconds are lost, or a hundred times what writing takes.
    SPARING
}
