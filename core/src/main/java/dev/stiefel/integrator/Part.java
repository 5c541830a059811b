package dev.stiefel.integrator;

/// The groups of unknowns: gradients, directions and moments have one entry for each.
public enum Part {
    /// `K = U S` of every factored weight, at fixed `V`: `∇K = G V`, `[m, r]`.
    K,
    /// `L = V Sᵀ` of every factored weight, at fixed `U`: `∇L = Gᵀ U`, `[n, r]`.
    L,
    /// The core of every factored weight, at fixed bases: `∇S = Uᵀ G V`, `[r, r]`.
    S,
    /// Everything that is not factored: biases and dense weights, as one vector.
    DENSE
}
