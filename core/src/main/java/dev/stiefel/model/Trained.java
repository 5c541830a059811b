package dev.stiefel.model;

/// Which parameters' gradients a pass is for: it goes back no further than to the first of them.
public enum Trained {
    /// All.
    ALL,
    /// The factored weights alone.
    FACTORED
}
