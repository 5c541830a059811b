package dev.stiefel.integrator;

import dev.stiefel.lowrank.RankRule;

/// The augmented backward-corrected projector-splitting integrator at fixed rank (Kusch, Schotthöfer &
/// Walter 2025, arXiv 2502.03006): projector splitting whose backward step for `S` is replaced by a
/// projection.
///
///     Uhat = orth([U0 | K1]),   K1 = (1 − hλ) U0 S0 − h d(∇K)    first pass, at U0 S0 V0ᵀ
///     L = V0 Stildeᵀ,   Stilde = (1 − hλ) Uhatᵀ U0 S0            so that Uhat Lᵀ = (1 − hλ) W0 exactly
///     L1 = L − h d(∇L),   Vhat = orth(L1),   Shat = L1ᵀ Vhat     second pass, at Uhat Lᵀ
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)                     back to the rank that each weight had
///
/// Order 1, two passes, the second with `2r` columns on the left and `r` on the right; an SVD of a `[2r,
/// 2r]` core in every step. Exact when the flow's increment keeps the solution at rank ≤ r; its error
/// does not depend on small singular values. Dense unknowns step once, with the second pass.
///
/// Deviations: `[U0 | d(∇K)]` stands for `[U0 | K1]`, which spans the same; moments of `K` and `L` are
/// carried with the bases (a direction that `Uhat` gains has none yet), and there are none of `S`, which
/// takes no step of its own; weight decay acts on the core. Where `2r` exceeds a side of the matrix,
/// that basis is the whole space.
public record BackwardCorrected() implements Integrator {
    @Override
    public StepWork work() {
        return BackwardCorrectedStep.work();
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        RankRule same = new RankRule.Fixed(point.ranks());
        return BackwardCorrectedStep.take(point, field, descent, size, workspace, same);
    }
}
