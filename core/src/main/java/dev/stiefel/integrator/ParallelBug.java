package dev.stiefel.integrator;

import dev.stiefel.lowrank.RankRule;

/// The parallel basis-update and Galerkin integrator at fixed rank (Ceruti, Kusch & Lubich 2023, arXiv
/// 2304.05660; for training GeoLoRA, arXiv 2410.18720).
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   L1 = (1 − hλ) V0 S0ᵀ − h d(∇L),   Sbar = (1 − hλ) S0 − h d(∇S)
///     Uhat = [U0 | Utilde] = orth([U0 | K1]),   Vhat = [V0 | Vtilde] = orth([V0 | L1])
///
///            ⎡ Sbar          L1ᵀ Vtilde ⎤
///     Shat = ⎣ Utildeᵀ K1    0          ⎦        all from one pass, at U0 S0 V0ᵀ
///
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)      back to the rank that each weight had
///
/// Order 1, one pass, and an SVD of a `[2r, 2r]` core in *every* step. Its error does not depend on small
/// singular values; it is not exact for flows of rank `r`, since the block of zeros leaves out what the gradient
/// has normal to the tangent space. With plain SGD it is the step of [AdaptiveRiemannian], and so is its clip
/// norm: the gradient's in the tangent space. They differ in their momentum: here `K`, `L` and `S` have moments
/// of their own, elementwise ones if the optimizer keeps them; there the momentum is in the tangent space.
///
/// Deviations: `Shat` is computed whatever the signs of the basis that `orth` gives; `[U0 | d(∇K)]`
/// stands for `[U0 | K1]`, which spans the same, because there `K1` is nearly in the span of `U0` and
/// the difference would be taken by cancellation; moments of `K`, `L` and `S` are carried with the
/// bases. Where `2r` exceeds a side of the matrix, that basis is the whole space.
public record ParallelBug() implements Integrator {
    @Override
    public StepWork work() {
        return ParallelStep.work();
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        RankRule same = new RankRule.Fixed(point.ranks());
        return ParallelStep.take("parallel BUG", point, field, descent, size, workspace, same);
    }
}
