package dev.stiefel.integrator;

import dev.stiefel.integrator.StepWork.Directions;

/// The basis-update and Galerkin integrator of fixed rank (Ceruti & Lubich 2022,
/// doi:10.1007/s10543-021-00873-0, the "unconventional" integrator; for training arXiv 2205.13571,
/// where it is called KLS).
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   U1 = orth(K1),   M = U1ᵀ U0
///     L1 = (1 − hλ) V0 S0ᵀ − h d(∇L),  V1 = orth(L1),   N = V1ᵀ V0    first pass, at U0 S0 V0ᵀ
///     S  = (1 − hλ) M S0 Nᵀ
///     S1 = S − h d(∇S)                                            second pass, at U1 S V1ᵀ
///
/// `d` is the optimizer's direction. Dense unknowns step once, with the second pass. Order 1, two
/// passes; exact when the flow's increment keeps the solution at rank ≤ r, and its error does not
/// depend on small singular values. Deviations from the papers: `K` and `L` share a pass; moments of
/// `K`, `L`, `S` are carried with the bases (our choice, because a moment belongs to a basis); weight
/// decay acts on the core.
///
/// A kernel in Tucker form takes the step of arXiv 2305.19059: a `K` for each of its two bases, `W = Uo C (I ⊗
/// Ui)ᵀ`, and the core `C` in place of `S` ([dev.stiefel.lowrank.TuckerFactors] says what their gradients are).
public record FixedRankBug() implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS)
                .evaluating(Part.K, Part.L)
                .makingBases(1)
                .evaluating(Part.S, Part.DENSE);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        return BugStep.take(
                "fixed-rank BUG",
                point,
                field,
                descent,
                size,
                workspace,
                (scope, stepped, _) -> StepOperations.basis(scope, stepped),
                (step, moved, loss) -> {
                    workspace.enter(Stage.OPTIMIZER);
                    moved.carryCores(descent);
                    StepOutcome outcome = StepOperations.coreStep(step, point, field, descent, size, workspace, loss);
                    if (outcome instanceof StepOutcome.Taken) {
                        workspace.enter(Stage.OPTIMIZER);
                        moved.carrySides(descent);
                    }
                    return outcome;
                });
    }
}
