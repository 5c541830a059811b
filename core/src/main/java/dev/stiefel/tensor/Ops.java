package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.NO_TRANSPOSE;
import static dev.stiefel.tensor.Native.TRANSPOSE;

/// Products, sums and norms of tensors. `TN` multiplies by the first factor's transpose, `NT` by the
/// second's.
///
/// Methods with `Into` or `InPlace` in their names write into a given tensor; the others make their result in a
/// given scope. Shapes, formats and lifetimes are checked before native code is reached, and so is that a tensor
/// which is written shares no memory with one that is read (in a sum it may be the very same tensor). Products
/// run on the calling thread alone: share work between threads with [Threads].
public final class Ops {
    /// Above this the square of a norm, added up in float32, has lost nothing that counts to underflow.
    private static final double SAFE_SQUARE = 0x1p-80;

    private Ops() {}

    // ---- products ----

    /// `a b`: `[m, k]` times `[k, n]` is `[m, n]`.
    public static Tensor matmul(Scope scope, Tensor a, Tensor b) {
        return product("matmul", scope, a, NO_TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `aᵀ b`: `[k, m]` and `[k, n]` give `[m, n]`.
    public static Tensor matmulTN(Scope scope, Tensor a, Tensor b) {
        return product("matmulTN", scope, a, TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `a bᵀ`: `[m, k]` and `[n, k]` give `[m, n]`.
    public static Tensor matmulNT(Scope scope, Tensor a, Tensor b) {
        return product("matmulNT", scope, a, NO_TRANSPOSE, b, TRANSPOSE);
    }

    /// `out ← a b`.
    public static void matmulInto(Tensor out, Tensor a, Tensor b) {
        gemm("matmulInto", out, 0, 1, a, NO_TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `out ← aᵀ b`.
    public static void matmulTNInto(Tensor out, Tensor a, Tensor b) {
        gemm("matmulTNInto", out, 0, 1, a, TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `out ← a bᵀ`.
    public static void matmulNTInto(Tensor out, Tensor a, Tensor b) {
        gemm("matmulNTInto", out, 0, 1, a, NO_TRANSPOSE, b, TRANSPOSE);
    }

    /// `out ← aᵀ bᵀ`.
    public static void matmulTTInto(Tensor out, Tensor a, Tensor b) {
        gemm("matmulTTInto", out, 0, 1, a, TRANSPOSE, b, TRANSPOSE);
    }

    /// `out ← out + alpha a b`.
    public static void addMatmulInPlace(Tensor out, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulInPlace", out, 1, alpha, a, NO_TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `out ← out + alpha aᵀ b`.
    public static void addMatmulTNInPlace(Tensor out, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulTNInPlace", out, 1, alpha, a, TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `out ← out + alpha a bᵀ`.
    public static void addMatmulNTInPlace(Tensor out, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulNTInPlace", out, 1, alpha, a, NO_TRANSPOSE, b, TRANSPOSE);
    }

    /// `out ← out + alpha aᵀ bᵀ`.
    public static void addMatmulTTInPlace(Tensor out, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulTTInPlace", out, 1, alpha, a, TRANSPOSE, b, TRANSPOSE);
    }

    /// `out ← beta out + alpha a b`.
    public static void addMatmulInPlace(Tensor out, double beta, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulInPlace", out, beta, alpha, a, NO_TRANSPOSE, b, NO_TRANSPOSE);
    }

    /// `out ← beta out + alpha a bᵀ`.
    public static void addMatmulNTInPlace(Tensor out, double beta, double alpha, Tensor a, Tensor b) {
        gemm("addMatmulNTInPlace", out, beta, alpha, a, NO_TRANSPOSE, b, TRANSPOSE);
    }

    // ---- sums ----

    /// `a + alpha b`, of equal shapes.
    public static Tensor sum(Scope scope, Tensor a, double alpha, Tensor b) {
        a.requireSame("sum", b);
        Tensor sum = a.copy(scope);
        axpyInPlace(sum, alpha, b);
        return sum;
    }

    /// `alpha a`.
    public static Tensor scaled(Scope scope, Tensor a, double alpha) {
        Tensor scaled = a.copy(scope);
        scaleInPlace(scaled, alpha);
        return scaled;
    }

    /// `y ← y + alpha x`, of equal shapes.
    public static void axpyInPlace(Tensor y, double alpha, Tensor x) {
        y.requireSame("axpyInPlace", x);
        y.requireApart("axpyInPlace", x);
        forEachRun(y, x, (count, yAddress, xAddress) -> axpy(y.type(), count, alpha, xAddress, yAddress));
    }

    /// `x ← alpha x`. A NaN or infinite element stays what the product makes of it.
    public static void scaleInPlace(Tensor x, double alpha) {
        x.requireOpen();
        forEachRun(x, x, (count, address, same) -> scal(x.type(), count, alpha, address));
    }

    /// The sum of the products of corresponding elements, of equal shapes.
    public static double dot(Tensor a, Tensor b) {
        a.requireSame("dot", b);
        double[] sum = {0};
        forEachRun(a, b, (count, aAddress, bAddress) -> sum[0] += dot(a.type(), count, aAddress, bAddress));
        return sum[0];
    }

    /// Products of corresponding rows: `out_i ← a_i · b_i`.
    ///
    /// @param out `[m, 1]`
    /// @param a `[m, n]`
    /// @param b `[m, n]`
    public static void rowDotsInto(Tensor out, Tensor a, Tensor b) {
        String operation = "rowDotsInto";
        out.requireOpen();
        out.requireMatrix(operation);
        a.requireMatrix(operation);
        a.requireSame(operation, b);
        out.requireType(operation, a.type());
        out.requireDisjoint(operation, a);
        out.requireDisjoint(operation, b);
        if (out.rows() != a.rows() || out.columns() != 1) {
            throw new IllegalArgumentException(
                    "%s: the result must be [%d, 1]; got %s".formatted(operation, a.rows(), out.describe()));
        }
        for (int i = 0; i < a.rows(); i++) {
            out.set(i, 0, dot(a.type(), a.columns(), rowAddress(a, i), rowAddress(b, i)));
        }
    }

    /// The Frobenius norm: the root of the sum of the squares of all elements, also where a square
    /// would overflow or underflow.
    public static double norm(Tensor a) {
        double square = dot(a, a);
        if (square >= SAFE_SQUARE && square < Double.POSITIVE_INFINITY) {
            return Math.sqrt(square);
        }
        double[] norm = {0};
        forEachRun(a, a, (count, address, same) -> norm[0] = Math.hypot(norm[0], nrm2(a.type(), count, address)));
        return norm[0];
    }

    // ---- rearranging ----

    /// The transpose of a matrix, as a new matrix.
    public static Tensor transpose(Scope scope, Tensor a) {
        a.requireOpen();
        a.requireMatrix("transpose");
        Tensor result = scope.uninitialized(a.type(), a.columns(), a.rows());
        Transposition.into(result, a, false);
        return result;
    }

    /// `out ← aᵀ`: `[m, n]` gives `[n, m]`.
    public static void transposeInto(Tensor out, Tensor a) {
        requireTransposed("transposeInto", out, a);
        Transposition.into(out, a, false);
    }

    /// `out ← out + aᵀ`: `a` is `[m, n]`, `out` `[n, m]`.
    public static void addTransposeInPlace(Tensor out, Tensor a) {
        requireTransposed("addTransposeInPlace", out, a);
        Transposition.into(out, a, true);
    }

    private static void requireTransposed(String operation, Tensor out, Tensor a) {
        a.requireOpen();
        out.requireOpen();
        a.requireMatrix(operation);
        out.requireMatrix(operation);
        if (out.rows() != a.columns() || out.columns() != a.rows()) {
            throw new IllegalArgumentException("%s: the result must be [%d, %d]; got %s"
                    .formatted(operation, a.columns(), a.rows(), out.describe()));
        }
        out.requireType(operation, a.type());
        out.requireDisjoint(operation, a);
    }

    /// `[a | b]`: two matrices with the same rows side by side.
    public static Tensor beside(Scope scope, Tensor a, Tensor b) {
        a.requireOpen();
        b.requireOpen();
        a.requireMatrix("beside");
        b.requireMatrix("beside");
        if (a.rows() != b.rows() || a.type() != b.type()) {
            throw new IllegalArgumentException(
                    "beside: rows and number formats must be equal; got %s and %s".formatted(a, b));
        }
        Tensor result = scope.uninitialized(a.type(), a.rows(), a.columns() + b.columns());
        result.columnRange(0, a.columns()).copyFrom(a);
        result.columnRange(a.columns(), result.columns()).copyFrom(b);
        return result;
    }

    /// The same numbers in another format.
    public static Tensor cast(Scope scope, Tensor a, DType type) {
        a.requireOpen();
        a.requireMatrix("cast");
        Tensor result = scope.uninitialized(type, a.rows(), a.columns());
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                result.set(i, j, a.get(i, j));
            }
        }
        return result;
    }

    /// Returns whether every element is a finite number.
    public static boolean isFinite(Tensor a) {
        return a.allFinite();
    }

    // ---- native calls ----

    private interface Run {
        void apply(int count, long first, long second);
    }

    /// Hands on the elements of two tensors of equal shape as stretches without gaps.
    private static void forEachRun(Tensor a, Tensor b, Run run) {
        if (a.size() == 0) {
            return;
        }
        if (a.isContiguous() && b.isContiguous()) {
            run.apply(Math.toIntExact(a.size()), a.address(), b.address());
        } else {
            for (int i = 0; i < a.rows(); i++) {
                run.apply(a.columns(), rowAddress(a, i), rowAddress(b, i));
            }
        }
    }

    private static long rowAddress(Tensor a, int row) {
        return a.address() + (long) row * a.rowStride() * a.type().bytes();
    }

    private static Tensor product(String operation, Scope scope, Tensor a, int transA, Tensor b, int transB) {
        requireFactors(operation, a, transA, b, transB);
        Tensor out = scope.uninitialized(a.type(), outer(a, transA), inner(b, transB));
        gemm(operation, out, 0, 1, a, transA, b, transB);
        return out;
    }

    private static void gemm(
            String operation, Tensor out, double beta, double alpha, Tensor a, int transA, Tensor b, int transB) {
        requireFactors(operation, a, transA, b, transB);
        out.requireOpen();
        out.requireMatrix(operation);
        int m = outer(a, transA);
        int n = inner(b, transB);
        int k = inner(a, transA);
        if (out.rows() != m || out.columns() != n) {
            throw new IllegalArgumentException(
                    "%s: the result must be [%d, %d]; got %s".formatted(operation, m, n, out.describe()));
        }
        out.requireType(operation, a.type());
        out.requireDisjoint(operation, a);
        out.requireDisjoint(operation, b);
        if (m == 0 || n == 0) {
            return;
        }
        if (k == 0) {
            if (beta == 0) {
                out.clear();
            }
            return;
        }
        Gemm.call(
                a.type(),
                m,
                n,
                k,
                alpha,
                a.address(),
                a.rowStride(),
                transA,
                b.address(),
                b.rowStride(),
                transB,
                beta,
                out.address(),
                out.rowStride());
    }

    private static void requireFactors(String operation, Tensor a, int transA, Tensor b, int transB) {
        a.requireOpen();
        b.requireOpen();
        a.requireMatrix(operation);
        b.requireMatrix(operation);
        if (inner(a, transA) != outer(b, transB)) {
            String rule = switch (transA + transB) {
                case TRANSPOSE + TRANSPOSE -> "rows of the first must equal columns of the second";
                case NO_TRANSPOSE + NO_TRANSPOSE -> "columns of the first must equal rows of the second";
                default -> transA == TRANSPOSE ? "rows must be equal" : "columns must be equal";
            };
            throw new IllegalArgumentException(
                    "%s: %s; got %s and %s".formatted(operation, rule, a.describe(), b.describe()));
        }
        if (a.type() != b.type()) {
            throw new IllegalArgumentException(
                    "%s: number formats must be equal; got %s and %s".formatted(operation, a, b));
        }
    }

    private static int outer(Tensor a, int trans) {
        return trans == NO_TRANSPOSE ? a.rows() : a.columns();
    }

    private static int inner(Tensor a, int trans) {
        return trans == NO_TRANSPOSE ? a.columns() : a.rows();
    }

    private static void axpy(DType type, int count, double alpha, long x, long y) {
        Counts.add(2L * count, 3L * count * type.bytes());
        try {
            if (type == DType.FLOAT32) {
                Native.SAXPY.invokeExact(count, (float) alpha, x, 1, y, 1);
            } else {
                Native.DAXPY.invokeExact(count, alpha, x, 1, y, 1);
            }
        } catch (Throwable e) {
            throw Native.failed("axpy", e);
        }
    }

    private static void scal(DType type, int count, double alpha, long x) {
        Counts.add(count, 2L * count * type.bytes());
        try {
            if (type == DType.FLOAT32) {
                Native.SSCAL.invokeExact(count, (float) alpha, x, 1);
            } else {
                Native.DSCAL.invokeExact(count, alpha, x, 1);
            }
        } catch (Throwable e) {
            throw Native.failed("scal", e);
        }
    }

    private static double dot(DType type, int count, long x, long y) {
        Counts.add(2L * count, 2L * count * type.bytes());
        try {
            return type == DType.FLOAT32
                    ? (float) Native.SDOT.invokeExact(count, x, 1, y, 1)
                    : (double) Native.DDOT.invokeExact(count, x, 1, y, 1);
        } catch (Throwable e) {
            throw Native.failed("dot", e);
        }
    }

    private static double nrm2(DType type, int count, long x) {
        Counts.add(2L * count, (long) count * type.bytes());
        try {
            return type == DType.FLOAT32
                    ? (float) Native.SNRM2.invokeExact(count, x, 1)
                    : (double) Native.DNRM2.invokeExact(count, x, 1);
        } catch (Throwable e) {
            throw Native.failed("nrm2", e);
        }
    }
}
