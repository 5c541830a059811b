package dev.stiefel.train;

import dev.stiefel.integrator.Augmenting;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.StepWork;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankRule;
import java.util.function.Function;

/// A way to train: the step that holds the ranks, and the one that adapts them where there is one. The
/// library's own are [Method]; one of your own is made of an integrator:
///
/// ```java
/// TrainingMethod mine = TrainingMethod.of("mine", new MyStep());
/// ```
public interface TrainingMethod {
    /// The method's name, as users type it and messages have it.
    String word();

    /// The step between adaptations of the rank; within a block, for a method that trains in blocks.
    Integrator fixedRankStep();

    /// Returns whether ranks can be adapted.
    default boolean adapts() {
        return false;
    }

    /// The step that adapts the rank by this rule; the last of a block, for a method that trains in blocks.
    ///
    /// @throws IllegalArgumentException if the method holds its ranks
    default Integrator adaptiveStep(RankRule rule) {
        throw new IllegalArgumentException("method '%s' cannot adapt ranks; give a rank".formatted(word()));
    }

    /// Returns whether steps come in blocks: bases are augmented in the first, and truncated in the last.
    default boolean trainsInBlocks() {
        return false;
    }

    /// The same step where it is the first of a block; itself, for a method that does not train in blocks.
    default Integrator openingStep(Integrator step) {
        return trainsInBlocks() ? new Augmenting(step) : step;
    }

    /// Returns whether weights are factored at all.
    default boolean isLowRank() {
        return true;
    }

    /// The gauge of the method's factors.
    default Gauge gauge() {
        return Gauge.ORTHONORMAL;
    }

    /// The work of a step that leaves the ranks as they are; within a block, for a method that trains in blocks.
    default StepWork fixedRankWork() {
        StepWork work = fixedRankStep().work();
        return trainsInBlocks() ? work.widened(2) : work;
    }

    /// The work of a step that adapts the ranks; for a method that trains in blocks, of one that also opens a
    /// block.
    ///
    /// @throws IllegalArgumentException if the method holds its ranks
    default StepWork adaptiveWork() {
        return openingStep(adaptiveStep(new RankRule.RelativeTolerance(0.1))).work();
    }

    /// A method for weights in the orthonormal gauge that holds its ranks.
    static TrainingMethod of(String word, Integrator step) {
        return new TrainingMethod() {
            @Override
            public String word() {
                return word;
            }

            @Override
            public Integrator fixedRankStep() {
                return step;
            }
        };
    }

    /// A method for weights in the orthonormal gauge that holds its ranks or adapts them.
    static TrainingMethod of(String word, Integrator step, Function<RankRule, Integrator> adaptive) {
        return new TrainingMethod() {
            @Override
            public String word() {
                return word;
            }

            @Override
            public Integrator fixedRankStep() {
                return step;
            }

            @Override
            public boolean adapts() {
                return true;
            }

            @Override
            public Integrator adaptiveStep(RankRule rule) {
                return adaptive.apply(rule);
            }
        };
    }
}
