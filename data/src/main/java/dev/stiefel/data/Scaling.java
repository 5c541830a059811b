package dev.stiefel.data;

/// What becomes of the inputs before training.
public enum Scaling {
    /// They stay as the data set gives them: in `[0, 1]` for images.
    NONE,
    /// Each feature is standardized with its mean and deviation over the training samples.
    STANDARDIZED
}
