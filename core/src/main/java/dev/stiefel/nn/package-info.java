/// Layers, whose weights are dense or factored, activations and losses: forward and backward passes over a slice of a
/// batch. Knows nothing of integrators or training.
@NullMarked
package dev.stiefel.nn;

import org.jspecify.annotations.NullMarked;
