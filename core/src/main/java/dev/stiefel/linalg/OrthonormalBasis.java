package dev.stiefel.linalg;

import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Lapack;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// An orthonormal basis of the columns of a tall matrix.
///
///     A [m, n], n ≤ m   →   Q [m, n],  QᵀQ = I,  range(A) ⊆ range(Q)
///
/// Two algorithms. *Householder* QR always succeeds: a rank-deficient `A` gives an orthonormal `Q` all the same, whose
/// columns beyond the rank are some completion. *CholeskyQR2* (Fukaya, Nakatsukasa, Yanagisawa & Yamamoto 2014,
/// doi:10.1109/ScalA.2014.11) is a few products,
///
///     G = AᵀA,  R = chol(G),  A ← A R⁻¹,   twice,
///
/// and several times cheaper for tall matrices; it loses orthonormality once `cond(A)² ε` nears 1. Our choices: columns
/// are first scaled to norm 1, which does not change the range and takes bad scaling out of the condition number; and
/// the second Gram matrix, which is computed anyway, is the check: unless `‖G − I‖_F ≤ 1/8` the result is thrown away
/// and
/// Householder takes over. The signs and the order of the columns of `Q` are the algorithm's own: rebuild what depends
/// on
/// them from `QᵀA`, never from `R`.
///
/// Error: `‖QᵀQ − I‖_F ≤ c n √m ε` for any finite input, with `c` of a few units. Cost: CholeskyQR2 `≈ 4 m n²` flops,
/// Householder `≈ 4 m n²` in slower kernels.
public final class OrthonormalBasis {
    private static final double CLOSE_TO_ORTHONORMAL = 0.125;

    private OrthonormalBasis() {}

    /// An orthonormal basis by CholeskyQR2 where that is safe, by Householder QR elsewhere. `a` is left as it is.
    ///
    /// @throws IllegalArgumentException if `a` has more columns than rows, or an element that is not finite
    public static Tensor of(Scope scope, Tensor a) {
        Tensor q = a.copy(scope);
        ofInPlace(scope, q);
        return q;
    }

    /// The same, written over `a`, which must have no gaps.
    public static void ofInPlace(Scope scope, Tensor a) {
        requireTall(a);
        try (Tensor original = a.copy(scope)) {
            if (!choleskyQr2InPlace(scope, a)) {
                a.copyFrom(original);
                householderInPlace(scope, a);
            }
        }
    }

    /// An orthonormal basis by Householder QR. `a` is left as it is.
    ///
    /// @throws IllegalArgumentException if `a` has more columns than rows, or an element that is not finite
    public static Tensor householder(Scope scope, Tensor a) {
        requireTall(a);
        Tensor q = a.copy(scope);
        householderInPlace(scope, q);
        return q;
    }

    private static void householderInPlace(Scope scope, Tensor a) {
        ColumnNorms.scaleToOneInPlace(a);
        if (!Lapack.householderInPlace(scope, a)) {
            throw new IllegalArgumentException(
                    "orthonormal basis: every element must be finite; got %s with NaN or infinity".formatted(a));
        }
    }

    /// `a ← Q`; false, with `a` destroyed, where the columns are too nearly dependent.
    static boolean choleskyQr2InPlace(Scope scope, Tensor a) {
        if (!ColumnNorms.scaleToOneInPlace(a)) {
            return false;
        }
        try (Tensor gram = matmulTN(scope, a, a)) {
            if (!Lapack.choleskyInPlace(gram)) {
                return false;
            }
            Lapack.solveRightInPlace(a, gram);
        }
        try (Tensor gram = matmulTN(scope, a, a)) {
            if (!(distanceFromIdentity(gram) <= CLOSE_TO_ORTHONORMAL) || !Lapack.choleskyInPlace(gram)) {
                return false;
            }
            Lapack.solveRightInPlace(a, gram);
        }
        return true;
    }

    private static double distanceFromIdentity(Tensor gram) {
        int n = gram.rows();
        double[] g = gram.toDoubles();
        double sum = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double d = g[i * n + j] - (i == j ? 1 : 0);
                sum += d * d;
            }
        }
        return Math.sqrt(sum);
    }

    private static void requireTall(Tensor a) {
        if (a.columns() > a.rows()) {
            throw new IllegalArgumentException(
                    "orthonormal basis: needs at least as many rows as columns; got " + a.shape());
        }
    }

    /// How far the columns of `q` are from orthonormal: `‖QᵀQ − I‖_F`, computed in the format of `q`.
    public static double error(Tensor q) {
        try (Scope scope = Scope.open("orthonormality")) {
            return distanceFromIdentity(matmulTN(scope, q, q));
        }
    }

    /// What [#error] may be for a basis `[m, n]` in this format: `10 n √m ε`, a bound on the rounding of the
    /// factorization and of the check, with room.
    public static double tolerance(DType type, int rows, int columns) {
        return 10 * Math.max(1, columns) * Math.sqrt(Math.max(1, rows)) * type.epsilon();
    }
}
