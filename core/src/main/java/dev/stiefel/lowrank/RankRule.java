package dev.stiefel.lowrank;

import dev.stiefel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToIntFunction;

/// A rule for the number of directions to keep in each weight, given the singular values of all of them. Where a
/// weight has fewer singular values than its least rank, all are kept. A weight of several modes is asked about a
/// mode at a time, and each may err by its share of a tolerance ([WeightSpectrum#mode]).
public sealed interface RankRule {
    /// The ranks to keep, one a weight, in order: each at least 1 and at most the number of singular
    /// values given.
    ///
    /// @throws IllegalArgumentException if the rule is for another number of weights
    List<Integer> ranks(List<WeightSpectrum> weights);

    /// Always these ranks.
    ///
    /// @param ranks one for all weights, or one a weight, in order; each at least 1
    record Fixed(List<Integer> ranks) implements RankRule {
        /// Checks the ranks.
        public Fixed {
            ranks = List.copyOf(ranks);
            new RankLimits(ranks, ranks); // checks them
        }

        /// The same rank for all weights.
        public Fixed(int rank) {
            this(List.of(rank));
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            return keeping(weights, new RankLimits(ranks, ranks), weight -> 1);
        }
    }

    /// Always these ranks, of both modes where a weight has two.
    ///
    /// @param ranks one pair a weight, in order; equal where there is one mode
    record Held(List<TuckerRanks> ranks) implements RankRule {
        /// Takes a copy of the ranks.
        public Held {
            ranks = List.copyOf(ranks);
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            RankLimits.requireOneOrEach("held ranks", ranks, weights.size());
            List<Integer> kept = new ArrayList<>();
            for (int i = 0; i < weights.size(); i++) {
                int rank =
                        ranks.get(ranks.size() == 1 ? 0 : i).of(weights.get(i).mode());
                kept.add(Math.min(rank, weights.get(i).sigma().size()));
            }
            return Collections.unmodifiableList(kept);
        }
    }

    /// The ranks that weights had before their bases were augmented, and some directions more, or all there are.
    ///
    /// @param before one pair a weight, in order; equal where there is one mode
    /// @param directions number of further directions, at least 1
    /// @param limits limits of the ranks
    record Widening(List<TuckerRanks> before, int directions, RankLimits limits) implements RankRule {
        /// Takes a copy of the ranks, and checks the number.
        public Widening {
            before = List.copyOf(before);
            if (directions < 1) {
                throw new IllegalArgumentException("widening must be by at least 1 direction; got " + directions);
            }
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            RankLimits.requireOneOrEach("ranks before widening", before, weights.size());
            limits.requireFit(weights.size());
            List<Integer> ranks = new ArrayList<>();
            for (int i = 0; i < weights.size(); i++) {
                int own =
                        before.get(before.size() == 1 ? 0 : i).of(weights.get(i).mode());
                int all = weights.get(i).sigma().size();
                ranks.add(limits.clamp(i, (int) Math.min(all, own + (long) directions), all));
            }
            return Collections.unmodifiableList(ranks);
        }
    }

    /// The smallest rank whose discarded tail is small relative to the whole: `sqrt(Σ_{i > r} sigma_i²) ≤
    /// tolerance · ‖sigma‖₂` (arXiv 2205.13571, Algorithm 1), then held to the limits. Decides about each weight
    /// separately.
    ///
    /// @param tolerance in `[0, 1)`
    /// @param limits limits of the ranks
    record RelativeTolerance(double tolerance, RankLimits limits) implements RankRule {
        /// Checks the tolerance.
        public RelativeTolerance {
            if (!(tolerance >= 0 && tolerance < 1)) {
                throw new IllegalArgumentException("tolerance must be in [0, 1); got " + tolerance);
            }
        }

        /// A rule with no limits but 1.
        public RelativeTolerance(double tolerance) {
            this(tolerance, RankLimits.NONE);
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            return keeping(weights, limits, weight -> {
                double norm = 0;
                for (double value : weight.sigma()) {
                    norm = Math.hypot(norm, value); // squares would overflow or vanish
                }
                return smallestRank(weight.sigma(), weight.share(tolerance) * norm);
            });
        }
    }

    /// The smallest rank whose discarded tail is small: `sqrt(Σ_{i > r} sigma_i²) ≤ tolerance`, then held to the
    /// limits. Decides about each weight separately.
    ///
    /// @param tolerance at least 0, in the units of the matrix
    /// @param limits limits of the ranks
    record AbsoluteTolerance(double tolerance, RankLimits limits) implements RankRule {
        /// Checks the tolerance.
        public AbsoluteTolerance {
            if (!(tolerance >= 0 && Double.isFinite(tolerance))) {
                throw new IllegalArgumentException(
                        "absolute tolerance must be at least 0 and finite; got " + tolerance);
            }
        }

        /// A rule with no limits but 1.
        public AbsoluteTolerance(double tolerance) {
            this(tolerance, RankLimits.NONE);
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            return keeping(weights, limits, weight -> smallestRank(weight.sigma(), weight.share(tolerance)));
        }
    }

    /// One relative tolerance for all weights, the smallest that a number of parameters allows: what
    /// [RelativeTolerance] does, with the outcome chosen and the tolerance found.
    ///
    /// Each weight begins with its least rank. Then, again and again, the weight whose discarded tail
    /// `sqrt(Σ_{i > r} sigma_i²) / ‖sigma‖₂` is the largest gets one direction more, until none whose tail is
    /// not zero has a direction that fits what is left of the budget. So long as every next direction
    /// fits, no other choice of ranks that spends as much or less has a smaller largest tail. Ties go to the
    /// earlier weight.
    ///
    /// Our choice, by experiment (docs/maths/rank-rules.md). Keeping the directions with the largest
    /// `sigma²` per parameter instead, or the largest `(sigma / ‖sigma‖₂)²`, minimizes the sum of all
    /// squared errors, but on MNIST at a budget of .04 it left the last layers with ranks 4 and 3, or the
    /// first with rank 10, and accuracy half a point to a point below. Relative to the weight's norm,
    /// because a network with ReLU stays the same when one weight is multiplied by a number and the next
    /// divided by it.
    ///
    /// The least ranks come first, also where they exceed the budget: training refuses such a budget
    /// before it begins ([#requireFit]).
    ///
    /// @param parameters for the factored weights at evaluation, `Σ r (m + n)`; at least 1
    /// @param limits limits of the ranks
    record Budget(long parameters, RankLimits limits) implements RankRule {
        /// Checks the number.
        public Budget {
            if (parameters < 1) {
                throw new IllegalArgumentException("rank budget must be at least 1 parameter; got " + parameters);
            }
        }

        /// A rule with no limits but 1.
        public Budget(long parameters) {
            this(parameters, RankLimits.NONE);
        }

        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            limits.requireFit(weights.size());
            if (weights.stream().anyMatch(each -> each.mode() != WeightSpectrum.Mode.ONLY)) {
                throw new IllegalArgumentException(
                        "rank budget: is for weights of the form U S Vᵀ; got one in Tucker form; use a tolerance");
            }
            List<List<RankChoice>> choices = new ArrayList<>();
            for (int i = 0; i < weights.size(); i++) {
                int all = weights.get(i).sigma().size();
                choices.add(RankChoice.ofMatrix(
                        weights.get(i), limits.clamp(i, 1, all), limits.clamp(i, RankLimits.UNLIMITED, all)));
            }
            return RankChoice.withinBudget(choices, parameters).stream()
                    .map(choice -> choice.ranks().getFirst())
                    .toList();
        }

        /// Refuses a budget that the least ranks alone exceed.
        ///
        /// @param weights their shapes `[m, n]`
        /// @throws IllegalArgumentException if they do, or the limits are for another number of weights
        public void requireFit(List<Shape> weights) {
            limits.requireFit(weights.size());
            long least = 0;
            for (int i = 0; i < weights.size(); i++) {
                int m = weights.get(i).extent(0);
                int n = weights.get(i).extent(1);
                least += (long) Math.min(limits.minRank(i), Math.min(m, n)) * (m + n);
            }
            if (parameters < least) {
                throw new IllegalArgumentException(
                        "rank budget must hold the least ranks, %d parameters; got %d; raise it or lower them"
                                .formatted(least, parameters));
            }
        }
    }

    private static List<Integer> keeping(
            List<WeightSpectrum> weights, RankLimits limits, ToIntFunction<WeightSpectrum> rule) {
        limits.requireFit(weights.size());
        List<Integer> ranks = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            WeightSpectrum weight = weights.get(i);
            ranks.add(limits.clamp(i, rule.applyAsInt(weight), weight.sigma().size()));
        }
        return Collections.unmodifiableList(ranks);
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
}
