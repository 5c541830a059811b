package dev.stiefel.nn;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Where a layer writes the gradients of its unknowns, in the order of [Layer#factors] and [Layer#dense].
///
/// @param factored one for each factored weight of the layer
/// @param dense one for each dense unknown of the layer, of its shape; empty if those are not wanted at all
/// @param added whether gradients are added to what is there, instead of written over it: a batch may come in
/// parts
/// @param matricesLater whether the gradients of dense matrices are left to whoever asks [Layer.Pass#later]
public record LayerGradients(
        List<FactorGradients> factored, Optional<List<Tensor>> dense, boolean added, boolean matricesLater) {
    /// Takes copies of the lists.
    public LayerGradients {
        factored = List.copyOf(factored);
        dense = dense.map(List::copyOf);
    }

    /// Gradients that are written over what is there, all of them at once.
    public LayerGradients(List<FactorGradients> factored, Optional<List<Tensor>> dense) {
        this(factored, dense, false, false);
    }

    /// The same places, to be added to.
    public LayerGradients adding() {
        return new LayerGradients(factored, dense, true, matricesLater);
    }
}
