package dev.stiefel.integrator;

import dev.stiefel.integrator.StepOutcome.Diverged;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The frame that [FixedRankBug] and [AdaptiveBug] share: `K` and `L` step in one pass, and bases are
/// made of them; the core steps in another. The two differ in the basis, and in what follows.
final class BugStep {
    private BugStep() {}

    /// The rest of the step after its first stage: moves the moments into the new bases, and steps the cores.
    interface Rest {
        StepOutcome apply(Scope step, Moved moved, double loss);
    }

    /// The weights in their new bases.
    record Moved(List<BasisOperations> weights, List<BasisMove> moves, List<Scope> scopes, Workspace workspace) {
        /// Carries moments of `S` into the new bases.
        void carryCores(DescentDirections descent) {
            BasisChange[] changes = new BasisChange[scopes.size()];
            workspace
                    .threads()
                    .run(changes.length, i -> changes[i] = moves.get(i).core(scopes.get(i)));
            descent.carry(Arrays.asList(changes), Part.S);
        }

        /// Carries moments of `K` and `L` into the new bases, at the cores as they are now.
        void carrySides(DescentDirections descent) {
            BasisChange[] changes = new BasisChange[scopes.size()];
            workspace
                    .threads()
                    .run(changes.length, i -> changes[i] = moves.get(i).sides(scopes.get(i)));
            descent.carry(Arrays.asList(changes), Part.K, Part.L);
        }
    }

    static StepOutcome take(
            String name,
            Point point,
            GradientField field,
            DescentDirections descent,
            StepSize size,
            Workspace workspace,
            BasisOperations.Basis basis,
            Rest rest) {
        List<BasisOperations> weights = BasisOperations.of(name, point);
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
            BasisMove[] moves = new BasisMove[weights.size()];
            Scope[] own = new Scope[moves.length];
            try (Scopes scopes = workspace.pool().scopes(moves.length)) {
                workspace.threads().run(moves.length, i -> {
                    own[i] = scopes.open(i);
                    moves[i] = weights.get(i).update(own[i], dK.get(i), dL.get(i), size, basis);
                });
                return rest.apply(step, new Moved(weights, Arrays.asList(moves), Arrays.asList(own), workspace), loss);
            }
        }
    }
}
