package dev.stiefel.lowrank;

/// A named unknown of a model: what training moves, and what gradients, moments and files are found by.
public sealed interface Parameter permits DenseParameter, FactoredParameter {
    /// The name, unique in a model: `layers.0.weight`.
    String name();
}
