package dev.stiefel.lab.record;

/// Which of the two checkpoints that a run keeps is meant.
public enum CheckpointChoice {
    /// The latest.
    LATEST,
    /// The one before it: for when the latest is damaged.
    PREVIOUS
}
