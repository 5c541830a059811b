package dev.stiefel.lowrank;

/// A named unknown of a model. Training moves it; gradients, moments and files refer to it by its name.
public sealed interface Parameter permits DenseParameter, FactoredParameter {
    /// The name, unique in a model: `layers.0.weight`.
    String name();
}
