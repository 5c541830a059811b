package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.integrator.JointTruncation.Augmented;
import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.integrator.TangentStep.Arrow;
import dev.stiefel.integrator.TangentStep.Held;
import dev.stiefel.integrator.TangentStep.Moved;
import dev.stiefel.integrator.TangentStep.SeenFrom;
import dev.stiefel.integrator.TangentStep.Taking;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The one-pass step of [Riemannian] that also adapts the rank.
///
///     Uhat = orth([K1 | U0]),   Vhat = orth([L1 | V0])
///     Shat = Uhatᵀ ((1 − hλ) W0 − h v) Vhat       exact: the step lies wholly in the augmented bases
///     U1, S1, V1 = truncate(Uhat Shat Vhatᵀ)      ranks by the rank rule: the only error
///
/// and the momentum is carried to the tangent space there. One pass and an SVD of a `[2r, 2r]` core. Every call
/// adapts the rank; between adaptations, take steps of [Riemannian]. Where `2r` exceeds a side of the matrix,
/// that basis is the whole space. Sources as for [Riemannian]; the augmentation is that of arXiv 2205.13571.
///
/// @param rule number of directions to keep of each weight
public record AdaptiveRiemannian(RankRule rule) implements Integrator {
    @Override
    public StepWork work() {
        return StepWork.along(Directions.TANGENT)
                .evaluating(Part.K, Part.L, Part.DENSE)
                .makingBases(2)
                .decomposing(2);
    }

    @Override
    public StepOutcome step(
            Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
        return TangentStep.take(point, field, descent, size, workspace, Stage.TRUNCATION, this::move);
    }

    private Held move(List<Factors> factors, Arrow arrow, Workspace workspace, Taking taking) {
        return JointTruncation.of(
                factors, rule, workspace, (scope, i) -> augmented(scope, factors.get(i), arrow, i), (scope, i, cut) -> {
                    Factors f = factors.get(i);
                    SeenFrom v = SeenFrom.of(scope, f, arrow.vK(i), arrow.vL(i), cut.U(), cut.V());
                    taking.take(scope, i, new Moved(cut.U(), cut.S(), cut.V(), v));
                })::close;
    }

    private static Augmented augmented(Scope scope, Factors f, Arrow arrow, int i) {
        Tensor vK = arrow.vK(i);
        Tensor vL = arrow.vL(i);
        double h = arrow.length(i);
        Tensor S0 = scaled(scope, f.S(), arrow.decayFactor());
        Tensor K1 = StepOperations.kStep(scope, f, S0, vK, h);
        Tensor L1 = StepOperations.lStep(scope, f, S0, vL, h);
        Tensor Uhat = StepOperations.augmentedBasis(scope, K1, f.U()); // [m, 2r]
        Tensor Vhat = StepOperations.augmentedBasis(scope, L1, f.V()); // [n, 2r]
        Tensor Shat = SeenFrom.of(scope, f, vK, vL, Uhat, Vhat).coreAfter(scope, S0, h); // [2r, 2r]
        return new Augmented(Uhat, Shat, Vhat);
    }
}
