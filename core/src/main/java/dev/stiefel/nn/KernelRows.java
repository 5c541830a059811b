package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.tensor.Tensor;

/// Products of patches with a kernel, dense or factored.
interface KernelRows extends FactorRows {
    /// `z ← P(x) Wᵀ`.
    void multiplyDense(Tensor x, Tensor W, Tensor z);

    /// `∇W ← deltaᵀ P(x)`, or what it was plus that, where it is wanted. Never put off: patches are not kept.
    void gradientDense(Tensor x, Tensor delta, DenseParameter weight, ParameterGradients gradients);

    /// `into ← Pᵀ(delta W)`, or what it was plus that.
    void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how);
}
