package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.NON_UNIT;
import static dev.stiefel.tensor.Native.NO_TRANSPOSE;
import static dev.stiefel.tensor.Native.RIGHT;
import static dev.stiefel.tensor.Native.ROW_MAJOR;
import static dev.stiefel.tensor.Native.UPPER;

/// The factorizations that `linalg` is made of, one LAPACK routine each; what to do when one fails is decided there.
///
/// Every matrix must be gapless. A result of `false` means that the routine did not succeed on finite input, or that
/// the input held a NaN; what was to be written then holds nothing of use.
public final class Lapack {
    private Lapack() {}

    /// `g ← R`, the upper triangular Cholesky factor with `RᵀR = g`, of a symmetric positive definite matrix `[n, n]`
    /// whose upper triangle is read (`potrf`). The lower triangle keeps what it held.
    public static boolean choleskyInPlace(Tensor g) {
        requireGapless("choleskyInPlace", g);
        requireSquare("choleskyInPlace", g);
        if (g.size() == 0) {
            return true;
        }
        try {
            int info = g.type() == DType.FLOAT32
                    ? (int) Native.SPOTRF.invokeExact(ROW_MAJOR, (byte) 'U', g.rows(), g.address(), g.rowStride())
                    : (int) Native.DPOTRF.invokeExact(ROW_MAJOR, (byte) 'U', g.rows(), g.address(), g.rowStride());
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
        if (a.size() == 0) {
            return;
        }
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

    /// `a ← Q`, the orthonormal factor of the Householder QR factorization of `a [m, n]`, `n ≤ m` (`geqrf`, `orgqr`).
    public static boolean householderInPlace(Scope scope, Tensor a) {
        requireGapless("householderInPlace", a);
        if (a.columns() > a.rows()) {
            throw new IllegalArgumentException(
                    "householderInPlace: needs at least as many rows as columns; got " + a.describe());
        }
        if (a.size() == 0) {
            return true;
        }
        int n = a.columns();
        Tensor tau = scope.uninitialized(a.type(), n);
        try {
            if (a.type() == DType.FLOAT32) {
                return (int) Native.SGEQRF.invokeExact(
                                        ROW_MAJOR, a.rows(), n, a.address(), a.rowStride(), tau.address())
                                == 0
                        && (int) Native.SORGQR.invokeExact(
                                        ROW_MAJOR, a.rows(), n, n, a.address(), a.rowStride(), tau.address())
                                == 0;
            }
            return (int) Native.DGEQRF.invokeExact(ROW_MAJOR, a.rows(), n, a.address(), a.rowStride(), tau.address())
                            == 0
                    && (int) Native.DORGQR.invokeExact(
                                    ROW_MAJOR, a.rows(), n, n, a.address(), a.rowStride(), tau.address())
                            == 0;
        } catch (Throwable e) {
            throw Native.failed("geqrf/orgqr", e);
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
        if (k == 0) {
            return true;
        }
        try {
            if (driver == SvdDriver.DIVIDE_AND_CONQUER) {
                return (a.type() == DType.FLOAT32
                                ? (int) Native.SGESDD.invokeExact(
                                        ROW_MAJOR,
                                        (byte) 'S',
                                        m,
                                        n,
                                        a.address(),
                                        n,
                                        sigma.address(),
                                        u.address(),
                                        k,
                                        vt.address(),
                                        n)
                                : (int) Native.DGESDD.invokeExact(
                                        ROW_MAJOR,
                                        (byte) 'S',
                                        m,
                                        n,
                                        a.address(),
                                        n,
                                        sigma.address(),
                                        u.address(),
                                        k,
                                        vt.address(),
                                        n))
                        == 0;
            }
            Tensor unconverged = scope.uninitialized(a.type(), k);
            return (a.type() == DType.FLOAT32
                            ? (int) Native.SGESVD.invokeExact(
                                    ROW_MAJOR,
                                    (byte) 'S',
                                    (byte) 'S',
                                    m,
                                    n,
                                    a.address(),
                                    n,
                                    sigma.address(),
                                    u.address(),
                                    k,
                                    vt.address(),
                                    n,
                                    unconverged.address())
                            : (int) Native.DGESVD.invokeExact(
                                    ROW_MAJOR,
                                    (byte) 'S',
                                    (byte) 'S',
                                    m,
                                    n,
                                    a.address(),
                                    n,
                                    sigma.address(),
                                    u.address(),
                                    k,
                                    vt.address(),
                                    n,
                                    unconverged.address()))
                    == 0;
        } catch (Throwable e) {
            throw Native.failed("gesdd/gesvd", e);
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
