package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.COLUMN_MAJOR;
import static dev.stiefel.tensor.Native.NON_UNIT;
import static dev.stiefel.tensor.Native.NO_TRANSPOSE;
import static dev.stiefel.tensor.Native.RIGHT;
import static dev.stiefel.tensor.Native.ROW_MAJOR;
import static dev.stiefel.tensor.Native.TRANSPOSE;
import static dev.stiefel.tensor.Native.UPPER;

/// The factorizations that `linalg` is made of, one LAPACK routine each; what to do when one fails is decided
/// there.
///
/// Every matrix must be gapless, and no two may share memory. A result of `false` means that the routine did not
/// succeed on finite input, or that the input held a NaN or an infinity; what was to be written then holds nothing
/// of use.
///
/// LAPACK's matrices are column-major. A row-major matrix is the transpose of a column-major one, so the routines
/// are called for the transposed problem (the other triangle, `u` and `vt` exchanged) and nothing is copied.
/// Householder QR alone is called with a transposed copy: LQ on the matrix as it lies, whose rows are strided,
/// takes twice the time.
public final class Lapack {
    private Lapack() {}

    /// The upper triangle of `g [n, n]` ← that of `aᵀa`, for `a [m, n]` (`syrk`): half of the work of a product.
    /// The lower triangle keeps what it held.
    public static void gramUpperInto(Tensor g, Tensor a) {
        requireGapless("gramUpperInto", g);
        requireGapless("gramUpperInto", a);
        requireSquare("gramUpperInto", g);
        if (a.columns() != g.rows() || a.type() != g.type()) {
            throw new IllegalArgumentException(
                    "gramUpperInto: columns and number formats must be equal; got %s and %s".formatted(g, a));
        }
        g.requireDisjoint("gramUpperInto", a);
        if (g.size() == 0) {
            return;
        }
        count(a, (long) a.rows() * a.columns() * a.columns());
        try {
            if (a.type() == DType.FLOAT32) {
                Native.SSYRK.invokeExact(
                        ROW_MAJOR,
                        UPPER,
                        TRANSPOSE,
                        a.columns(),
                        a.rows(),
                        1f,
                        a.address(),
                        a.rowStride(),
                        0f,
                        g.address(),
                        g.rowStride());
            } else {
                Native.DSYRK.invokeExact(
                        ROW_MAJOR,
                        UPPER,
                        TRANSPOSE,
                        a.columns(),
                        a.rows(),
                        1d,
                        a.address(),
                        a.rowStride(),
                        0d,
                        g.address(),
                        g.rowStride());
            }
        } catch (Throwable e) {
            throw Native.failed("syrk", e);
        }
    }

    /// `g ← R`, the upper triangular Cholesky factor with `RᵀR = g`, of a symmetric positive definite matrix `[n,
    /// n]` whose upper triangle is read (`potrf`). The lower triangle keeps what it held.
    public static boolean choleskyInPlace(Tensor g) {
        requireGapless("choleskyInPlace", g);
        requireSquare("choleskyInPlace", g);
        if (g.size() == 0) {
            return true;
        }
        count(g, (long) g.rows() * g.rows() * g.rows() / 3);
        try {
            int info = g.type() == DType.FLOAT32
                    ? (int) Native.SPOTRF.invokeExact(COLUMN_MAJOR, (byte) 'L', g.rows(), g.address(), g.rowStride())
                    : (int) Native.DPOTRF.invokeExact(COLUMN_MAJOR, (byte) 'L', g.rows(), g.address(), g.rowStride());
            return info == 0;
        } catch (Throwable e) {
            throw Native.failed("potrf", e);
        }
    }

    /// `a ← a R⁻¹` for `a [m, n]` and an upper triangular `R [n, n]` with no zero on its diagonal (`trsm`).
    public static void solveRightInPlace(Tensor a, Tensor r) {
        requireGapless("solveRightInPlace", a);
        requireGapless("solveRightInPlace", r);
        requireSquare("solveRightInPlace", r);
        if (a.columns() != r.rows() || a.type() != r.type()) {
            throw new IllegalArgumentException(
                    "solveRightInPlace: columns and number formats must be equal; got %s and %s".formatted(a, r));
        }
        a.requireDisjoint("solveRightInPlace", r);
        if (a.size() == 0) {
            return;
        }
        count(a, (long) a.rows() * a.columns() * a.columns());
        try {
            if (a.type() == DType.FLOAT32) {
                Native.STRSM.invokeExact(
                        ROW_MAJOR,
                        RIGHT,
                        UPPER,
                        NO_TRANSPOSE,
                        NON_UNIT,
                        a.rows(),
                        a.columns(),
                        1f,
                        r.address(),
                        r.rowStride(),
                        a.address(),
                        a.rowStride());
            } else {
                Native.DTRSM.invokeExact(
                        ROW_MAJOR,
                        RIGHT,
                        UPPER,
                        NO_TRANSPOSE,
                        NON_UNIT,
                        a.rows(),
                        a.columns(),
                        1d,
                        r.address(),
                        r.rowStride(),
                        a.address(),
                        a.rowStride());
            }
        } catch (Throwable e) {
            throw Native.failed("trsm", e);
        }
    }

    /// `a ← Q`, the orthonormal factor of the Householder QR factorization of `a [m, n]`, `n ≤ m` (`geqrf`,
    /// `orgqr`).
    public static boolean householderInPlace(Scope scope, Tensor a) {
        requireGapless("householderInPlace", a);
        if (a.columns() > a.rows()) {
            throw new IllegalArgumentException(
                    "householderInPlace: needs at least as many rows as columns; got " + a.describe());
        }
        if (a.size() == 0) {
            return true;
        }
        if (!a.allFinite()) {
            return false;
        }
        count(a, 2L * a.rows() * a.columns() * a.columns());
        count(a, 2L * a.rows() * a.columns() * a.columns());
        try (Tensor tau = scope.uninitialized(a.type(), a.columns())) {
            return qrInPlace(a, tau);
        }
    }

    /// The algorithm that computes a singular value decomposition.
    public enum SvdDriver {
        /// Divide and conquer (`gesdd`): the fast one.
        DIVIDE_AND_CONQUER,
        /// QR iteration (`gesvd`): slower, and converges on inputs where the other does not.
        QR_ITERATION
    }

    /// `a = u diag(sigma) vt`, singular values descending: `a [m, n]` (overwritten), `u [m, k]`, `sigma [k]`,
    /// `vt [k, n]`, `k = min(m, n)`.
    public static boolean svdInto(SvdDriver driver, Scope scope, Tensor a, Tensor u, Tensor sigma, Tensor vt) {
        String operation = "svdInto";
        requireGapless(operation, a);
        requireGapless(operation, u);
        requireGapless(operation, vt);
        sigma.requireOpen();
        int m = a.rows();
        int n = a.columns();
        int k = Math.min(m, n);
        requireShape(operation, "u", u, Shape.of(m, k), a.type());
        requireShape(operation, "sigma", sigma, Shape.of(k), a.type());
        requireShape(operation, "vt", vt, Shape.of(k, n), a.type());
        requireAllDisjoint(operation, a, u, sigma, vt);
        if (k == 0) {
            return true;
        }
        if (!a.allFinite()) {
            return false;
        }
        count(a, 20L * k * k * Math.max(m, n));
        return switch (driver) {
            case DIVIDE_AND_CONQUER -> gesdd(a, u, sigma, vt);
            case QR_ITERATION -> {
                try (Tensor unconverged = scope.uninitialized(a.type(), k)) {
                    yield gesvd(a, u, sigma, vt, unconverged);
                }
            }
        };
    }

    // ---- native calls ----

    private static boolean qrInPlace(Tensor a, Tensor tau) {
        int m = a.rows();
        int n = a.columns();
        try {
            if (a.type() == DType.FLOAT32) {
                return (int) Native.SGEQRF.invokeExact(ROW_MAJOR, m, n, a.address(), n, tau.address()) == 0
                        && (int) Native.SORGQR.invokeExact(ROW_MAJOR, m, n, n, a.address(), n, tau.address()) == 0;
            }
            return (int) Native.DGEQRF.invokeExact(ROW_MAJOR, m, n, a.address(), n, tau.address()) == 0
                    && (int) Native.DORGQR.invokeExact(ROW_MAJOR, m, n, n, a.address(), n, tau.address()) == 0;
        } catch (Throwable e) {
            throw Native.failed("geqrf/orgqr", e);
        }
    }

    private static boolean gesdd(Tensor a, Tensor u, Tensor sigma, Tensor vt) {
        int m = a.rows();
        int n = a.columns();
        int k = Math.min(m, n);
        try {
            int info = a.type() == DType.FLOAT32
                    ? (int) Native.SGESDD.invokeExact(
                            COLUMN_MAJOR,
                            (byte) 'S',
                            n,
                            m,
                            a.address(),
                            n,
                            sigma.address(),
                            vt.address(),
                            n,
                            u.address(),
                            k)
                    : (int) Native.DGESDD.invokeExact(
                            COLUMN_MAJOR,
                            (byte) 'S',
                            n,
                            m,
                            a.address(),
                            n,
                            sigma.address(),
                            vt.address(),
                            n,
                            u.address(),
                            k);
            return info == 0;
        } catch (Throwable e) {
            throw Native.failed("gesdd", e);
        }
    }

    private static boolean gesvd(Tensor a, Tensor u, Tensor sigma, Tensor vt, Tensor unconverged) {
        int m = a.rows();
        int n = a.columns();
        int k = Math.min(m, n);
        try {
            int info = a.type() == DType.FLOAT32
                    ? (int) Native.SGESVD.invokeExact(
                            COLUMN_MAJOR,
                            (byte) 'S',
                            (byte) 'S',
                            n,
                            m,
                            a.address(),
                            n,
                            sigma.address(),
                            vt.address(),
                            n,
                            u.address(),
                            k,
                            unconverged.address())
                    : (int) Native.DGESVD.invokeExact(
                            COLUMN_MAJOR,
                            (byte) 'S',
                            (byte) 'S',
                            n,
                            m,
                            a.address(),
                            n,
                            sigma.address(),
                            vt.address(),
                            n,
                            u.address(),
                            k,
                            unconverged.address());
            return info == 0;
        } catch (Throwable e) {
            throw Native.failed("gesvd", e);
        }
    }

    /// A call that works on `a` in the main, for [Counts]; factorizations by their textbooks' leading terms.
    private static void count(Tensor a, long flops) {
        Counts.add(flops, 2 * a.size() * a.type().bytes());
    }

    // ---- checks ----

    private static void requireAllDisjoint(String operation, Tensor... tensors) {
        for (int i = 0; i < tensors.length; i++) {
            for (int j = 0; j < i; j++) {
                tensors[i].requireDisjoint(operation, tensors[j]);
            }
        }
    }

    private static void requireGapless(String operation, Tensor a) {
        a.requireOpen();
        a.requireMatrix(operation);
        a.requireContiguous(operation);
    }

    private static void requireSquare(String operation, Tensor a) {
        if (a.rows() != a.columns()) {
            throw new IllegalArgumentException("%s: needs a square matrix; got %s".formatted(operation, a.describe()));
        }
    }

    private static void requireShape(String operation, String name, Tensor a, Shape shape, DType type) {
        if (!a.shape().equals(shape) || a.type() != type) {
            throw new IllegalArgumentException(
                    "%s: %s must be %s of the input's number format; got %s".formatted(operation, name, shape, a));
        }
    }
}
