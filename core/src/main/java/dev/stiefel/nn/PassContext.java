package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;

/// What a layer's pass is made with.
///
/// @param scope where the pass takes its memory from
/// @param type number format of activations and parameters
/// @param mode what the pass is for
/// @param seed of random numbers in this batch, the same for every pass over it; layers combine it with the
///     number of the sample, so that results do not depend on how a batch is divided
public record PassContext(Scope scope, DType type, PassMode mode, long seed) {}
