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

    /// What each direction that is kept costs at evaluation: `m + n` numbers.
    public int parametersPerRank() {
        return rows + columns;
    }
}
