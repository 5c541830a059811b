package dev.stiefel.lowrank;

/// A parameter that is held as factors.
///
/// @param name unique in a model
/// @param weight the factors; the model's own
public record FactoredParameter(String name, FactoredWeight weight) implements Parameter {}
