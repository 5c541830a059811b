package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The projector-splitting integrator (Lubich & Oseledets 2014, doi:10.1007/s10543-013-0454-0), of first
/// order: the projection of the gradient to the tangent space is a sum of three terms, and each is
/// stepped in turn.
///
///     K1 = (1 − hλ) U0 S0 − h d(∇K),   U1 = orth(K1),   Shat = U1ᵀ K1   first pass, at U0 S0 V0ᵀ
///     Stilde = Shat + h d(∇S)                                           second pass, at U1 Shat V0ᵀ
///     L1 = V0 Stildeᵀ − h d(∇L),   V1 = orth(L1),   S1 = L1ᵀ V1         third pass, at U1 Stilde V0ᵀ
///
/// Order 1, three passes. Exact when the flow's increment keeps the solution at rank ≤ r; its error does
/// not depend on small singular values (Kieri, Lubich & Walach 2016, doi:10.1137/15M1026791). Its
/// weakness is the second stage, which climbs where the others descend: near a minimum of curvature `c`
/// it holds up to `h c = 1.618`, the golden ratio, where the dense step holds up to 2 and the other
/// integrators hold at 1.7 (tested). Prefer [BackwardCorrected], which replaces that stage, or
/// [FixedRankBug]. Ranks cannot adapt: for that, the literature makes the augmented integrators of it.
///
/// Dense unknowns step once, with the third pass. The second stage is clipped as the first was, since it
/// takes part of it back: clipped by its own, smaller norm it would take back more than was given.
/// Deviations: moments of `K`, `L` and `S` are carried with the bases, those of `S` being of the
/// gradient, not of the backward step; weight decay acts on the core, once.
public record ProjectorSplitting() implements Integrator {
    private static final String NAME = "projector splitting";

    @Override
    public StepWork work() {
        return StepWork.along(Directions.OF_PARTS)
                .evaluating(Part.K)
                .evaluating(Part.S)
                .evaluating(Part.L, Part.DENSE)
                .makingBases(1);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        List<Factors> factors = StepOperations.factors(NAME, point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope(NAME + " step")) {
            Gradients K = Gradients.of(step, point, Part.K);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, K);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), K, Part.K);
            Optional<Diverged> diverged =
                    StepOperations.direct(point, K, loss, squaredNorm, descent, size, workspace, Part.K);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            moveLeftBases(factors, K.blocks(Part.K), descent, size, workspace);
            return sStage(step, point, factors, field, descent, size, workspace, squaredNorm)
                            instanceof Diverged backwards
                    ? backwards
                    : StepOperations.from(loss, lStage(step, point, factors, field, descent, size, workspace));
        }
    }

    private static void moveLeftBases(
            List<Factors> factors, Blocks dK, DescentDirections descent, StepSize size, Workspace workspace) {
        moveBases(factors, descent, workspace, Part.L, (scope, f, i) -> {
            Tensor S0 = scaled(scope, f.S(), size.decayFactor());
            Tensor K1 = StepOperations.kStep(scope, f, S0, dK.get(i), size.length());
            Tensor U1 = OrthonormalBasis.of(scope, K1); // [m, r]
            Tensor M = matmulTN(scope, U1, f.U());
            f.replace(U1, matmulTN(scope, U1, K1), f.V());
            return new BasisChange(M, scope.identity(f.type(), f.rank()));
        });
    }

    /// @param squaredNormOfK by which the K-step was clipped: what takes part of it back is clipped as
    ///     it was
    private static StepOutcome sStage(
            Scope step,
            Point point,
            List<Factors> factors,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            double squaredNormOfK) {
        Gradients gradients = Gradients.of(step, point, Part.S);
        workspace.enter(Stage.SECOND_PASS);
        double loss = field.evaluate(point, gradients);
        workspace.enter(Stage.OPTIMIZER);
        double squaredNorm = StepOperations.squaredNorm(workspace.threads(), gradients, Part.S);
        Optional<Diverged> diverged = StepOperations.diverged(loss, squaredNorm)
                .or(() -> StepOperations.direct(
                        point, gradients, loss, squaredNormOfK, descent, size, workspace, Part.S));
        if (diverged.isPresent()) {
            return diverged.get();
        }
        workspace.enter(Stage.CORE);
        for (int i = 0; i < factors.size(); i++) {
            axpyInPlace(
                    factors.get(i).S(), size.length(), gradients.blocks(Part.S).get(i));
        }
        return new Taken(loss);
    }

    private static StepOutcome lStage(
            Scope step,
            Point point,
            List<Factors> factors,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace) {
        Gradients gradients = Gradients.of(step, point, Part.L, Part.DENSE);
        workspace.enter(Stage.THIRD_PASS);
        double loss = field.evaluate(point, gradients);
        Optional<Diverged> diverged = StepOperations.direct(point, gradients, loss, descent, size, workspace, Part.L);
        if (diverged.isPresent()) {
            return diverged.get();
        }
        workspace.enter(Stage.DENSE);
        StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
        Blocks dL = gradients.blocks(Part.L);
        moveBases(factors, descent, workspace, Part.K, (scope, f, i) -> {
            Tensor L1 = StepOperations.lStep(scope, f, f.S(), dL.get(i), size.length());
            Tensor V1 = OrthonormalBasis.of(scope, L1); // [n, r]
            Tensor N = matmulTN(scope, V1, f.V());
            f.replace(f.U(), matmulTN(scope, L1, V1), V1);
            return new BasisChange(scope.identity(f.type(), f.rank()), N);
        });
        return new Taken(loss);
    }

    private interface Move {
        BasisChange apply(Scope scope, Factors f, int i);
    }

    /// Moves one basis of every weight, and the moments that belong to it: those of `S`, and of the
    /// other part.
    private static void moveBases(
            List<Factors> factors, DescentDirections descent, Workspace workspace, Part other, Move move) {
        workspace.enter(Stage.BASIS);
        BasisChange[] changes = new BasisChange[factors.size()];
        try (Scopes scopes = workspace.pool().scopes(changes.length)) {
            workspace.threads().run(changes.length, i -> changes[i] = move.apply(scopes.open(i), factors.get(i), i));
            workspace.enter(Stage.OPTIMIZER);
            descent.carry(Arrays.asList(changes), other, Part.S);
        }
    }
}
