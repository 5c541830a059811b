package dev.stiefel.data;

/// Choice of the samples that make up a fraction of a set.
public enum Sampling {
    /// A seeded random share of each class ([Subset#fraction]).
    STRATIFIED,
    /// The first ones, whatever the seed: what the runs with published curves have used.
    FIRST
}
