package dev.stiefel.train;

import dev.stiefel.integrator.AdaptiveBackwardCorrected;
import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.AdaptiveParallelBug;
import dev.stiefel.integrator.AdaptiveRiemannian;
import dev.stiefel.integrator.Augmenting;
import dev.stiefel.integrator.BackwardCorrected;
import dev.stiefel.integrator.Dense;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.ParallelBug;
import dev.stiefel.integrator.ProjectorSplitting;
import dev.stiefel.integrator.Riemannian;
import dev.stiefel.integrator.SOnly;
import dev.stiefel.integrator.Truncating;
import dev.stiefel.integrator.VanillaFactors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankRule;

/// The integrators by the names that users choose them with: each in its form that holds ranks, and the
/// one that adapts them where there is one.
public enum Method {
    /// The Riemannian one-pass step.
    RIEMANNIAN("riemannian"),
    /// The basis-update and Galerkin integrator.
    BUG("bug"),
    /// The parallel basis-update and Galerkin integrator.
    PARALLEL_BUG("parallel-bug"),
    /// Blocks of steps of the cores alone, in bases augmented at their beginning.
    S_ONLY("s-only"),
    /// The augmented backward-corrected projector-splitting integrator.
    BACKWARD_CORRECTED("backward-corrected"),
    /// The projector-splitting integrator.
    PROJECTOR_SPLITTING("projector-splitting"),
    /// Plain gradient steps on both factors.
    FACTORS("factors"),
    /// The reference network, not factored.
    DENSE("dense");

    private final String word;

    Method(String word) {
        this.word = word;
    }

    /// What users type.
    public String word() {
        return word;
    }

    /// The method of this name.
    ///
    /// @throws IllegalArgumentException if there is none
    public static Method of(String word) {
        for (Method method : values()) {
            if (method.word.equals(word)) {
                return method;
            }
        }
        throw new IllegalArgumentException("there is no method '" + word + "'");
    }

    /// The step between adaptations of the rank; within a block, for a method that trains in blocks.
    public Integrator holding() {
        return switch (this) {
            case RIEMANNIAN -> new Riemannian();
            case BUG -> new FixedRankBug();
            case PARALLEL_BUG -> new ParallelBug();
            case S_ONLY -> new SOnly();
            case BACKWARD_CORRECTED -> new BackwardCorrected();
            case PROJECTOR_SPLITTING -> new ProjectorSplitting();
            case FACTORS -> new VanillaFactors();
            case DENSE -> new Dense();
        };
    }

    /// The step that adapts the rank by this rule; the last of a block, for a method that trains in
    /// blocks.
    ///
    /// @throws IllegalArgumentException if the method holds its ranks
    public Integrator adapting(RankRule rule) {
        return switch (this) {
            case RIEMANNIAN -> new AdaptiveRiemannian(rule);
            case BUG -> new AdaptiveBug(rule);
            case PARALLEL_BUG -> new AdaptiveParallelBug(rule);
            case S_ONLY -> new Truncating(new SOnly(), rule);
            case BACKWARD_CORRECTED -> new AdaptiveBackwardCorrected(rule);
            case PROJECTOR_SPLITTING, FACTORS, DENSE ->
                throw new IllegalArgumentException("method '%s' cannot adapt ranks; give a rank".formatted(word));
        };
    }

    /// The same step where it is the first of a block; itself, for a method that does not train in
    /// blocks.
    public Integrator beginning(Integrator step) {
        return trainsInBlocks() ? new Augmenting(step) : step;
    }

    /// Whether steps come in blocks: bases are augmented in the first, and truncated in the last.
    public boolean trainsInBlocks() {
        return this == S_ONLY;
    }

    /// Whether ranks can be adapted.
    public boolean adapts() {
        return switch (this) {
            case RIEMANNIAN, BUG, PARALLEL_BUG, S_ONLY, BACKWARD_CORRECTED -> true;
            case PROJECTOR_SPLITTING, FACTORS, DENSE -> false;
        };
    }

    /// Whether bases are doubled on the way even where ranks are held.
    public boolean augments() {
        return switch (this) {
            case PARALLEL_BUG, S_ONLY, BACKWARD_CORRECTED -> true;
            case RIEMANNIAN, BUG, PROJECTOR_SPLITTING, FACTORS, DENSE -> false;
        };
    }

    /// Whether weights are factored at all.
    public boolean isLowRank() {
        return this != DENSE;
    }

    /// The gauge that the method's factors are in.
    public Gauge gauge() {
        return this == FACTORS ? Gauge.FREE : Gauge.ORTHONORMAL;
    }
}
