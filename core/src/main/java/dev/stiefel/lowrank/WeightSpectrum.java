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

    /// `sigma_k / ‖sigma‖₂`, the share of direction `k`, counted from 0; 0 for a weight that is 0.
    public double share(int k) {
        double norm = 0;
        for (double value : sigma) {
            norm = Math.hypot(norm, value); // squares would overflow or vanish
        }
        return norm > 0 ? sigma.get(k) / norm : 0;
    }

    /// What each direction that is kept costs at evaluation: `m + n` numbers.
    public int parametersPerRank() {
        return rows + columns;
    }
}
