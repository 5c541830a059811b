package dev.stiefel.nn;

import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// A factored weight as the two matrices that evaluation needs, with `r (m + n)` numbers: `W = A Bᵀ`. `S` is multiplied
/// into the smaller of `U` and `V`; in the free gauge there is nothing to multiply.
final class EvaluationFactors {
    private final String leftName;
    private final Tensor left;
    private final String rightName;
    private final Tensor right;

    private EvaluationFactors(String leftName, Tensor left, String rightName, Tensor right) {
        this.leftName = leftName;
        this.left = left;
        this.rightName = rightName;
        this.right = right;
    }

    /// The factors of a weight in its present state.
    ///
    /// @param scope scope of the products
    static EvaluationFactors of(Scope scope, FactoredParameter weight) {
        Factors f = (Factors) weight.weight();
        String name = weight.name();
        if (f.gauge() == Gauge.FREE) {
            return new EvaluationFactors(name + ".U", f.U(), name + ".V", f.V());
        }
        return f.rows() <= f.columns()
                ? new EvaluationFactors(name + ".US", Ops.matmul(scope, f.U(), f.S()), name + ".V", f.V())
                : new EvaluationFactors(name + ".U", f.U(), name + ".VS", Ops.matmulNT(scope, f.V(), f.S()));
    }

    /// Name of `A`: the weight's, with `.U` or `.US`.
    String leftName() {
        return leftName;
    }

    /// `A`, `[m, r]`.
    Tensor left() {
        return left;
    }

    /// Name of `B`: the weight's, with `.V` or `.VS`.
    String rightName() {
        return rightName;
    }

    /// `B`, `[n, r]`.
    Tensor right() {
        return right;
    }
}
