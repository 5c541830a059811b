package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The frame that [FixedRankBug] and [AdaptiveBug] share: `K` and `L` step in one pass, and bases are
/// made of them; the core steps in another. The two differ in the basis, and in what follows.
final class BugStep {
    private BugStep() {}

    /// The new basis `[m, r1]`, made of `K1` and `U0` (or of `L1` and `V0`), both `[m, r0]`.
    interface Basis {
        Tensor of(Scope scope, Tensor stepped, Tensor before);
    }

    /// What follows the first stage: the moments' way into the new bases, and the core step.
    interface Rest {
        StepOutcome apply(Scope step, List<BasisChange> changes, double loss);
    }

    static StepOutcome take(
            String name,
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            Basis basis,
            Rest rest) {
        List<Factors> factors = StepOperations.factors(name, point, Factors.Gauge.ORTHONORMAL);
        try (Scope step = workspace.pool().scope(name + " step")) {
            Gradients first = Gradients.of(step, point, Part.K, Part.L);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, first);
            Optional<Diverged> diverged =
                    StepOperations.direct(point, first, loss, descent, size, workspace, Part.K, Part.L);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            workspace.enter(Stage.BASIS);
            Blocks dK = first.blocks(Part.K);
            Blocks dL = first.blocks(Part.L);
            BasisChange[] changes = new BasisChange[factors.size()];
            try (Scopes scopes = workspace.pool().scopes(changes.length)) {
                workspace.threads().run(changes.length, i -> {
                    changes[i] = moveBases(scopes.open(i), factors.get(i), dK.get(i), dL.get(i), size, basis);
                });
                return rest.apply(step, Arrays.asList(changes), loss);
            }
        }
    }

    /// The first stage for one weight, which then is `(1 − hλ) W0` projected to the new bases.
    private static BasisChange moveBases(Scope scope, Factors f, Tensor dK, Tensor dL, StepSize size, Basis basis) {
        Tensor S0 = scaled(scope, f.S(), size.decayFactor());
        Tensor U1 = basis.of(scope, StepOperations.kStep(scope, f, S0, dK, size.length()), f.U()); // [m, r1]
        Tensor V1 = basis.of(scope, StepOperations.lStep(scope, f, S0, dL, size.length()), f.V()); // [n, r1]
        Tensor M = matmulTN(scope, U1, f.U()); // [r1, r0]
        Tensor N = matmulTN(scope, V1, f.V()); // [r1, r0]
        f.replace(U1, StepOperations.project(scope, M, S0, N), V1);
        return new BasisChange(M, N);
    }
}
