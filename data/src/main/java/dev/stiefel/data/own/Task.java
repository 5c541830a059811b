package dev.stiefel.data.own;

/// What a network is to tell of a sample.
public enum Task {
    /// Which of some classes it belongs to.
    CLASSIFICATION,
    /// One or several numbers.
    REGRESSION
}
