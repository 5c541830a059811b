package dev.stiefel.train;

import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.RankRule.AbsoluteTolerance;
import dev.stiefel.lowrank.RankRule.RelativeTolerance;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.tensor.Shape;
import java.util.List;
import java.util.Optional;

/// Plan of rank adaptations during a run: their times and rule.
public sealed interface RankPlan {
    /// One adaptation an epoch, in its last step.
    int EVERY_EPOCH = 0;

    /// The most directions that a trial adds to a weight.
    int NEW_DIRECTIONS = 8;

    /// Steps from one adaptation to the next; [#EVERY_EPOCH] for one an epoch.
    int every();

    /// The rule to adapt by if ranks are adapted in this step; empty for a plan that holds them.
    ///
    /// @param step counted from 0 over the whole run
    /// @param steps of the whole run
    Optional<RankRule> rule(long step, long steps);

    /// Refuses weights that do not suit the plan.
    ///
    /// @param weights the shapes `[m, n]` of the factored ones, in order
    /// @throws IllegalArgumentException if limits are for another number of weights, or a budget does
    ///     not hold the least ranks
    void requireFit(List<Shape> weights);

    /// Returns whether weights share a budget of parameters, which only those of the form `U S Vᵀ` can.
    default boolean sharesBudget() {
        return false;
    }

    /// Returns whether this step is the last of a period.
    ///
    /// @param stepsPerEpoch of an epoch
    default boolean endsPeriod(long step, int stepsPerEpoch) {
        return (step + 1) % period(stepsPerEpoch) == 0;
    }

    /// Steps from one adaptation to the next.
    private int period(int stepsPerEpoch) {
        return every() == EVERY_EPOCH ? stepsPerEpoch : every();
    }

    /// The number of steps before the end of a period at which new directions are added on trial; 0 for never.
    int trial();

    /// The limits that ranks keep.
    RankLimits limits();

    /// Returns whether ranks are held by now although the plan would adapt them.
    private boolean isSettled(long step, long steps, int stepsPerEpoch) {
        return trial() > 0 && annealed(step - period(stepsPerEpoch), steps) >= 1;
    }

    /// Returns whether new directions are added in this step. None are where a period is no longer than a trial.
    private boolean opensTrial(long step, long steps, int stepsPerEpoch) {
        return trial() > 0
                && trial() < period(stepsPerEpoch)
                && annealed(step, steps) < 1
                && endsPeriod(step + trial(), stepsPerEpoch);
    }

    /// Returns whether ranks have been adapted by the plan's final rule: before, the network may be much larger
    /// than its final tolerance or budget allows. True of a plan that holds ranks.
    ///
    /// @param taken steps so far
    /// @param steps of the whole run
    /// @param stepsPerEpoch of an epoch
    default boolean isAtItsEnd(long taken, long steps, int stepsPerEpoch) {
        int period = period(stepsPerEpoch);
        return isAtItsEndAfter(taken / period * period - 1, steps);
    }

    /// The same, where ranks were last adapted in step `adapted`; negative: never.
    default boolean isAtItsEndAfter(long adapted, long steps) {
        Optional<RankRule> end = rule(steps - 1, steps);
        return end.isEmpty() || (adapted >= 0 && rule(adapted, steps).equals(end));
    }

    /// The rule to adapt by in a step; empty to hold the ranks.
    ///
    /// @param step counted from 0 over the whole run
    /// @param steps of the whole run
    /// @param stepsPerEpoch of an epoch
    /// @param ranks ranks of the weights before the step, in order
    default Optional<RankRule> at(long step, long steps, int stepsPerEpoch, List<TuckerRanks> ranks) {
        if (endsPeriod(step, stepsPerEpoch)) {
            return isSettled(step, steps, stepsPerEpoch) ? Optional.empty() : rule(step, steps);
        }
        return opensTrial(step, steps, stepsPerEpoch)
                ? Optional.of(new RankRule.Widening(ranks, NEW_DIRECTIONS, limits()))
                : Optional.empty();
    }

    /// Ranks adapted once an epoch by a relative tolerance that rises from `start` to `end` over the
    /// first half of the run.
    static RankPlan tolerance(double start, double end) {
        return new Adapt(Adapt.Measure.RELATIVE, start, end, RankLimits.NONE, EVERY_EPOCH);
    }

    /// Ranks adapted once an epoch to a budget that falls from what the network has to a share of what
    /// it would have if all its weights were dense, over the first half of the run. Weights that are not
    /// factored count, biases do not: at the end [dev.stiefel.model.Network#compression] is `1 − share`,
    /// or a little more.
    ///
    /// @param before the network before the first step
    /// @param share of the dense network's parameters, in `(0, 1]`
    /// @throws IllegalArgumentException if the weights that are not factored alone need more than the
    ///     share
    static RankPlan budget(NetworkSpec before, double share) {
        return budget(before, share, RankLimits.NONE, EVERY_EPOCH);
    }

    /// The same with limits, and another period.
    ///
    /// @param every steps from one adaptation to the next; [#EVERY_EPOCH] for one an epoch
    static RankPlan budget(NetworkSpec before, double share, RankLimits limits, int every) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("rank budget: the share must be in (0, 1]; got " + share);
        }
        long factored = before.factoredParameters();
        long fixed = before.parameters() - factored;
        long end = (long) (share * before.denseParameters()) - fixed;
        if (end < 1) {
            throw new IllegalArgumentException(
                    "rank budget: the share must be more than the %d of %d parameters that are not factored; got %s"
                            .formatted(fixed, before.denseParameters(), share));
        }
        return new Budget(Math.max(factored, end), end, limits, every);
    }

    /// The same ranks by the same rule, but every weight gets up to [#NEW_DIRECTIONS] new directions before
    /// each adaptation, which then have some steps to grow; and once the middle of the run is past and ranks
    /// have been adapted there, they are held.
    ///
    /// A new direction enters with a singular value of the size of one step. A rule that judges it there and then
    /// keeps it only where tolerances are tiny: ranks fall, and never rise. After a trial what is kept is what
    /// the loss had a use for, and ranks rise from any start to what the rule wants. Costs a second truncation
    /// per period, and steps at larger ranks before it. In the second half both trials and cuts were seen to cost
    /// accuracy: a tolerance would cut off as much again in every period, and what is added late has no time to
    /// settle. Our choice; for methods that train in blocks, which try all directions as it is, it means nothing.
    ///
    /// @param plan when and how ranks are adapted
    /// @param trial number of steps before it at which the new directions are added; at least 1
    record Trying(RankPlan plan, int trial) implements RankPlan {
        /// Checks the range.
        public Trying {
            if (trial < 1) {
                throw new IllegalArgumentException("trial: must be at least 1 step; got " + trial);
            }
        }

        @Override
        public int every() {
            return plan.every();
        }

        @Override
        public RankLimits limits() {
            return plan.limits();
        }

        @Override
        public boolean sharesBudget() {
            return plan.sharesBudget();
        }

        @Override
        public Optional<RankRule> rule(long step, long steps) {
            return plan.rule(step, steps);
        }

        @Override
        public void requireFit(List<Shape> weights) {
            plan.requireFit(weights);
        }
    }

    /// Ranks stay what they are.
    ///
    /// @param every steps from where a method that trains in blocks ([TrainingMethod#trainsInBlocks]) begins
    ///     one to where it begins the next; [#EVERY_EPOCH] for one an epoch. It means nothing to other
    ///     methods
    record Hold(int every) implements RankPlan {
        /// Checks the range.
        public Hold {
            requirePeriod(every);
        }

        /// A plan with blocks of one epoch.
        public Hold() {
            this(EVERY_EPOCH);
        }

        @Override
        public int trial() {
            return 0;
        }

        @Override
        public RankLimits limits() {
            return RankLimits.NONE;
        }

        @Override
        public Optional<RankRule> rule(long step, long steps) {
            return Optional.empty();
        }

        @Override
        public void requireFit(List<Shape> weights) {}
    }

    /// Ranks follow a tolerance, with fixed-rank steps between adaptations.
    ///
    /// Truncating with a large tolerance after every step throws each new direction away before it can
    /// grow; between adaptations the bases rotate freely and cheaply.
    ///
    /// @param measure reference of the tolerance
    /// @param start the tolerance at the beginning
    /// @param end the tolerance from the middle of the run on; in between it changes linearly
    /// @param limits limits of the ranks
    /// @param every steps from one adaptation to the next; [#EVERY_EPOCH] for one an epoch, in its last
    ///     step
    record Adapt(Measure measure, double start, double end, RankLimits limits, int every) implements RankPlan {
        /// Reference of a tolerance.
        public enum Measure {
            /// The norm of the matrix.
            RELATIVE,
            /// Nothing: it is in the units of the matrix.
            ABSOLUTE
        }

        /// Checks the ranges.
        public Adapt {
            rule(measure, start, limits);
            rule(measure, end, limits);
            requirePeriod(every);
        }

        @Override
        public int trial() {
            return 0;
        }

        @Override
        public Optional<RankRule> rule(long step, long steps) {
            return Optional.of(rule(measure, start + (end - start) * annealed(step, steps), limits));
        }

        @Override
        public void requireFit(List<Shape> weights) {
            limits.requireFit(weights.size());
        }

        private static RankRule rule(Measure measure, double tolerance, RankLimits limits) {
            return switch (measure) {
                case RELATIVE -> new RelativeTolerance(tolerance, limits);
                case ABSOLUTE -> new AbsoluteTolerance(tolerance, limits);
            };
        }
    }

    /// Ranks share a budget of parameters, with fixed-rank steps in between: the final size is known
    /// beforehand, which layers it goes to is not.
    ///
    /// @param start parameters for the factored weights at the beginning: those that they have, to
    ///     anneal; `end`, for a constant budget
    /// @param end parameters for them from the middle of the run on; in between they change linearly
    /// @param limits limits of the ranks
    /// @param every steps from one adaptation to the next; [#EVERY_EPOCH] for one an epoch, in its last
    ///     step
    record Budget(long start, long end, RankLimits limits, int every) implements RankPlan {
        /// Checks the ranges.
        public Budget {
            new RankRule.Budget(start, limits); // checks them
            new RankRule.Budget(end, limits);
            requirePeriod(every);
        }

        @Override
        public boolean sharesBudget() {
            return true;
        }

        @Override
        public int trial() {
            return 0;
        }

        @Override
        public Optional<RankRule> rule(long step, long steps) {
            return Optional.of(new RankRule.Budget(start + Math.round((end - start) * annealed(step, steps)), limits));
        }

        @Override
        public void requireFit(List<Shape> weights) {
            new RankRule.Budget(Math.min(start, end), limits).requireFit(weights);
        }
    }

    /// The fraction of the way from the first value to the last: from 0 at the first step to 1 in the middle.
    private static double annealed(long step, long steps) {
        return Math.min(1, 2.0 * step / Math.max(1, steps));
    }

    private static void requirePeriod(int every) {
        if (every < 0) {
            throw new IllegalArgumentException("adapt every: must be at least 1 step; got " + every);
        }
    }
}
