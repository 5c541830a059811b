package dev.stiefel.lab.spec;

import dev.stiefel.lowrank.Spectrum;

/// Initial singular values of factored weights, by their names for users.
public enum SpectrumName {
    /// Singular values of a Gaussian core.
    GAUSSIAN,
    /// All equal.
    FLAT,
    /// Each so many times smaller than the one before it.
    DECAYING,
    /// The leading ones of a dense matrix.
    DENSE;

    /// The spectrum itself.
    ///
    /// @param decay ratio of each singular value to the next, for [#DECAYING]
    Spectrum with(double decay) {
        return switch (this) {
            case GAUSSIAN -> new Spectrum.Gaussian();
            case FLAT -> new Spectrum.Flat();
            case DECAYING -> new Spectrum.Decaying(decay);
            case DENSE -> new Spectrum.Dense();
        };
    }
}
