package dev.stiefel.linalg;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Lapack;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;

/// An orthonormal basis of the columns of a tall matrix.
///
///     A [m, n], n ≤ m   →   Q [m, n],  QᵀQ = I,  range(A) ⊆ range(Q)
///
/// Two algorithms. *Householder* QR always succeeds: a rank-deficient `A` gives an orthonormal `Q` all
/// the same, whose columns beyond the rank are some completion. *CholeskyQR2* (Fukaya, Nakatsukasa,
/// Yanagisawa & Yamamoto 2014, doi:10.1109/ScalA.2014.11) is a few products,
///
///     G = AᵀA,  R = chol(G),  A ← A R⁻¹,   twice,
///
/// with `R⁻¹` formed where it is small ([InverseCholesky]). It is several times cheaper for tall
/// matrices; it loses orthonormality once `cond(A)² ε` nears 1, where `cond` is that of `A` with its
/// columns scaled to equal norms: scaling columns by powers of two commutes with every rounding above,
/// so that badly scaled columns cost nothing. Our choices: columns whose squares would overflow or
/// underflow are scaled by such powers first ([ColumnScaling]); and the second Gram matrix, which is
/// computed anyway, is the check: unless `‖G − I‖_F ≤ 1/8` the result is thrown away and Householder
/// takes over. The signs and the order of the columns of `Q` are the algorithm's own: rebuild what
/// depends on them from `QᵀA`, never from `R`.
///
/// Error: `‖QᵀQ − I‖_F ≤ c n √m ε` for any finite input, with `c` of a few units. Cost: CholeskyQR2 `4
/// m n²` flops in products, Householder as many in slower kernels.
public final class OrthonormalBasis {
    private static final int FEW = 64; // columns
    private static final double CLOSE_TO_ORTHONORMAL = 0.125;

    private OrthonormalBasis() {}

    /// An orthonormal basis by CholeskyQR2 where that is safe, by Householder QR elsewhere. `a` is left
    /// as it is.
    ///
    /// @throws IllegalArgumentException if `a` has more columns than rows, or an element that is not
    /// finite
    public static Tensor of(Scope scope, Tensor a) {
        requireTall(a);
        return choleskyQr2(scope, a).orElseGet(() -> householder(scope, a));
    }

    /// The same, written over `a`, which must have no gaps.
    public static void ofInPlace(Scope scope, Tensor a) {
        requireTall(a);
        requireGapless(a);
        try (Tensor q = of(scope, a)) {
            a.copyFrom(q);
        }
    }

    /// An orthonormal basis by Householder QR. `a` is left as it is.
    ///
    /// @throws IllegalArgumentException if `a` has more columns than rows, or an element that is not finite
    public static Tensor householder(Scope scope, Tensor a) {
        requireTall(a);
        Tensor q = a.copy(scope);
        householderInto(scope, q, a);
        return q;
    }

    /// `q`, a copy of `a`, becomes its basis, or stays as it is where `a` is refused.
    private static void householderInto(Scope scope, Tensor q, Tensor a) {
        ColumnScaling.scaleInPlace(q);
        if (!Lapack.householderInPlace(scope, q)) {
            q.copyFrom(a);
            throw new IllegalArgumentException(
                    "orthonormal basis: every element must be finite; got %s with NaN or infinity".formatted(a));
        }
    }

    /// Nothing where the columns are too nearly dependent or an element is not finite. `a` is left as it is.
    static Optional<Tensor> choleskyQr2(Scope scope, Tensor a) {
        try (Tensor gram = scope.uninitialized(a.type(), a.columns(), a.columns())) {
            gramInto(gram, a);
            if (squaresAreSafe(gram)) {
                return choleskyQr2(scope, a, gram);
            }
            try (Tensor scaled = a.copy(scope)) {
                if (!ColumnScaling.scaleInPlace(scaled)) {
                    return Optional.empty();
                }
                gramInto(gram, scaled);
                return choleskyQr2(scope, scaled, gram);
            }
        }
    }

    /// `gram = aᵀa`, which is overwritten.
    private static Optional<Tensor> choleskyQr2(Scope scope, Tensor a, Tensor gram) {
        Optional<Tensor> nearly = timesInverse(scope, a, gram);
        if (nearly.isEmpty()) {
            return nearly;
        }
        try (Tensor q = nearly.get()) {
            gramInto(gram, q);
            return distanceFromIdentity(gram) <= CLOSE_TO_ORTHONORMAL ? timesInverse(scope, q, gram) : Optional.empty();
        }
    }

    /// The upper triangle of `aᵀa`: for few columns a whole product, which is faster than the half of one.
    private static void gramInto(Tensor gram, Tensor a) {
        if (a.columns() <= FEW || !a.isContiguous()) {
            matmulTNInto(gram, a, a);
        } else {
            Lapack.gramUpperInto(gram, a);
        }
    }

    /// `a R⁻¹`, `R = chol(gram)`: with the inverse formed for few columns. `gram` is destroyed.
    private static Optional<Tensor> timesInverse(Scope scope, Tensor a, Tensor gram) {
        if (a.columns() > FEW) {
            if (!Lapack.choleskyInPlace(gram)) {
                return Optional.empty();
            }
            Tensor q = a.copy(scope);
            Lapack.solveRightInPlace(q, gram);
            return Optional.of(q);
        }
        try (Tensor inverse = scope.uninitialized(a.type(), a.columns(), a.columns())) {
            return InverseCholesky.into(inverse, gram) ? Optional.of(matmul(scope, a, inverse)) : Optional.empty();
        }
    }

    /// Returns whether the squared column norms are so far from overflow and underflow that a pivot `ε` times as
    /// large is, too.
    private static boolean squaresAreSafe(Tensor gram) {
        boolean single = gram.type() == DType.FLOAT32;
        double least = single ? 0x1p-80 : 0x1p-918; // smallest normal number / ε²
        double most = single ? 0x1p100 : 0x1p900;
        for (int j = 0; j < gram.columns(); j++) {
            double square = gram.get(j, j);
            if (!(square >= least && square <= most)) {
                return false;
            }
        }
        return true;
    }

    /// `‖G − I‖_F` of a symmetric `G` whose upper triangle is given.
    private static double distanceFromIdentity(Tensor gram) {
        int n = gram.rows();
        double[] g = gram.toDoubles();
        double sum = 0;
        for (int i = 0; i < n; i++) {
            double diagonal = g[i * n + i] - 1;
            sum += diagonal * diagonal;
            for (int j = i + 1; j < n; j++) {
                sum += 2 * g[i * n + j] * g[i * n + j];
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

    private static void requireGapless(Tensor a) {
        if (!a.isContiguous()) {
            throw new IllegalArgumentException(
                    "orthonormal basis: needs a tensor without gaps between its rows; got a view %s; copy it"
                            .formatted(a.shape()));
        }
    }

    /// Distance of the columns of `q` from orthonormality: `‖QᵀQ − I‖_F`, computed in the format of `q`.
    public static double error(Tensor q) {
        try (Scope scope = Scope.open("orthonormality")) {
            return distanceFromIdentity(matmulTN(scope, q, q));
        }
    }

    /// Upper limit of [#error] for a basis `[m, n]` in this format: `10 n √m ε`, a bound on the rounding of the
    /// factorization and of the check, with room.
    public static double tolerance(DType type, int rows, int columns) {
        return 10 * Math.max(1, columns) * Math.sqrt(Math.max(1, rows)) * type.epsilon();
    }
}
