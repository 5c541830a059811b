package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.linalg.LongVectors;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Scopes;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// A gradient field with [penalties][Penalty] added: the loss is charged for the weights, and gradients are
/// those of the sum. Biases are not charged.
///
/// With `C` the penalty's gradient by the core, at `W = U S Vᵀ` in the orthonormal gauge,
///
///     ∇K += U C,   ∇L += V Cᵀ,   ∇S += C
///
/// which is what the field's own formulas give for `G = U C Vᵀ`. Cost a weight: `2 (m + n) r²` flops and what the
/// penalty itself takes, at most an SVD of the core.
public final class PenalizedField implements GradientField {
    private final GradientField field;
    private final List<Penalty> penalties;
    private final Workspace workspace;

    /// @param field of the loss alone
    /// @param penalties penalties that are added to it, at least one
    /// @param workspace memory and threads of the computation
    public PenalizedField(GradientField field, List<Penalty> penalties, Workspace workspace) {
        if (penalties.isEmpty()) {
            throw new IllegalArgumentException("penalized field: needs a penalty; got none; use the field itself");
        }
        this.field = field;
        this.penalties = List.copyOf(penalties);
        this.workspace = workspace;
    }

    @Override
    public double evaluate(Point at, Gradients into) {
        List<Factors> factors = factors(at);
        double loss = field.evaluate(at, into);
        if (!Double.isFinite(loss)) {
            return loss;
        }
        int count = factors.size();
        double[] charges = new double[count];
        try (Scopes scopes = workspace.pool().scopes(count)) {
            workspace.threads().run(count, i -> charges[i] = charge(scopes.open(i), factors.get(i), i, into));
        }
        for (double charge : charges) {
            loss += charge;
        }
        return loss + (into.wants(Part.DENSE) ? chargeDense(at, into) : 0);
    }

    private double charge(Scope scope, Factors f, int i, Gradients into) {
        double charge = 0;
        for (Penalty penalty : penalties) {
            charge += f.gauge() == Gauge.FREE
                    ? chargeProduct(scope, f, i, into, penalty)
                    : chargeCore(scope, f, i, into, penalty);
        }
        return charge;
    }

    private static double chargeCore(Scope scope, Factors f, int i, Gradients into, Penalty penalty) {
        Penalty.OnCore charged = penalty.at(scope, f.S());
        Tensor C = charged.core(); // [p, q]
        if (into.wants(Part.K)) {
            addMatmulInPlace(into.blocks(Part.K).get(i), 1, f.U(), C);
        }
        if (into.wants(Part.L)) {
            addMatmulNTInPlace(into.blocks(Part.L).get(i), 1, f.V(), C);
        }
        if (into.wants(Part.S)) {
            axpyInPlace(into.blocks(Part.S).get(i), 1, C);
        }
        return charged.value();
    }

    /// For `W = A Bᵀ`: `‖W‖_F² = tr(AᵀA BᵀB)` with `∇A = 2 A BᵀB`, and the variational form of the nuclear norm.
    private static double chargeProduct(Scope scope, Factors f, int i, Gradients into, Penalty penalty) {
        Tensor A = f.U();
        Tensor B = f.V();
        return switch (penalty) {
            case Penalty.L2 l2 -> {
                Tensor AtA = matmulTN(scope, A, A); // [r, r]
                Tensor BtB = matmulTN(scope, B, B);
                if (into.wants(Part.K)) {
                    addMatmulInPlace(into.blocks(Part.K).get(i), 2 * l2.strength(), A, BtB);
                }
                if (into.wants(Part.L)) {
                    addMatmulInPlace(into.blocks(Part.L).get(i), 2 * l2.strength(), B, AtA);
                }
                yield l2.strength() * dot(AtA, BtB);
            }
            case Penalty.L1 l1 -> {
                if (into.wants(Part.K)) {
                    axpyInPlace(into.blocks(Part.K).get(i), l1.strength(), A);
                }
                if (into.wants(Part.L)) {
                    axpyInPlace(into.blocks(Part.L).get(i), l1.strength(), B);
                }
                yield l1.strength() / 2 * (dot(A, A) + dot(B, B));
            }
            case Penalty.Condition _ -> throw new AssertionError("refused before");
        };
    }

    private double chargeDense(Point at, Gradients into) {
        Tensor weights = at.dense().flat().slice(0, at.dense().decayed());
        Tensor gradient = into.dense().slice(0, at.dense().decayed());
        double charge = 0;
        for (Penalty penalty : penalties) {
            switch (penalty) {
                case Penalty.L2 l2 -> {
                    charge += l2.strength() * LongVectors.sumOfSquares(workspace.threads(), List.of(weights));
                    LongVectors.axpyInPlace(workspace.threads(), gradient, 2 * l2.strength(), weights);
                }
                case Penalty.L1 l1 ->
                    charge += l1.strength()
                            * LongVectors.addSignsInPlace(workspace.threads(), gradient, l1.strength(), weights);
                case Penalty.Condition _ -> {}
            }
        }
        return charge;
    }

    private List<Factors> factors(Point at) {
        return penalties.stream().anyMatch(Penalty.Condition.class::isInstance)
                ? StepOperations.factors("condition penalty", at, Gauge.ORTHONORMAL)
                : StepOperations.factors("penalty", at);
    }
}
