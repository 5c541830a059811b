package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.integrator.JointTruncation.Augmented;
import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.integrator.StepOutcome.Taken;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The part shared by [BackwardCorrected] and [AdaptiveBackwardCorrected]: everything but the ranks.
final class BackwardCorrectedStep {
    private static final String NAME = "backward-corrected step";

    private BackwardCorrectedStep() {}

    static StepWork work() {
        return StepWork.along(StepWork.Directions.OF_PARTS)
                .evaluating(Part.K)
                .makingBases(2)
                .evaluatingIn(2, 1, Part.L, Part.DENSE)
                .decomposing(2);
    }

    static StepOutcome take(
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            RankRule rule) {
        List<Factors> factors = StepOperations.factors(NAME, point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope(NAME)) {
            Gradients first = Gradients.of(step, point, Part.K);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, first);
            Optional<Diverged> diverged = StepOperations.direct(point, first, loss, descent, size, workspace, Part.K);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            workspace.enter(Stage.BASIS);
            moveLeftBases(factors, first.blocks(Part.K), descent, size, workspace);
            return StepOperations.from(loss, rightStep(step, point, factors, field, descent, size, workspace, rule));
        }
    }

    /// The K-step and the correction: every weight becomes `Uhat Stilde V0ᵀ`, `Stilde [2r, r]`.
    private static void moveLeftBases(
            List<Factors> factors, Blocks dK, DescentDirections descent, StepSize size, Workspace workspace) {
        BasisChange[] changes = new BasisChange[factors.size()];
        try (Scopes scopes = workspace.pool().scopes(changes.length)) {
            workspace.threads().run(changes.length, i -> {
                Scope scope = scopes.open(i);
                Factors f = factors.get(i);
                Tensor Uhat = StepOperations.augmentedBasis(scope, f.U(), dK.get(i)); // [m, 2r]
                Tensor M = matmulTN(scope, Uhat, f.U()); // [2r, r]
                changes[i] = new BasisChange(M, scope.identity(f.type(), f.V().columns()));
                f.replace(Uhat, matmul(scope, M, scaled(scope, f.S(), size.decayFactor())), f.V());
            });
            workspace.enter(Stage.OPTIMIZER);
            descent.carry(Arrays.asList(changes), Part.L);
        }
    }

    /// The L-step with the dense step, and truncation.
    private static StepOutcome rightStep(
            Scope step,
            Point point,
            List<Factors> factors,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            RankRule rule) {
        Gradients second = Gradients.of(step, point, Part.L, Part.DENSE);
        workspace.enter(Stage.SECOND_PASS);
        double loss = field.evaluate(point, second);
        Optional<Diverged> diverged = StepOperations.direct(point, second, loss, descent, size, workspace, Part.L);
        if (diverged.isPresent()) {
            return diverged.get();
        }
        workspace.enter(Stage.DENSE);
        StepOperations.stepDense(workspace.threads(), point, second, descent, size);
        workspace.enter(Stage.TRUNCATION);
        BasisChange[] changes = new BasisChange[factors.size()];
        try (JointTruncation _ = JointTruncation.of(
                factors,
                rule,
                workspace,
                (scope, i) -> {
                    Factors f = factors.get(i);
                    Tensor L1 = StepOperations.lStep(
                            scope, f, f.S(), second.blocks(Part.L).get(i), size.length()); // [n, 2r]
                    Tensor Vhat = StepOperations.basis(scope, L1); // [n, 2r]
                    return new Augmented(f.U(), matmulTN(scope, L1, Vhat), Vhat);
                },
                (scope, i, cut) -> {
                    Factors f = factors.get(i);
                    changes[i] = new BasisChange(cut.left(), matmulTN(scope, cut.V(), f.V())); // Pᵀ, V1ᵀ V0
                    f.replace(cut.U(), cut.S(), cut.V());
                })) {
            workspace.enter(Stage.OPTIMIZER);
            descent.carry(Arrays.asList(changes), Part.K, Part.L);
        }
        return new Taken(loss);
    }
}
