package dev.stiefel.nn;

/// Whether a layer adds a bias.
public enum Bias {
    /// A vector that is trained.
    TRAINED,
    /// Nothing is added.
    NONE
}
