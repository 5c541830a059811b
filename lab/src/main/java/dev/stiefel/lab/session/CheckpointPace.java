package dev.stiefel.lab.session;

/// Frequency of a session's checkpoints. The bits that are trained do not depend on it.
public enum CheckpointPace {
    /// History, spectrum and checkpoint after every epoch: at most an epoch is lost by a
    /// crash.
    EVERY_EPOCH,
    /// History, spectrum and checkpoint after an epoch, unless writing them would take more than a tenth of the
    /// time. A crash loses at most half a second, or ten times as long as writing takes, and the epoch under way.
    MODERATE,
    /// About a hundredth of the time, at an epoch's end: for short epochs, many runs. By a
    /// crash, two seconds are lost, or a hundred times what writing takes.
    SPARING
}
