package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;

/// Context of a layer's pass.
///
/// @param scope scope of the pass's memory
/// @param type number format of activations and parameters
/// @param mode purpose of the pass
/// @param seed of this layer's random numbers in this batch, the same for every pass over it. The batch's seed is
///     mixed with the full name of the node, so that no two layers draw the same numbers. Layers combine it with
///     the number of the sample ([SampleRows#firstSample]), so that results do not depend on how a batch is divided
public record PassContext(Scope scope, DType type, PassMode mode, long seed) {}
