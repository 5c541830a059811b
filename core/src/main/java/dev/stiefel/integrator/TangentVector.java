package dev.stiefel.integrator;

import dev.stiefel.lowrank.Blocks;
import dev.stiefel.tensor.Tensor;

/// A tangent vector at all factored weights. At `U S Vᵀ` it is `K Vᵀ + U Lᵀ − U (Uᵀ K) Vᵀ`, with `Uᵀ K = Lᵀ V`.
///
/// @param K `[m, r]` of each weight
/// @param L `[n, r]` of each weight
public record TangentVector(Blocks K, Blocks L) {
    /// The part of one weight.
    public OfWeight of(int i) {
        return new OfWeight(K.get(i), L.get(i));
    }

    /// A tangent vector at one weight.
    ///
    /// @param K `[m, r]`
    /// @param L `[n, r]`
    public record OfWeight(Tensor K, Tensor L) {}
}
