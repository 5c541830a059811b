package dev.stiefel.lowrank;

import java.util.List;

/// The singular values of one weight, in the bases that it is to be truncated from: what a [RankRule]
/// knows of it.
///
/// @param rows `m`
/// @param columns `n`
/// @param sigma all of them, descending: as many as the smaller of the two bases has columns
/// @param mode the mode of the weight
public record WeightSpectrum(int rows, int columns, List<Double> sigma, Mode mode) {
    /// Modes of weights that are truncated. The modes of a kernel in Tucker form are truncated independently, and
    /// their squared errors add up.
    public enum Mode {
        /// The only mode of a matrix `U S Vᵀ`.
        ONLY,
        /// The outputs of a kernel in Tucker form.
        OUTPUTS,
        /// Its channels.
        CHANNELS
    }

    /// Takes a copy of the singular values.
    public WeightSpectrum {
        sigma = List.copyOf(sigma);
    }

    /// The spectrum of a matrix.
    public WeightSpectrum(int rows, int columns, List<Double> sigma) {
        this(rows, columns, sigma, Mode.ONLY);
    }

    /// The error that this mode may have where the whole weight may have `tolerance`: `tolerance / √2` where
    /// there is another.
    double share(double tolerance) {
        return mode == Mode.ONLY ? tolerance : tolerance / Math.sqrt(2);
    }

    /// `sqrt(Σ_{i > r} sigma_i²) / ‖sigma‖₂`: the relative error of keeping `r` directions; 0 for a weight that
    /// is 0.
    public double tail(int r) {
        return tails()[r];
    }

    /// [#tail] of every rank from 0 to all there are.
    double[] tails() {
        double[] tails = new double[sigma.size() + 1];
        for (int r = sigma.size() - 1; r >= 0; r--) {
            tails[r] = Math.hypot(tails[r + 1], sigma.get(r)); // squares would overflow or vanish; the smallest first
        }
        double norm = tails[0];
        for (int r = 0; r < tails.length && norm > 0; r++) {
            tails[r] /= norm;
        }
        return tails;
    }

    /// `‖sigma‖₂`, the norm of the weight.
    double norm() {
        double norm = 0;
        for (double value : sigma.reversed()) {
            norm = Math.hypot(norm, value);
        }
        return norm;
    }

    /// The cost of each kept direction at evaluation: `m + n` numbers.
    public int parametersPerRank() {
        return rows + columns;
    }
}
