package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The basis-update and Galerkin integrator of fixed rank (Ceruti & Lubich 2022, doi:10.1007/s10543-021-00873-0, the
/// "unconventional" integrator; for training arXiv 2205.13571, where it is called KLS).
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   U1 = orth(K1),   M = U1ᵀ U0
///     L1 = (1 − hλ) V0 S0ᵀ − h d(∇L),  V1 = orth(L1),   N = V1ᵀ V0    first pass, at U0 S0 V0ᵀ
///     S  = (1 − hλ) M S0 Nᵀ
///     S1 = S − h d(∇S)                                            second pass, at U1 S V1ᵀ
///
/// `d` is the optimizer's direction. Dense unknowns step once, with the second pass. Order 1, two passes; exact when
/// the
/// flow's increment keeps the solution at rank ≤ r, and its error does not depend on small singular values. Deviations
/// from the papers: `K` and `L` share a pass; moments of `K`, `L`, `S` are carried with the bases (our choice, because
/// a
/// moment belongs to a basis); weight decay acts on the core.
public record FixedRankBug() implements Integrator {
    @Override
    public int passes() {
        return 2;
    }

    @Override
    public StepOutcome step(Point point, GradientField field, Descent descent, StepSize size, Workspace workspace) {
        Stages.requireGauge("fixed-rank BUG", point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope("fixed-rank BUG step")) {
            Gradients first = Gradients.of(step, point, Part.K, Part.L);
            double loss = field.evaluate(point, first);
            double squaredNorm = Stages.squaredNorm(workspace.threads(), first, Part.K, Part.L);
            Optional<StepOutcome.Diverged> diverged = Stages.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            Stages.clip(workspace.threads(), first, squaredNorm, size, Part.K, Part.L);
            descent.direct(Part.K, first);
            descent.direct(Part.L, first);
            Optional<StepOutcome.Diverged> overflowing =
                    Stages.overflowing(point, loss, size.length(), first.flat(Part.K), first.flat(Part.L));
            if (overflowing.isPresent()) {
                return overflowing.get();
            }
            moveBases(step, point, first, descent, size, workspace);
            return coreStep(step, point, field, descent, size, workspace, loss);
        }
    }

    private static void moveBases(
            Scope step, Point point, Gradients first, Descent descent, StepSize size, Workspace workspace) {
        BasisChange[] changes = new BasisChange[point.factors().size()];
        workspace
                .threads()
                .run(
                        changes.length,
                        i -> changes[i] = moveBases(
                                step,
                                point.factors().get(i),
                                first.blocks(Part.K).get(i),
                                first.blocks(Part.L).get(i),
                                size));
        List<BasisChange> all = Arrays.asList(changes);
        descent.carry(Part.K, all);
        descent.carry(Part.L, all);
        descent.carry(Part.S, all);
    }

    private static BasisChange moveBases(Scope scope, Factors f, Tensor dK, Tensor dL, StepSize size) {
        Tensor S0 = scaled(scope, f.S(), size.decayFactor());
        Tensor U1 = OrthonormalBasis.of(scope, Stages.kStep(scope, f, S0, dK, size.length())); // [m, r]
        Tensor V1 = OrthonormalBasis.of(scope, Stages.lStep(scope, f, S0, dL, size.length())); // [n, r]
        Tensor M = matmulTN(scope, U1, f.U()); // [r, r]
        Tensor N = matmulTN(scope, V1, f.V()); // [r, r]
        Tensor S = Stages.project(scope, M, S0, N);
        f.replace(U1, S, V1);
        return new BasisChange(M, N);
    }

    /// The second stage, shared with the rank-adaptive integrator: `S ← S − h d(∇S)`, and the dense step.
    static StepOutcome coreStep(
            Scope step,
            Point point,
            GradientField field,
            Descent descent,
            StepSize size,
            Workspace workspace,
            double firstLoss) {
        Gradients second = Gradients.of(step, point, Part.S, Part.DENSE);
        double loss = field.evaluate(point, second);
        double squaredNorm = Stages.squaredNorm(workspace.threads(), second, Part.S, Part.DENSE);
        Optional<StepOutcome.Diverged> diverged = Stages.diverged(loss, squaredNorm);
        if (diverged.isPresent()) {
            return diverged.get();
        }
        Stages.clip(workspace.threads(), second, squaredNorm, size, Part.S, Part.DENSE);
        descent.direct(Part.S, second);
        Optional<StepOutcome.Diverged> overflowing =
                Stages.overflowing(point, loss, size.length(), second.flat(Part.S));
        if (overflowing.isPresent()) {
            return overflowing.get();
        }
        Stages.stepDense(workspace.threads(), point, second, descent, size);
        Blocks dS = second.blocks(Part.S);
        for (int i = 0; i < dS.count(); i++) {
            axpyInPlace(point.factors().get(i).S(), -size.length(), dS.get(i));
        }
        return new StepOutcome.Taken(firstLoss);
    }
}
