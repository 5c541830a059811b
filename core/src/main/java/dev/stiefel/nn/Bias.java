package dev.stiefel.nn;

/// Choice of a bias or none.
public enum Bias {
    /// A vector that is trained.
    TRAINED,
    /// Nothing is added.
    NONE
}
