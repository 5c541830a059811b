package dev.stiefel.lowrank;

import java.util.List;

/// Smallest and largest ranks for all rules, one for all factored weights or one for each.
///
/// @param minRanks the least ranks: one for all weights, or one a weight, in order; each at least 1
/// @param maxRanks the greatest, likewise; each at least the least one of the same weight
public record RankLimits(List<Integer> minRanks, List<Integer> maxRanks) {
    /// The largest rank that no rule's user means to exceed.
    public static final int UNLIMITED = Integer.MAX_VALUE;

    /// No limits but 1.
    public static final RankLimits NONE = of(1, UNLIMITED);

    /// Checks that the limits leave a rank for every weight.
    public RankLimits {
        minRanks = List.copyOf(minRanks);
        maxRanks = List.copyOf(maxRanks);
        int weights = Math.max(minRanks.size(), maxRanks.size());
        requireOneOrEach("minimum ranks", minRanks, weights);
        requireOneOrEach("maximum ranks", maxRanks, weights);
        for (int i = 0; i < weights; i++) {
            int minRank = of(minRanks, i);
            int maxRank = of(maxRanks, i);
            if (minRank < 1 || maxRank < minRank) {
                throw new IllegalArgumentException(
                        "ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum %d, maximum %d"
                                .formatted(minRank, maxRank));
            }
        }
    }

    /// The same limits for all weights.
    public static RankLimits of(int minRank, int maxRank) {
        return new RankLimits(List.of(minRank), List.of(maxRank));
    }

    /// The least rank of weight `i`.
    public int minRank(int i) {
        return of(minRanks, i);
    }

    /// The greatest rank of weight `i`.
    public int maxRank(int i) {
        return of(maxRanks, i);
    }

    /// The allowed rank that is nearest to `rank` for weight `i`, which has `available` singular values:
    /// there a minimum that is larger gives way.
    public int clamp(int i, int rank, int available) {
        return Math.clamp(rank, Math.min(minRank(i), available), Math.min(maxRank(i), available));
    }

    /// Refuses limits that are for another number of weights.
    ///
    /// @throws IllegalArgumentException if there are several limits, but not one a weight
    public void requireFit(int weights) {
        requireOneOrEach("minimum ranks", minRanks, weights);
        requireOneOrEach("maximum ranks", maxRanks, weights);
    }

    static void requireOneOrEach(String what, List<?> values, int weights) {
        if (values.size() != 1 && values.size() != weights) {
            throw new IllegalArgumentException("%s must be one for all weights, or one for each of the %d; got %s"
                    .formatted(what, weights, values));
        }
    }

    static int of(List<Integer> values, int i) {
        return values.get(values.size() == 1 ? 0 : i);
    }
}
