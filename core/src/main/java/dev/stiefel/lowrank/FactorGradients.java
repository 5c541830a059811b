package dev.stiefel.lowrank;

import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Destinations of the gradients of one factored weight; null: not wanted. The meaning of the parts depends on
/// the form of the weight: for the Tucker form see [TuckerFactors]; for the form `U S Vᵀ`, with `G = ∇_W loss`,
/// never formed:
///
/// @param K `∇K = G V`, `[m, r]`
/// @param L `∇L = Gᵀ U`, `[n, r]`
/// @param S `∇S = Uᵀ G V`, `[r, r]`
public record FactorGradients(
        @Nullable Tensor K, @Nullable Tensor L, @Nullable Tensor S) {}
