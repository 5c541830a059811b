package dev.stiefel.lowrank;

import java.util.List;

/// How many directions to keep, given the singular values of a matrix.
public sealed interface RankRule {
    /// The largest rank that no rule's user means to exceed.
    int UNLIMITED = Integer.MAX_VALUE;

    /// The rank to keep, at least 1 and at most the number of singular values given (descending).
    int rank(List<Double> sigma);

    /// Always this rank.
    ///
    /// @param rank at least 1
    record Fixed(int rank) implements RankRule {
        /// Checks the rank.
        public Fixed {
            requireRanks(rank, rank);
        }

        @Override
        public int rank(List<Double> sigma) {
            return Math.min(rank, sigma.size());
        }
    }

    /// The smallest rank whose discarded tail is small relative to the whole:
    /// `sqrt(Σ_{i > r} sigma_i²) ≤ tolerance · ‖sigma‖₂` (arXiv 2205.13571, Algorithm 1), then held to the limits.
    ///
    /// @param tolerance in `[0, 1)`
    /// @param minRank at least 1
    /// @param maxRank at least `minRank`
    record RelativeTolerance(double tolerance, int minRank, int maxRank) implements RankRule {
        /// Checks the limits.
        public RelativeTolerance {
            if (!(tolerance >= 0 && tolerance < 1)) {
                throw new IllegalArgumentException("tolerance must be in [0, 1); got " + tolerance);
            }
            requireRanks(minRank, maxRank);
        }

        /// With no limits but 1.
        public RelativeTolerance(double tolerance) {
            this(tolerance, 1, UNLIMITED);
        }

        @Override
        public int rank(List<Double> sigma) {
            double norm = 0;
            for (double value : sigma) {
                norm = Math.hypot(norm, value); // squares would overflow or vanish
            }
            return clamped(smallestRank(sigma, tolerance * norm), minRank, maxRank, sigma);
        }
    }

    /// The smallest rank whose discarded tail is small: `sqrt(Σ_{i > r} sigma_i²) ≤ tolerance`, then held to the
    /// limits.
    ///
    /// @param tolerance at least 0, in the units of the matrix
    /// @param minRank at least 1
    /// @param maxRank at least `minRank`
    record AbsoluteTolerance(double tolerance, int minRank, int maxRank) implements RankRule {
        /// Checks the limits.
        public AbsoluteTolerance {
            if (!(tolerance >= 0 && Double.isFinite(tolerance))) {
                throw new IllegalArgumentException(
                        "absolute tolerance must be at least 0 and finite; got " + tolerance);
            }
            requireRanks(minRank, maxRank);
        }

        /// With no limits but 1.
        public AbsoluteTolerance(double tolerance) {
            this(tolerance, 1, UNLIMITED);
        }

        @Override
        public int rank(List<Double> sigma) {
            return clamped(smallestRank(sigma, tolerance), minRank, maxRank, sigma);
        }
    }

    private static int smallestRank(List<Double> sigma, double threshold) {
        double tail = 0;
        int rank = sigma.size();
        while (rank > 0) {
            double grown = Math.hypot(tail, sigma.get(rank - 1));
            if (!(grown <= threshold)) {
                return rank;
            }
            tail = grown;
            rank--;
        }
        return rank;
    }

    private static int clamped(int rank, int minRank, int maxRank, List<Double> sigma) {
        return Math.clamp(rank, Math.min(minRank, sigma.size()), Math.min(maxRank, sigma.size()));
    }

    private static void requireRanks(int minRank, int maxRank) {
        if (minRank < 1 || maxRank < minRank) {
            throw new IllegalArgumentException(
                    "ranks must satisfy 1 ≤ minimum ≤ maximum; got minimum %d, maximum %d".formatted(minRank, maxRank));
        }
    }
}
