package dev.stiefel.train;

import dev.stiefel.integrator.AdaptiveBackwardCorrected;
import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.AdaptiveParallelBug;
import dev.stiefel.integrator.AdaptiveRiemannian;
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
import java.util.Optional;
import java.util.function.Function;

/// The library's training methods, by their names for users.
public enum Method implements TrainingMethod {
    /// The Riemannian one-pass step.
    RIEMANNIAN("riemannian", new Riemannian(), AdaptiveRiemannian::new),
    /// The basis-update and Galerkin integrator.
    BUG("bug", new FixedRankBug(), AdaptiveBug::new),
    /// The parallel basis-update and Galerkin integrator.
    PARALLEL_BUG("parallel-bug", new ParallelBug(), AdaptiveParallelBug::new),
    /// Blocks of steps of the cores alone, in bases augmented at their beginning.
    S_ONLY("s-only", new SOnly(), rule -> new Truncating(new SOnly(), rule)),
    /// The augmented backward-corrected projector-splitting integrator.
    BACKWARD_CORRECTED("backward-corrected", new BackwardCorrected(), AdaptiveBackwardCorrected::new),
    /// The projector-splitting integrator.
    PROJECTOR_SPLITTING("projector-splitting", new ProjectorSplitting()),
    /// Plain gradient steps on both factors.
    FACTORS("factors", new VanillaFactors()),
    /// The reference network, not factored.
    DENSE("dense", new Dense());

    private final String word;

    @SuppressWarnings("ImmutableEnumChecker") // integrators are values: records that hold no state
    private final Integrator step;

    @SuppressWarnings("ImmutableEnumChecker") // constructors of such records
    private final Optional<Function<RankRule, Integrator>> adaptive;

    Method(String word, Integrator step) {
        this.word = word;
        this.step = step;
        this.adaptive = Optional.empty();
    }

    Method(String word, Integrator step, Function<RankRule, Integrator> adaptive) {
        this.word = word;
        this.step = step;
        this.adaptive = Optional.of(adaptive);
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
        return adaptive.isPresent();
    }

    @Override
    public Integrator adaptiveStep(RankRule rule) {
        return adaptive.map(made -> made.apply(rule)).orElseGet(() -> TrainingMethod.super.adaptiveStep(rule));
    }

    @Override
    public boolean trainsInBlocks() {
        return this == S_ONLY;
    }

    @Override
    public boolean isLowRank() {
        return this != DENSE;
    }

    @Override
    public Gauge gauge() {
        return this == FACTORS ? Gauge.FREE : Gauge.ORTHONORMAL;
    }
}
