package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;

/// Products of patches with a kernel, dense or factored.
interface KernelRows extends FactorRows {
    /// The fastest way for a dense kernel.
    static KernelRows of(Scope scope, DType type, ImageGrid grid, int channels, int outputs, PassMode mode) {
        return withoutPatches(scope, type, grid, channels, outputs, mode)
                .orElseGet(() -> PaddedRows.beatsPatches(grid, channels, outputs)
                        ? new PaddedRows(scope, grid, channels)
                        : new PatchRows(scope, grid));
    }

    /// The fastest way for any kernel, if it is possible.
    ///
    /// @param outputs of a dense kernel, or the rank
    static Optional<KernelRows> withoutPatches(
            Scope scope, DType type, ImageGrid grid, int channels, int outputs, PassMode mode) {
        if (mode == PassMode.TRAINING && WinogradRows.suits(type, grid, channels, outputs)) {
            return Optional.of(new WinogradRows(scope, grid, channels));
        }
        return DirectRows.suits(type, grid, channels, outputs)
                ? Optional.of(new DirectRows(scope, grid, channels))
                : Optional.empty();
    }

    /// `z ← P(x) Wᵀ`.
    void multiplyDense(Tensor x, Tensor W, Tensor z);

    /// `place ← deltaᵀ P(x)`, or what it was plus that: `∇W`. Never put off: patches are not kept.
    void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how);

    /// `into ← Pᵀ(delta W)`, or what it was plus that.
    void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how);
}
