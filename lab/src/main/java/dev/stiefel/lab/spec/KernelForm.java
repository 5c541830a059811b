package dev.stiefel.lab.spec;

/// Forms of factored kernels of convolutions, by their names for users.
public enum KernelForm {
    /// `U S Vᵀ`, as linear layers have it.
    MATRIX,
    /// A core between a basis of outputs and one of channels ([dev.stiefel.lowrank.TuckerFactors]).
    TUCKER
}
