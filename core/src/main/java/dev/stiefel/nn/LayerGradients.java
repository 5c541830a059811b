package dev.stiefel.nn;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Where a layer writes the gradients of its unknowns, in the order of [Layer#factors] and [Layer#dense].
///
/// @param factored one for each factored weight of the layer
/// @param dense one for each dense unknown of the layer, of its shape; empty if those are not wanted at all
public record LayerGradients(List<FactorGradients> factored, Optional<List<Tensor>> dense) {
    /// Takes copies of the lists.
    public LayerGradients {
        factored = List.copyOf(factored);
        dense = dense.map(List::copyOf);
    }
}
