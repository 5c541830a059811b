package dev.stiefel.lab.record;

/// One of the two checkpoints that a run keeps.
public enum CheckpointChoice {
    /// The latest.
    LATEST,
    /// The one before it: for when the latest is damaged.
    PREVIOUS
}
