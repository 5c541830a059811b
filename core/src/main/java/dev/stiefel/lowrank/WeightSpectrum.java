package dev.stiefel.lowrank;

import java.util.List;

/// The singular values of one weight, in the bases that it is to be truncated from: what a [RankRule]
/// knows of it.
///
/// @param rows `m`
/// @param columns `n`
/// @param sigma all of them, descending: as many as the smaller of the two bases has columns
/// @param modes how many modes of the weight are truncated side by side, this one among them: 1 for the form `U
///     S Vᵀ`, 2 for the Tucker form, whose squared errors add up
public record WeightSpectrum(int rows, int columns, List<Double> sigma, int modes) {
    /// Takes a copy of the singular values.
    public WeightSpectrum {
        sigma = List.copyOf(sigma);
    }

    /// Those of a matrix.
    public WeightSpectrum(int rows, int columns, List<Double> sigma) {
        this(rows, columns, sigma, 1);
    }

    /// The error that this mode may have where the whole weight may have `tolerance`: `tolerance / √modes`.
    double share(double tolerance) {
        return modes == 1 ? tolerance : tolerance / Math.sqrt(modes);
    }

    /// `sqrt(Σ_{i > r} sigma_i²) / ‖sigma‖₂`: the relative error of keeping `r` directions; 0 for a weight that
    /// is 0.
    public double tail(int r) {
        double norm = norm(sigma);
        return norm > 0 ? norm(sigma.subList(r, sigma.size())) / norm : 0;
    }

    private static double norm(List<Double> values) {
        double norm = 0;
        for (double value : values.reversed()) {
            norm = Math.hypot(norm, value); // squares would overflow or vanish; the smallest first
        }
        return norm;
    }

    /// What each direction that is kept costs at evaluation: `m + n` numbers.
    public int parametersPerRank() {
        return rows + columns;
    }
}
