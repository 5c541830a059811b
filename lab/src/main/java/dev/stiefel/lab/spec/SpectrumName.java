package dev.stiefel.lab.spec;

import dev.stiefel.lowrank.Spectrum;

/// The singular values that factored weights can start with, by the names that users choose them with.
public enum SpectrumName {
    /// Those of a Gaussian core.
    GAUSSIAN,
    /// All equal.
    FLAT,
    /// Each so many times smaller than the one before it.
    DECAYING,
    /// The leading ones of a dense matrix.
    DENSE;

    /// The spectrum itself.
    ///
    /// @param decay how many times smaller each singular value is, for [#DECAYING]
    Spectrum with(double decay) {
        return switch (this) {
            case GAUSSIAN -> new Spectrum.Gaussian();
            case FLAT -> new Spectrum.Flat();
            case DECAYING -> new Spectrum.Decaying(decay);
            case DENSE -> new Spectrum.Dense();
        };
    }
}
