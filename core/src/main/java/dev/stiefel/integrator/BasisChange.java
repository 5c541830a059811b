package dev.stiefel.integrator;

import dev.stiefel.tensor.Tensor;

/// Movement of the bases of one factored weight, for everything that must move with them.
///
/// @param left `M = U1ᵀ U0`, `[r1, r0]`
/// @param right `N = V1ᵀ V0`, `[r1, r0]`
public record BasisChange(Tensor left, Tensor right) {}
