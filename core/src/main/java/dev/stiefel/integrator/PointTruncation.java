package dev.stiefel.integrator;

import dev.stiefel.integrator.BasisOperations.Decomposition;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The truncation of all factored weights of a point, of any form, in place: cores are decomposed side by side,
/// then a rule that sees all singular values chooses all ranks, then the weights are truncated side by side. For
/// weights with several modes, the rule is asked about the first mode of each, then about the second; a weight
/// without a second mode counts with its only one. Close it once what moves with the bases has been carried.
final class PointTruncation implements AutoCloseable {
    private final Workspace workspace;
    private final Scopes scopes;
    private final Scope[] scope; // a weight's
    private final BasisMove[] moves;

    private PointTruncation(Workspace workspace, int count) {
        this.workspace = workspace;
        this.scopes = workspace.pool().scopes(count);
        this.scope = new Scope[count];
        this.moves = new BasisMove[count];
    }

    static PointTruncation of(List<BasisOperations> weights, RankRule rule, Workspace workspace) {
        PointTruncation all = new PointTruncation(workspace, weights.size());
        try {
            all.run(weights, rule);
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    private void run(List<BasisOperations> weights, RankRule rule) {
        int count = moves.length;
        Decomposition[] found = new Decomposition[count];
        workspace.threads().run(count, i -> {
            scope[i] = scopes.open(i);
            found[i] = weights.get(i).decompose(scope[i]);
        });
        List<List<WeightSpectrum>> modes =
                Arrays.stream(found).map(Decomposition::modes).toList();
        int most = modes.stream().mapToInt(List::size).max().orElse(0);
        List<List<Integer>> ranks = new ArrayList<>(); // a mode's, one a weight
        for (int mode = 0; mode < most; mode++) {
            int index = mode;
            ranks.add(rule.ranks(modes.stream()
                    .map(each -> each.get(Math.min(index, each.size() - 1)))
                    .toList()));
        }
        workspace.threads().run(count, i -> {
            List<Integer> own = ranks.stream().map(each -> each.get(i)).toList();
            moves[i] = found[i].truncate(scope[i], own);
        });
    }

    /// Carries moments of `S` from before the truncation.
    void carryCores(DescentDirections descent) {
        descent.carry(changes(moves, BasisMove::core), Part.S);
    }

    /// Carries moments of `K` and `L` from before the truncation.
    void carrySides(DescentDirections descent) {
        descent.carry(changes(moves, BasisMove::sides), Part.K, Part.L);
    }

    /// Carries moments of `K` and `L` from before earlier moves of the bases, one a weight.
    void carrySides(DescentDirections descent, List<BasisMove> earlier) {
        BasisChange[] changes = new BasisChange[moves.length];
        workspace
                .threads()
                .run(
                        changes.length,
                        i -> changes[i] =
                                earlier.get(i).then(scope[i], moves[i]).sides(scope[i]));
        descent.carry(Arrays.asList(changes), Part.K, Part.L);
    }

    private interface Kind {
        BasisChange of(BasisMove move, Scope scope);
    }

    private List<BasisChange> changes(BasisMove[] of, Kind kind) {
        BasisChange[] changes = new BasisChange[of.length];
        workspace.threads().run(changes.length, i -> changes[i] = kind.of(of[i], scope[i]));
        return Arrays.asList(changes);
    }

    @Override
    public void close() {
        scopes.close();
    }
}
