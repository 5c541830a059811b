package dev.stiefel.lab.spec;

/// The forms that factored kernels of convolutions can have, by the names that users choose them with.
public enum KernelForm {
    /// `U S Vᵀ`, as linear layers have it.
    MATRIX,
    /// A core between a basis of outputs and one of channels ([dev.stiefel.lowrank.TuckerFactors]).
    TUCKER
}
