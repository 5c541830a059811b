package dev.stiefel.train;

import dev.stiefel.integrator.Integrator;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.TuckerRanks;
import java.util.List;
import java.util.Optional;

/// The integrator of each step of a run: where ranks are adapted, and where blocks begin and end for a method
/// that trains in them. A block ends where its plan's period does, and with every epoch, so that what is
/// evaluated, counted and kept at an epoch's end is never an augmented network. Depends only on the step, so that
/// a run that resumes within a block needs only the ranks at the start of the block.
///
/// @param method method of the steps
/// @param plan when to adapt, and by which rule
/// @param steps of the whole run
/// @param stepsPerEpoch of an epoch
record StepPlan(TrainingMethod method, RankPlan plan, long steps, int stepsPerEpoch) {
    /// Returns whether a block begins in this step, counted from 0.
    boolean begins(long step) {
        return method.trainsInBlocks() && (step == 0 || endsBlock(step - 1));
    }

    /// Returns whether a block ends in this step.
    boolean endsBlock(long step) {
        return method.trainsInBlocks() && (plan.endsPeriod(step, stepsPerEpoch) || (step + 1) % stepsPerEpoch == 0);
    }

    /// Returns whether an epoch is the first after which the network has its final ranks' tolerance or budget.
    ///
    /// @param epoch counted from 1
    boolean isFirstAtItsEnd(int epoch) {
        return isAtItsEnd(epoch) && !isAtItsEnd(epoch - 1);
    }

    /// Returns whether the network has the ranks that are asked for after an epoch. A method that trains in blocks
    /// truncates at the end of every one.
    ///
    /// @param epoch counted from 1
    boolean isAtItsEnd(int epoch) {
        long taken = (long) epoch * stepsPerEpoch;
        return method.trainsInBlocks()
                ? plan.isAtItsEndAfter(taken - 1, steps)
                : plan.isAtItsEnd(taken, steps, stepsPerEpoch);
    }

    /// Returns whether the ranks of the network may be others after this step.
    boolean changesRanks(long step) {
        return begins(step) || rule(step, List.of(), List.of()).isPresent();
    }

    /// The integrator of this step.
    ///
    /// @param blockRanks the ranks that the block began with; anything for a method without blocks
    /// @param ranks ranks of the weights before the step
    Integrator at(long step, List<TuckerRanks> blockRanks, List<TuckerRanks> ranks) {
        Optional<RankRule> rule = rule(step, blockRanks, ranks);
        Integrator inner = rule.map(method::adaptiveStep).orElseGet(method::fixedRankStep);
        return begins(step) ? method.openingStep(inner) : inner;
    }

    /// The rule that ranks are truncated by in this step, if they are.
    private Optional<RankRule> rule(long step, List<TuckerRanks> blockRanks, List<TuckerRanks> ranks) {
        if (!method.trainsInBlocks()) {
            return plan.at(step, steps, stepsPerEpoch, ranks);
        }
        return endsBlock(step)
                ? plan.rule(step, steps).or(() -> Optional.of(new RankRule.Held(blockRanks)))
                : Optional.empty();
    }
}
