package dev.stiefel.integrator;

import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.lowrank.RankRule;

/// The rank-adaptive basis-update and Galerkin integrator (Ceruti, Kusch & Lubich 2022,
/// doi:10.1007/s10543-021-00907-7; arXiv 2205.13571, Algorithm 1).
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   Uhat = orth([K1 | U0]),   M = Uhatᵀ U0
///     L1 = (1 − hλ) V0 S0ᵀ − h d(∇L),  Vhat = orth([L1 | V0]),   N = Vhatᵀ V0    first pass, at U0 S0 V0ᵀ
///     Shat = (1 − hλ) M S0 Nᵀ,   so that Uhat Shat Vhatᵀ = (1 − hλ) W0 exactly
///     Shat ← Shat − h d(∇S)                                              second pass, at Uhat Shat Vhatᵀ
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)                             ranks by the rank rule
///
/// Order 1, two passes, the second on the doubled basis, and an SVD of a `[2r, 2r]` core. Every call
/// adapts the rank: take steps of [FixedRankBug] in between, since truncating with a large tolerance
/// after every step removes new directions before they can grow. Where `2r` exceeds a side of the
/// matrix, that basis is the whole space. Deviations as in [FixedRankBug].
///
/// A kernel in Tucker form takes the step of arXiv 2305.19059, Algorithm 1: the core is augmented in both
/// modes, and each
/// truncated by the singular values of its unfolding, with `τ/√2` of a tolerance `τ`.
///
/// @param rule number of directions to keep of each weight
public record AdaptiveBug(RankRule rule) implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS)
                .evaluating(Part.K, Part.L)
                .makingBases(2)
                .evaluatingIn(2, 2, Part.S, Part.DENSE)
                .decomposing(2);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        return BugStep.take(
                "rank-adaptive BUG",
                point,
                field,
                descent,
                size,
                workspace,
                StepOperations::augmentedBasis,
                (step, augmented, loss) -> {
                    workspace.enter(Stage.OPTIMIZER);
                    augmented.carryCores(descent);
                    StepOutcome outcome = StepOperations.coreStep(step, point, field, descent, size, workspace, loss);
                    if (outcome instanceof StepOutcome.Taken) {
                        truncate(descent, augmented, workspace);
                    }
                    return outcome;
                });
    }

    private void truncate(DescentDirections descent, BugStep.Moved augmented, Workspace workspace) {
        workspace.enter(Stage.TRUNCATION);
        try (PointTruncation truncation = PointTruncation.of(augmented.weights(), rule, workspace)) {
            truncation.carryCores(descent);
            truncation.carrySides(descent, augmented.moves());
        }
    }
}
