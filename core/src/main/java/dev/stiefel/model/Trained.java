package dev.stiefel.model;

/// Parameters whose gradients a pass computes: it goes back no further than to the first of them.
public enum Trained {
    /// All.
    ALL,
    /// The factored weights alone.
    FACTORED
}
