package dev.stiefel.data.own;

/// Kind of prediction for a sample.
public enum Task {
    /// Prediction of a class.
    CLASSIFICATION,
    /// One or several numbers.
    REGRESSION
}
