package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.NO_TRANSPOSE;
import static dev.stiefel.tensor.Native.TRANSPOSE;

/// The products of multi-head attention for one sample, of all heads in one call: they are small, and there
/// are many.
///
/// Head `h` of a matrix `X` with `d` columns is `X_h`, its columns from `h d / heads` on, `d / heads` of them.
/// Matrices of scores, `[heads · n, m]`, hold the `[n, m]` numbers of one head under those of the other: `P_h`
/// is the rows from `h n` on. Checks and rules of [Ops] hold here, too.
public final class HeadProducts {
    private HeadProducts() {}

    /// `P_h ← Q_h K_hᵀ`.
    ///
    /// @param P `[heads · n, m]`
    /// @param Q `[n, d]`
    /// @param K `[m, d]`
    /// @param heads that `d` columns are divided between
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `d`
    public static void scoresInto(Tensor P, Tensor Q, Tensor K, int heads) {
        String operation = "scoresInto";
        Sizes sizes = sizes(operation, P, Q, K, heads);
        P.requireDisjoint(operation, Q);
        P.requireDisjoint(operation, K);
        if (sizes.inner() == 0) {
            P.clear();
        } else if (!sizes.isEmpty()) {
            int bytes = P.type().bytes();
            for (int head = 0; head < heads; head++) {
                Gemm.call(
                        P.type(),
                        sizes.n(),
                        sizes.m(),
                        sizes.inner(),
                        1,
                        Q.address() + (long) head * sizes.inner() * bytes,
                        Q.rowStride(),
                        NO_TRANSPOSE,
                        K.address() + (long) head * sizes.inner() * bytes,
                        K.rowStride(),
                        TRANSPOSE,
                        0,
                        P.address() + (long) head * sizes.n() * P.rowStride() * bytes,
                        P.rowStride());
            }
        }
    }

    /// `Y_h ← P_h V_h`.
    ///
    /// @param Y `[n, e]`
    /// @param P `[heads · n, m]`
    /// @param V `[m, e]`
    /// @param heads that `e` columns are divided between
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `e`
    public static void mixedInto(Tensor Y, Tensor P, Tensor V, int heads) {
        mix("mixedInto", Y, 0, P, NO_TRANSPOSE, V, heads);
    }

    /// `Y_h ← Y_h + P_h V_h`; shapes as in [#mixedInto].
    public static void addMixedInPlace(Tensor Y, Tensor P, Tensor V, int heads) {
        mix("addMixedInPlace", Y, 1, P, NO_TRANSPOSE, V, heads);
    }

    /// `Z_h ← P_hᵀ Y_h`.
    ///
    /// @param Z `[m, e]`
    /// @param P `[heads · n, m]`
    /// @param Y `[n, e]`
    /// @param heads that `e` columns are divided between
    /// @throws IllegalArgumentException if shapes or formats differ from these, or `heads` does not divide `e`
    public static void mixedTNInto(Tensor Z, Tensor P, Tensor Y, int heads) {
        mix("mixedTNInto", Z, 0, P, TRANSPOSE, Y, heads);
    }

    /// `Z_h ← Z_h + P_hᵀ Y_h`; shapes as in [#mixedTNInto].
    public static void addMixedTNInPlace(Tensor Z, Tensor P, Tensor Y, int heads) {
        mix("addMixedTNInPlace", Z, 1, P, TRANSPOSE, Y, heads);
    }

    private static void mix(String operation, Tensor out, double beta, Tensor P, int transP, Tensor in, int heads) {
        boolean transposed = transP == TRANSPOSE;
        Sizes sizes = transposed ? sizes(operation, P, in, out, heads) : sizes(operation, P, out, in, heads);
        out.requireDisjoint(operation, P);
        out.requireDisjoint(operation, in);
        if (in.rows() == 0) {
            if (beta == 0) {
                out.clear();
            }
        } else if (sizes.inner() > 0 && !sizes.isEmpty()) {
            int bytes = P.type().bytes();
            for (int head = 0; head < heads; head++) {
                Gemm.call(
                        P.type(),
                        out.rows(),
                        sizes.inner(),
                        in.rows(),
                        1,
                        P.address() + (long) head * sizes.n() * P.rowStride() * bytes,
                        P.rowStride(),
                        transP,
                        in.address() + (long) head * sizes.inner() * bytes,
                        in.rowStride(),
                        NO_TRANSPOSE,
                        beta,
                        out.address() + (long) head * sizes.inner() * bytes,
                        out.rowStride());
            }
        }
    }

    /// @param n rows of a head's scores
    /// @param m columns of scores
    /// @param inner columns of a head
    private record Sizes(int n, int m, int inner) {
        boolean isEmpty() {
            return n == 0 || m == 0;
        }
    }

    /// Checks the shapes `[heads · n, m]`, `[n, d]`, `[m, d]`.
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
                    "%s: rows of queries and of keys must have as many columns; got %s and %s"
                            .formatted(operation, ofQueries.describe(), ofKeys.describe()));
        }
        if (heads < 1 || ofKeys.columns() % heads != 0) {
            throw new IllegalArgumentException("%s: heads must divide the %d columns of %s; got %d"
                    .formatted(operation, ofKeys.columns(), ofKeys.describe(), heads));
        }
        if (P.rows() != (long) heads * n || P.columns() != m) {
            throw new IllegalArgumentException(
                    "%s: scores must be [%d · %d, %d]; got %s".formatted(operation, heads, n, m, P.describe()));
        }
        return new Sizes(n, m, ofKeys.columns() / heads);
    }
}
