package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Products of patches with a kernel, dense or factored.
interface KernelRows extends FactorRows {
    /// What is fastest for a dense kernel.
    static KernelRows of(Scope scope, DType type, ImageGrid grid, int channels, int outputs, PassMode mode) {
        if (mode == PassMode.TRAINING && WinogradRows.suits(type, grid, channels, outputs)) {
            return new WinogradRows(scope, grid, channels);
        }
        if (DirectRows.suits(type, grid, channels, outputs)) {
            return new DirectRows(scope, grid, channels);
        }
        return PaddedRows.beatsPatches(grid, channels, outputs)
                ? new PaddedRows(scope, grid, channels)
                : new PatchRows(scope, grid);
    }

    /// `z ← P(x) Wᵀ`.
    void multiplyDense(Tensor x, Tensor W, Tensor z);

    /// `place ← deltaᵀ P(x)`, or what it was plus that: `∇W`. Never put off: patches are not kept.
    void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how);

    /// `into ← Pᵀ(delta W)`, or what it was plus that.
    void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how);
}
