package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The truncation of all factored weights together: the weights are brought into bases that hold more
/// than is to be kept, and their cores decomposed, side by side; then a rule that sees all singular
/// values chooses all ranks; then the weights are truncated side by side. Close it once what moves with
/// the bases has been carried.
public final class JointTruncation implements AutoCloseable {
    private final Workspace workspace;
    private final Scopes scopes;
    private final Scope[] scope; // a weight's
    private final Truncation[] truncations;

    private JointTruncation(Workspace workspace, int count) {
        this.workspace = workspace;
        this.scopes = workspace.pool().scopes(count);
        this.scope = new Scope[count];
        this.truncations = new Truncation[count];
    }

    /// A weight in the bases that it is truncated from, `Uhat [m, p]`, `Shat [p, q]`, `Vhat [n, q]`.
    public record Augmented(Tensor Uhat, Tensor Shat, Tensor Vhat) {}

    /// Returns the weight at which the truncation starts.
    @FunctionalInterface
    public interface Augmentation {
        /// Weight `i` in bases that hold more than is kept.
        Augmented of(Scope scope, int i);
    }

    /// Moves weights to their truncations.
    @FunctionalInterface
    public interface Taking {
        /// Moves weight `i`.
        void take(Scope scope, int i, Truncation truncation);
    }

    /// Chooses the number of directions to keep, and cuts off the others.
    public interface Cut {
        /// The ranks to keep, one a weight.
        List<Integer> ranks(List<WeightSpectrum> weights);

        /// A weight, truncated to a rank.
        ///
        /// @param svd of the weight's core
        Truncation of(Scope scope, Augmented weight, Svd svd, int rank);

        /// To ranks by a rule, as best approximations.
        static Cut by(RankRule rule) {
            return new Cut() {
                @Override
                public List<Integer> ranks(List<WeightSpectrum> weights) {
                    return rule.ranks(weights);
                }

                @Override
                public Truncation of(Scope scope, Augmented weight, Svd svd, int rank) {
                    return Truncation.of(scope, weight.Uhat(), svd, weight.Vhat(), rank);
                }
            };
        }
    }

    /// Truncates to ranks that `rule` chooses. The weights themselves stay as they are until `taking`
    /// moves them.
    public static JointTruncation of(
            List<Factors> factors, RankRule rule, Workspace workspace, Augmentation augmentation, Taking taking) {
        return of(factors, Cut.by(rule), workspace, augmentation, taking);
    }

    private static JointTruncation of(
            List<Factors> factors, Cut cut, Workspace workspace, Augmentation augmentation, Taking taking) {
        int count = factors.size();
        JointTruncation all = new JointTruncation(workspace, count);
        try {
            all.run(factors, cut, augmentation, taking);
            return all;
        } catch (RuntimeException | Error e) {
            all.close();
            throw e;
        }
    }

    /// Truncates a point whose factors are in such bases already, in place.
    public static JointTruncation inPlace(List<Factors> factors, RankRule rule, Workspace workspace) {
        return inPlace(factors, Cut.by(rule), workspace);
    }

    /// The same, cut otherwise.
    public static JointTruncation inPlace(List<Factors> factors, Cut how, Workspace workspace) {
        return of(
                factors,
                how,
                workspace,
                (_, i) -> {
                    Factors f = factors.get(i);
                    return new Augmented(f.U(), f.S(), f.V());
                },
                (_, i, cut) -> factors.get(i).replace(cut.U(), cut.S(), cut.V()));
    }

    private void run(List<Factors> factors, Cut cut, Augmentation augmentation, Taking taking) {
        int count = truncations.length;
        Augmented[] augmented = new Augmented[count];
        Svd[] svds = new Svd[count];
        workspace.threads().run(count, i -> {
            scope[i] = scopes.open(i);
            augmented[i] = augmentation.of(scope[i], i);
            svds[i] = Svd.of(scope[i], augmented[i].Shat());
        });
        List<WeightSpectrum> spectra = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Factors f = factors.get(i);
            spectra.add(new WeightSpectrum(f.rows(), f.columns(), svds[i].sigma()));
        }
        List<Integer> ranks = cut.ranks(spectra);
        workspace.threads().run(count, i -> {
            truncations[i] = cut.of(scope[i], augmented[i], svds[i], ranks.get(i));
            taking.take(scope[i], i, truncations[i]);
        });
    }

    /// The changes from the bases that were truncated, `Pᵀ` and `Qᵀ`.
    public List<BasisChange> changes() {
        return Arrays.stream(truncations)
                .map(each -> new BasisChange(each.left(), each.right()))
                .toList();
    }

    /// The changes from the bases before an augmentation: `U1ᵀ U0 = Pᵀ M`, `V1ᵀ V0 = Qᵀ N`.
    public List<BasisChange> after(List<BasisChange> augmentation) {
        BasisChange[] whole = new BasisChange[truncations.length];
        workspace.threads().run(whole.length, i -> {
            Truncation cut = truncations[i];
            whole[i] = new BasisChange(
                    matmul(scope[i], cut.left(), augmentation.get(i).left()),
                    matmul(scope[i], cut.right(), augmentation.get(i).right()));
        });
        return Arrays.asList(whole);
    }

    @Override
    public void close() {
        scopes.close();
    }
}
