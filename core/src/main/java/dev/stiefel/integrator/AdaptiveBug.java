package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import java.util.Arrays;
import java.util.List;

/// The rank-adaptive basis-update and Galerkin integrator (Ceruti, Kusch & Lubich 2022,
/// doi:10.1007/s10543-021-00907-7; arXiv 2205.13571, Algorithm 1).
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   Uhat = orth([K1 | U0]),   M = Uhatᵀ U0
///     L1 = (1 − hλ) V0 S0ᵀ − h d(∇L),  Vhat = orth([L1 | V0]),   N = Vhatᵀ V0    first pass, at U0 S0 V0ᵀ
///     Shat = (1 − hλ) M S0 Nᵀ,   so that Uhat Shat Vhatᵀ = (1 − hλ) W0 exactly
///     Shat ← Shat − h d(∇S)                                              second pass, at Uhat Shat Vhatᵀ
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)                             by the rank rule
///
/// Order 1, two passes, the second on the doubled basis, and an SVD of a `[2r, 2r]` core. Every call
/// adapts the rank: take steps of [FixedRankBug] in between, since truncating with a large tolerance
/// after every step removes new directions before they can grow. Where `2r` exceeds a side of the
/// matrix, that basis is the whole space. Deviations as in [FixedRankBug].
///
/// @param rule how many directions to keep
public record AdaptiveBug(RankRule rule) implements Integrator {
    @Override
    public int passes() {
        return 2;
    }

    @Override
    public StepOutcome step(Point point, GradientField field, Descent descent, StepSize size, Workspace workspace) {
        return BugStep.take(
                "rank-adaptive BUG",
                point,
                field,
                descent,
                size,
                workspace,
                (scope, stepped, before) -> OrthonormalBasis.of(scope, Stages.augmented(scope, stepped, before)),
                (step, augmentation, loss) -> {
                    workspace.enter(Stage.OPTIMIZER);
                    descent.carry(augmentation, Part.S);
                    StepOutcome outcome = BugStep.coreStep(step, point, field, descent, size, workspace, loss);
                    if (outcome instanceof StepOutcome.Taken) {
                        truncate(point, descent, augmentation, workspace);
                    }
                    return outcome;
                });
    }

    private void truncate(Point point, Descent descent, List<BasisChange> augmentation, Workspace workspace) {
        workspace.enter(Stage.TRUNCATION);
        int count = augmentation.size();
        BasisChange[] ofCore = new BasisChange[count]; // from the augmented bases
        BasisChange[] whole = new BasisChange[count]; // from the bases before the step
        try (Scopes scopes = workspace.pool().scopes(count)) {
            workspace.threads().run(count, i -> {
                Scope scope = scopes.open(i);
                Factors f = point.factors().get(i);
                Truncation truncated = Truncation.of(scope, f.U(), f.S(), f.V(), rule);
                f.replace(truncated.U(), truncated.S(), truncated.V());
                ofCore[i] = new BasisChange(truncated.left(), truncated.right());
                whole[i] = new BasisChange(
                        matmul(scope, truncated.left(), augmentation.get(i).left()), // U1ᵀ U0 = Pᵀ M
                        matmul(scope, truncated.right(), augmentation.get(i).right()));
            });
            descent.carry(Arrays.asList(ofCore), Part.S);
            descent.carry(Arrays.asList(whole), Part.K, Part.L);
        }
    }
}
