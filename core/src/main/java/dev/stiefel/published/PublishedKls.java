package dev.stiefel.published;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.beside;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.integrator.AdaptiveBug;
import dev.stiefel.integrator.BasisChange;
import dev.stiefel.integrator.DescentDirections;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.JointTruncation;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Stage;
import dev.stiefel.integrator.StepOperations;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.StepWork;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.LongVectors;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Blocks;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.Truncation;
import dev.stiefel.lowrank.WeightSpectrum;
import dev.stiefel.optim.MomentAccess;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// BUG as the TensorFlow code published with arXiv 2205.13571 computes it, for comparisons with
/// results that were published; for everything else there are [FixedRankBug] and [AdaptiveBug].
///
///     K = U0 S0,   L = V0 S0ᵀ,   ∇K and ∇L there
///     1.  L ← L − h d(∇L);     K, S, b ← each minus h d(0)                  b: biases of factored layers
///     2.  K ← K − h d(∇K);     L, S, b ← each minus h d(0)
///     U1 = qr(K), or qr([K | U0]) where ranks adapt,   M = U1ᵀ U0
///     V1 = qr(L), or qr([L | V0]),                     N = V1ᵀ V0,   S ← M S Nᵀ
///     3.  S ← S − h d(∇S), dense ← dense − h d(∇dense)                      at U1 S V1ᵀ; K and L: d(0), for nothing
///     where ranks adapt: U1, S, V1 ← [PublishedTruncation]
///
/// Each `d` is one step of one Adam, which has one counter, 3 a batch: `d(0)`, the direction for a
/// gradient of zero, is what is left of the velocity. Without [Deviation#SHARED_ADAM] every `d(0)` is
/// left out and each part counts its own steps; without [Deviation#STALE_MOMENTS] moments are carried
/// with the bases; [Deviation#WRONG_TRANSPOSE] and [Deviation#SHORT_TAIL] are those of the truncation.
/// Without all four, this is BUG, of Householder bases.
///
/// Deviations from their code: `∇K` and `∇L` are of one point and come from one pass, theirs from two,
/// which is the same but for rounding. Their weights are transposed, so that `L` here is what they
/// call `K`. Where `2r` exceeds a side of the matrix, that basis is the whole space, and with the
/// wrong transpose the left basis then has no more columns than the right one (their code stops
/// there). The bases are Householder's, because with moments that stay behind the signs of a basis's
/// columns matter. Weight decay and clipping, which they do not have, act as in [FixedRankBug].
///
/// The dense unknowns that weight decay does not apply to must begin with the biases of the factored
/// weights.
///
/// @param rule number of directions to keep; empty to hold the ranks
/// @param deviations deviations to repeat; those that do not concern the step are ignored
public record PublishedKls(Optional<RankRule> rule, Set<Deviation> deviations) implements Integrator {
    /// Takes a copy of the deviations.
    public PublishedKls {
        deviations = Set.copyOf(deviations);
    }

    @Override
    public StepWork work() {
        int width = rule.isPresent() ? 2 : 1;
        StepWork work = StepWork.along(StepWork.Directions.OF_PARTS)
                .evaluating(Part.K, Part.L)
                .makingBases(width)
                .evaluatingIn(width, width, Part.S, Part.DENSE);
        return rule.isPresent() ? work.decomposing(width) : work;
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections given, StepSize size, Workspace workspace) {
        List<Factors> factors = StepOperations.factors("published KLS", point, Factors.Gauge.ORTHONORMAL);
        int count = factors.size();
        MomentAccess descent = moments(given);
        try (Scope step = workspace.pool().scope("published KLS step");
                Scopes scopes = workspace.pool().scopes(count)) {
            Gradients first = Gradients.of(step, point, Part.K, Part.L);
            workspace.enter(Stage.FIRST_PASS);
            double loss = field.evaluate(point, first);
            workspace.enter(Stage.OPTIMIZER);
            double squaredNorm = StepOperations.squaredNorm(workspace.threads(), first, Part.K, Part.L);
            Optional<StepOutcome.Diverged> diverged = StepOperations.diverged(loss, squaredNorm);
            if (diverged.isPresent()) {
                return diverged.get();
            }
            StepOperations.clip(workspace.threads(), first, squaredNorm, size, Part.K, Part.L);
            Gradients none = Gradients.of(step, point, Part.K, Part.L, Part.S, Part.DENSE);
            descent.direct(Part.L, first);
            coast(descent, point, Part.K, none);
            descent.direct(Part.K, first);
            Optional<StepOutcome.Diverged> overflowing = StepOperations.overflowing(
                    workspace.threads(), point, loss, size.length(), first.flat(Part.K), first.flat(Part.L));
            if (overflowing.isPresent()) {
                return overflowing.get();
            }
            Blocks K = stepped(step, point, Part.K, size, workspace, first, none);
            coast(descent, point, Part.L, none);
            Blocks L = stepped(step, point, Part.L, size, workspace, first, none);
            moveOthers(descent, point, none, size, workspace);
            workspace.enter(Stage.BASIS);
            BasisChange[] changes = new BasisChange[count];
            workspace.threads().run(count, i -> {
                changes[i] = moveBases(scopes.open(i), factors.get(i), K.get(i), L.get(i));
            });
            workspace.enter(Stage.OPTIMIZER);
            moveMoments(descent, point, Arrays.asList(changes));
            StepOutcome outcome = StepOperations.coreStep(step, point, field, descent, size, workspace, loss);
            if (outcome instanceof StepOutcome.Taken) {
                // Only moments and counters change: K and L are made anew in the next step.
                workspace.enter(Stage.OPTIMIZER);
                coast(descent, point, Part.K, none);
                coast(descent, point, Part.L, none);
                rule.ifPresent(each -> truncate(each, point, descent, changes, workspace));
            }
            return outcome;
        }
    }

    private static MomentAccess moments(DescentDirections given) {
        if (given instanceof MomentAccess moments) {
            return moments;
        }
        throw new IllegalArgumentException(
                "published KLS: needs an optimizer whose moments can be moved without a gradient; got %s; use OptimizerState"
                        .formatted(given));
    }

    /// `d(0)` of a part, where zeros are stepped with at all; zeros where not.
    private void coast(MomentAccess descent, Point point, Part part, Gradients into) {
        if (!deviations.contains(Deviation.SHARED_ADAM)) {
            into.flat(part).clear();
        } else if (part == Part.DENSE) {
            long biases = point.factors().stream().mapToLong(Factors::rows).sum();
            long end = Math.min(point.dense().size(), point.dense().decayed() + biases);
            descent.coast(part, into, point.dense().decayed(), end);
        } else {
            descent.coast(part, into, 0, into.flat(part).size());
        }
    }

    /// `K` or `L` after its step and the other's.
    private static Blocks stepped(
            Scope step,
            Point point,
            Part part,
            StepSize size,
            Workspace workspace,
            Gradients direction,
            Gradients coasting) {
        Blocks stepped = Blocks.uninitialized(step, point.type(), point.shapes(part));
        workspace.threads().run(stepped.count(), i -> {
            Factors f = point.factors().get(i);
            if (part == Part.K) {
                matmulInto(stepped.get(i), f.U(), f.S());
            } else {
                matmulNTInto(stepped.get(i), f.V(), f.S());
            }
        });
        if (size.weightDecay() > 0) {
            LongVectors.scaleInPlace(workspace.threads(), List.of(stepped.flat()), size.decayFactor());
        }
        LongVectors.axpyInPlace(workspace.threads(), stepped.flat(), -size.length(), direction.flat(part));
        LongVectors.axpyInPlace(workspace.threads(), stepped.flat(), -size.length(), coasting.flat(part));
        return stepped;
    }

    /// The cores and biases, while first `L` and then `K` steps.
    private void moveOthers(MomentAccess descent, Point point, Gradients none, StepSize size, Workspace workspace) {
        if (size.weightDecay() > 0) {
            point.factors().forEach(f -> scaleInPlace(f.S(), size.decayFactor()));
        }
        if (!deviations.contains(Deviation.SHARED_ADAM)) {
            return;
        }
        for (int k = 0; k < 2; k++) {
            coast(descent, point, Part.S, none);
            coast(descent, point, Part.DENSE, none);
            for (int i = 0; i < point.factors().size(); i++) {
                axpyInPlace(
                        point.factors().get(i).S(),
                        -size.length(),
                        none.blocks(Part.S).get(i));
            }
            LongVectors.axpyInPlace(workspace.threads(), point.dense().flat(), -size.length(), none.dense());
        }
    }

    private BasisChange moveBases(Scope scope, Factors f, Tensor K, Tensor L) {
        Tensor V1 = OrthonormalBasis.householder(scope, widened(scope, L, f.V(), Integer.MAX_VALUE)); // [n, r1]
        int most = deviations.contains(Deviation.WRONG_TRANSPOSE) ? V1.columns() : Integer.MAX_VALUE;
        Tensor U1 = OrthonormalBasis.householder(scope, widened(scope, K, f.U(), most)); // [m, r1]
        Tensor M = matmulTN(scope, U1, f.U());
        Tensor N = matmulTN(scope, V1, f.V());
        f.replace(U1, StepOperations.project(scope, M, f.S(), N), V1);
        return new BasisChange(M, N);
    }

    private Tensor widened(Scope scope, Tensor stepped, Tensor before, int most) {
        if (rule.isEmpty()) {
            return stepped;
        }
        Tensor both = beside(scope, stepped, before);
        int columns = Math.min(most, Math.min(both.rows(), both.columns()));
        return columns == both.columns() ? both : both.columnRange(0, columns).copy(scope);
    }

    private void moveMoments(MomentAccess descent, Point point, List<BasisChange> changes) {
        boolean stale = deviations.contains(Deviation.STALE_MOMENTS);
        if (!stale && rule.isEmpty()) {
            descent.carry(changes, Part.K, Part.L, Part.S);
        } else if (!stale) {
            descent.carry(changes, Part.S);
        } else if (rule.isPresent()) {
            descent.restart(point, Part.S);
        }
    }

    private void truncate(
            RankRule given, Point point, MomentAccess descent, BasisChange[] widening, Workspace workspace) {
        workspace.enter(Stage.TRUNCATION);
        try (JointTruncation truncation =
                JointTruncation.inPlace(point.factors(), new PublishedCut(given, deviations), workspace)) {
            if (deviations.contains(Deviation.STALE_MOMENTS)) {
                descent.restart(point, Part.K, Part.L, Part.S);
            } else {
                descent.carry(truncation.changes(), Part.S);
                descent.carry(truncation.after(Arrays.asList(widening)), Part.K, Part.L);
            }
        }
    }

    /// The published code's variant of a rank rule, and its truncation.
    private record PublishedCut(RankRule rule, Set<Deviation> deviations) implements JointTruncation.Cut {
        @Override
        public List<Integer> ranks(List<WeightSpectrum> weights) {
            return PublishedTruncation.ranks(weights, rule, deviations);
        }

        @Override
        public Truncation of(Scope scope, JointTruncation.Augmented weight, Svd svd, int rank) {
            return PublishedTruncation.of(scope, weight.Uhat(), weight.Shat(), svd, weight.Vhat(), rank, deviations);
        }
    }
}
