package dev.stiefel.nn;

/// Purpose of a pass through a network.
public enum PassMode {
    /// Forward and back in training: layers may draw random numbers and collect statistics.
    TRAINING,
    /// Forward only. Memory of activations is reused as soon as nothing needs them any more.
    EVALUATION,
    /// Forward as in evaluation, and back: for gradients of a trained network.
    EVALUATION_WITH_GRADIENT,
    /// Forward, some rows of each sample at a time: later rows of a sample continue after the earlier ones
    /// ([Layer#decodes]).
    DECODING;

    /// Returns whether a backward pass may follow.
    public boolean goesBack() {
        return this == TRAINING || this == EVALUATION_WITH_GRADIENT;
    }
}
