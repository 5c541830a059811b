package dev.stiefel.train;

import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import java.util.Optional;

/// When ranks are adapted during a run, and by which rule.
public sealed interface RankPlan {
    /// The rule to adapt by in a step; empty to hold the ranks.
    ///
    /// @param step counted from 0 over the whole run
    /// @param steps of the whole run
    /// @param stepsPerEpoch of an epoch
    Optional<RankRule> at(long step, long steps, int stepsPerEpoch);

    /// Ranks adapted once an epoch by a relative tolerance that rises from `start` to `end` over the first half of the
    /// run.
    static RankPlan tolerance(double start, double end) {
        return new Adapt(Adapt.Measure.RELATIVE, start, end, 1, RankRule.UNLIMITED, Adapt.EVERY_EPOCH);
    }

    /// Ranks stay what they are.
    record Hold() implements RankPlan {
        @Override
        public Optional<RankRule> at(long step, long steps, int stepsPerEpoch) {
            return Optional.empty();
        }
    }

    /// Ranks follow a tolerance, with fixed-rank steps in between.
    ///
    /// Truncating with a large tolerance after every step throws each new direction away before it can grow;
    /// between adaptations the bases rotate freely and cheaply.
    ///
    /// @param measure what the tolerance is relative to
    /// @param start the tolerance at the beginning
    /// @param end the tolerance from the middle of the run on; in between it changes linearly
    /// @param minRank at least 1
    /// @param maxRank at least `minRank`
    /// @param every steps from one adaptation to the next; [#EVERY_EPOCH] for one an epoch, in its last step
    record Adapt(Measure measure, double start, double end, int minRank, int maxRank, int every) implements RankPlan {
        /// One adaptation an epoch.
        public static final int EVERY_EPOCH = 0;

        /// What a tolerance is relative to.
        public enum Measure {
            /// The norm of the matrix.
            RELATIVE,
            /// Nothing: it is in the units of the matrix.
            ABSOLUTE
        }

        /// Checks the ranges.
        public Adapt {
            rule(measure, start, minRank, maxRank);
            rule(measure, end, minRank, maxRank);
            if (every < 0) {
                throw new IllegalArgumentException("adapt every: must be at least 1 step; got " + every);
            }
        }

        @Override
        public Optional<RankRule> at(long step, long steps, int stepsPerEpoch) {
            int period = every == EVERY_EPOCH ? stepsPerEpoch : every;
            if ((step + 1) % period != 0) {
                return Optional.empty();
            }
            double annealed = Math.min(1, 2.0 * step / Math.max(1, steps));
            return Optional.of(rule(measure, start + (end - start) * annealed, minRank, maxRank));
        }

        private static RankRule rule(Measure measure, double tolerance, int minRank, int maxRank) {
            return switch (measure) {
                case RELATIVE -> new RelativeTolerance(tolerance, minRank, maxRank);
                case ABSOLUTE -> new AbsoluteTolerance(tolerance, minRank, maxRank);
            };
        }
    }
}
