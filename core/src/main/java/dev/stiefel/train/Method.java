package dev.stiefel.train;

import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.AdaptiveRiemannian;
import dev.stiefel.integrator.Dense;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.Riemannian;
import dev.stiefel.integrator.VanillaFactors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankRule;

/// The integrators by the names that users choose them with: each in its form that holds ranks, and the one that adapts
/// them where there is one.
public enum Method {
    /// The Riemannian one-pass step.
    RIEMANNIAN("riemannian"),
    /// The basis-update and Galerkin integrator.
    BUG("bug"),
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

    /// The step between adaptations of the rank.
    public Integrator holding() {
        return switch (this) {
            case RIEMANNIAN -> new Riemannian();
            case BUG -> new FixedRankBug();
            case FACTORS -> new VanillaFactors();
            case DENSE -> new Dense();
        };
    }

    /// The step that adapts the rank by this rule.
    ///
    /// @throws IllegalArgumentException if the method holds its ranks
    public Integrator adapting(RankRule rule) {
        return switch (this) {
            case RIEMANNIAN -> new AdaptiveRiemannian(rule);
            case BUG -> new AdaptiveBug(rule);
            case FACTORS, DENSE ->
                throw new IllegalArgumentException("method '%s' cannot adapt ranks; give a rank".formatted(word));
        };
    }

    /// Whether ranks can be adapted.
    public boolean adapts() {
        return this == RIEMANNIAN || this == BUG;
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
