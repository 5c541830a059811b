package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.NO_TRANSPOSE;
import static dev.stiefel.tensor.Native.TRANSPOSE;

/// The products of multi-head attention for one sample, of all heads in one call: they are small, and there
/// are many.
///
/// Head `h` of a matrix `X` with `d` columns is `X_h`, its columns from `h d / heads` on, `d / heads` of them.
/// Matrices of scores, `[m, heads · n]`, hold the numbers of heads side by side, keys as rows: `P_h` is the columns
/// from `h n` on, `[m, n]`. Checks and rules of [Ops] hold here, too.
public final class HeadProducts {
    private HeadProducts() {}

    /// Products of each key with each query: `P_h ← K_h Q_hᵀ`.
    ///
    /// @param P `[m, heads · n]`
    /// @param Q `[n, d]`
    /// @param K `[m, d]`
    /// @param heads number of heads that share `d` columns
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `d`
    public static void scoresInto(Tensor P, Tensor Q, Tensor K, int heads) {
        String operation = "scoresInto";
        Sizes sizes = sizes(operation, P, Q, K, heads);
        P.requireDisjoint(operation, Q);
        P.requireDisjoint(operation, K);
        if (sizes.inner() == 0) {
            P.clear();
        } else if (!sizes.isEmpty()) {
            for (int head = 0; head < heads; head++) {
                Gemm.call(
                        P.type(),
                        sizes.m(),
                        sizes.n(),
                        sizes.inner(),
                        1,
                        address(K, head, sizes.inner()),
                        K.rowStride(),
                        NO_TRANSPOSE,
                        address(Q, head, sizes.inner()),
                        Q.rowStride(),
                        TRANSPOSE,
                        0,
                        address(P, head, sizes.n()),
                        P.rowStride());
            }
        }
    }

    /// Sums of rows of keys, weighted for each query: `Y_h ← P_hᵀ V_h`.
    ///
    /// @param Y `[n, e]`
    /// @param P `[m, heads · n]`
    /// @param V `[m, e]`
    /// @param heads number of heads that share `e` columns
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `e`
    public static void weightedKeysInto(Tensor Y, Tensor P, Tensor V, int heads) {
        sum("weightedKeysInto", Y, 0, P, TRANSPOSE, V, heads);
    }

    /// `Y_h ← Y_h + P_hᵀ V_h`; shapes as in [#weightedKeysInto].
    public static void addWeightedKeysInPlace(Tensor Y, Tensor P, Tensor V, int heads) {
        sum("addWeightedKeysInPlace", Y, 1, P, TRANSPOSE, V, heads);
    }

    /// Sums of rows of queries, weighted for each key: `V_h ← P_h Y_h`.
    ///
    /// @param V `[m, e]`
    /// @param P `[m, heads · n]`
    /// @param Y `[n, e]`
    /// @param heads number of heads that share `e` columns
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `e`
    public static void weightedQueriesInto(Tensor V, Tensor P, Tensor Y, int heads) {
        sum("weightedQueriesInto", V, 0, P, NO_TRANSPOSE, Y, heads);
    }

    /// `V_h ← V_h + P_h Y_h`; shapes as in [#weightedQueriesInto].
    public static void addWeightedQueriesInPlace(Tensor V, Tensor P, Tensor Y, int heads) {
        sum("addWeightedQueriesInPlace", V, 1, P, NO_TRANSPOSE, Y, heads);
    }

    private static void sum(String operation, Tensor out, double beta, Tensor P, int transP, Tensor in, int heads) {
        boolean toQueries = transP == TRANSPOSE;
        Sizes sizes = toQueries ? sizes(operation, P, out, in, heads) : sizes(operation, P, in, out, heads);
        out.requireDisjoint(operation, P);
        out.requireDisjoint(operation, in);
        if (in.rows() == 0) {
            if (beta == 0) {
                out.clear();
            }
        } else if (sizes.inner() > 0 && !sizes.isEmpty()) {
            for (int head = 0; head < heads; head++) {
                Gemm.call(
                        P.type(),
                        out.rows(),
                        sizes.inner(),
                        in.rows(),
                        1,
                        address(P, head, sizes.n()),
                        P.rowStride(),
                        transP,
                        address(in, head, sizes.inner()),
                        in.rowStride(),
                        NO_TRANSPOSE,
                        beta,
                        address(out, head, sizes.inner()),
                        out.rowStride());
            }
        }
    }

    /// The address of the first column of a head; each head has `width` columns.
    private static long address(Tensor columns, int head, int width) {
        return columns.address() + (long) head * width * columns.type().bytes();
    }

    /// @param n columns of a head's scores
    /// @param m rows of scores
    /// @param inner columns of a head
    private record Sizes(int n, int m, int inner) {
        boolean isEmpty() {
            return n == 0 || m == 0;
        }
    }

    /// Checks the shapes `[m, heads · n]`, `[n, d]`, `[m, d]`.
    private static Sizes sizes(String operation, Tensor P, Tensor ofQueries, Tensor ofKeys, int heads) {
        for (Tensor tensor : new Tensor[] {P, ofQueries, ofKeys}) {
            tensor.requireOpen();
            tensor.requireMatrix(operation);
            tensor.requireType(operation, P.type());
        }
        int n = ofQueries.rows();
        int m = ofKeys.rows();
        if (ofQueries.columns() != ofKeys.columns()) {
            throw new IllegalArgumentException(
                    "%s: rows of queries and of keys must have equally many columns; got %s and %s"
                            .formatted(operation, ofQueries.describe(), ofKeys.describe()));
        }
        if (heads < 1 || ofKeys.columns() % heads != 0) {
            throw new IllegalArgumentException("%s: heads must divide the %d columns of %s; got %d"
                    .formatted(operation, ofKeys.columns(), ofKeys.describe(), heads));
        }
        if (P.rows() != m || P.columns() != (long) heads * n) {
            throw new IllegalArgumentException(
                    "%s: scores must be [%d, %d · %d]; got %s".formatted(operation, m, heads, n, P.describe()));
        }
        return new Sizes(n, m, ofKeys.columns() / heads);
    }
}
