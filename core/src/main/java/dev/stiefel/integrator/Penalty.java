package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaleInPlace;
import static dev.stiefel.tensor.Ops.scaled;

import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// A penalty on weights that is added to the loss. On a factored weight in the orthonormal gauge, a penalty is a
/// function of the core alone, since `U` and `V` change no singular value; its gradient by the core is `C`, and
/// so `∇K = U C`, `∇L = V Cᵀ`, `∇S = C` (see [PenalizedField]).
public sealed interface Penalty {
    /// The factor of the penalty, above 0 and finite.
    double strength();

    /// `λ ‖W‖_F²`, on every weight: `C = 2λ S`. The same number for a factored weight and the matrix that it
    /// stands for, since `‖S‖_F = ‖W‖_F`. On factors in the free gauge too it is that of `W = A Bᵀ`, not of
    /// the factors.
    ///
    /// Unlike decoupled weight decay it goes through clipping and the optimizer: they are equal for plain
    /// gradient descent only.
    ///
    /// @param strength `λ`
    record L2(double strength) implements Penalty {
        /// Checks the strength.
        public L2 {
            requireStrength("L2 penalty", strength);
        }
    }

    /// The sum of absolute values: `λ Σ |w_ij|` of a dense weight, `λ Σ sigma_i` of a factored one, its nuclear
    /// norm.
    ///
    /// Our choice, because the elements of `W` are never formed, and a sum over the elements of `S` would
    /// depend on the basis: what a sum of absolute values makes sparse should be the spectrum. With
    /// `S = P Σ Qᵀ` the subgradient is `C = λ P Qᵀ` over the singular values above 1e-6 of the largest. On
    /// factors in the free gauge it is `λ/2 (‖A‖_F² + ‖B‖_F²)`, which is the nuclear norm of `A Bᵀ` where it
    /// is least over all factors of that product (Srebro, Rennie & Jaakkola 2004, "Maximum-margin matrix
    /// factorization", Lemma 1).
    ///
    /// @param strength `λ`
    record L1(double strength) implements Penalty {
        /// Checks the strength.
        public L1 {
            requireStrength("L1 penalty", strength);
        }
    }

    /// `λ ‖SᵀS − α² I‖_F`, `α² = ‖S‖_F² / r`, on factored weights only: 0 where all singular values are equal,
    /// so it lowers the condition number (RobustDLRT, arXiv 2505.08022). With its value `R` before `λ`,
    ///
    ///     C = 2λ S (SᵀS − α² I) / R
    ///
    /// (the derivative of `α²` drops out, for `SᵀS − α² I` has trace 0). Only for the orthonormal gauge. Where
    /// the core is not square, `r` is its number of columns, and where `R` is 0 its gradient is taken as 0.
    ///
    /// @param strength `λ`
    record Condition(double strength) implements Penalty {
        /// Checks the strength.
        public Condition {
            requireStrength("condition penalty", strength);
        }
    }

    /// The penalty of one factored weight in the orthonormal gauge, and `C`.
    ///
    /// @param value of the penalty
    /// @param core `C`, of the core's shape
    record OnCore(double value, Tensor core) {}

    /// Value and gradient at this core; the gradient is in `scope`.
    default OnCore at(Scope scope, Tensor S) {
        return switch (this) {
            case L2 l2 -> new OnCore(l2.strength() * dot(S, S), scaled(scope, S, 2 * l2.strength()));
            case L1 l1 -> nuclear(scope, S, l1.strength());
            case Condition condition -> spread(scope, S, condition.strength());
        };
    }

    private static OnCore nuclear(Scope scope, Tensor S, double strength) {
        Svd svd = Svd.of(scope, S);
        double sum = 0;
        int counted = 0;
        for (double sigma : svd.sigma()) {
            sum += sigma;
            counted += sigma > 1e-6 * svd.sigma().getFirst() ? 1 : 0;
        }
        if (counted == 0) {
            return new OnCore(0, scope.zeros(S.type(), S.rows(), S.columns()));
        }
        Tensor C = matmul(
                scope, svd.p().columnRange(0, counted).copy(scope), svd.qt().rows(0, counted));
        scaleInPlace(C, strength);
        return new OnCore(strength * sum, C);
    }

    private static OnCore spread(Scope scope, Tensor S, double strength) {
        int r = S.columns();
        Tensor E = matmulTN(scope, S, S); // [r, r]: SᵀS − α² I
        axpyInPlace(E, -dot(S, S) / r, scope.identity(S.type(), r));
        double value = norm(E);
        Tensor C = matmul(scope, S, E);
        scaleInPlace(C, value > 0 ? 2 * strength / value : 0);
        return new OnCore(strength * value, C);
    }

    private static void requireStrength(String name, double strength) {
        if (!(strength > 0 && Double.isFinite(strength))) {
            throw new IllegalArgumentException(
                    "%s: strength must be above 0 and finite; got %s".formatted(name, strength));
        }
    }
}
