package dev.stiefel.lowrank;

/// Use of weight decay for a dense parameter.
public enum WeightDecay {
    /// It does: to matrices that multiply.
    APPLIED,
    /// It does not: to biases, and to scales and shifts of a normalization.
    NONE
}
