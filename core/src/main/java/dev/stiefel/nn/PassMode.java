package dev.stiefel.nn;

/// What a pass through a network is for.
public enum PassMode {
    /// Forward and back in training: layers may draw random numbers and collect statistics.
    TRAINING,
    /// Forward only. Memory of activations is reused as soon as nothing needs them any more.
    EVALUATION,
    /// Forward as in evaluation, and back: for gradients of a trained network.
    EVALUATION_WITH_GRADIENT;

    /// Whether a backward pass may follow.
    public boolean goesBack() {
        return this != EVALUATION;
    }
}
