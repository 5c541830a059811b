package dev.stiefel.lowrank;

import dev.stiefel.tensor.Tensor;

/// A parameter that is not factored: a matrix or a vector.
///
/// @param name unique in a model
/// @param value `[m, n]` or `[n]`; the model's own
/// @param decay selects weight decay or none
public record DenseParameter(String name, Tensor value, WeightDecay decay) implements Parameter {
    /// Returns whether it is a matrix, which some optimizers treat otherwise than a vector.
    public boolean isMatrix() {
        return value.shape().order() == 2;
    }
}
