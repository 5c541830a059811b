package dev.stiefel.lowrank;

import java.util.List;

/// The singular values of one weight, in the bases that it is to be truncated from: what a [RankRule]
/// knows of it.
///
/// @param rows `m`
/// @param columns `n`
/// @param sigma all of them, descending: as many as the smaller of the two bases has columns
public record WeightSpectrum(int rows, int columns, List<Double> sigma) {
    /// Takes a copy of the singular values.
    public WeightSpectrum {
        sigma = List.copyOf(sigma);
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
