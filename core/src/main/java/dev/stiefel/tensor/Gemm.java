package dev.stiefel.tensor;

import static dev.stiefel.tensor.Native.ROW_MAJOR;
import static dev.stiefel.tensor.Native.TRANSPOSE;

/// One product of matrices, by addresses, which the caller has checked.
final class Gemm {
    private Gemm() {}

    /// `C ← beta C + alpha op(A) op(B)`, where `op` is the matrix or its transpose, `op(A)` is `[m, k]` and
    /// `op(B)` `[k, n]`, all three at least 1. Strides are between the starts of rows as they are stored, in
    /// elements. Where `beta` is 0, what was in `C` is not read.
    static void call(
            DType type,
            int m,
            int n,
            int k,
            double alpha,
            long a,
            int aStride,
            int transA,
            long b,
            int bStride,
            int transB,
            double beta,
            long c,
            int cStride) {
        Counts.add(2L * m * n * k, ((long) m * k + (long) k * n + (beta == 0 ? 1L : 2L) * m * n) * type.bytes());
        try {
            if (type == DType.FLOAT32 && OneDnn.IN_USE && OneDnn.suits(m, n, k, transA, transB, bStride)) {
                int status = (int) OneDnn.DNNL_SGEMM.invokeExact(
                        transA == TRANSPOSE ? OneDnn.TRANSPOSE : OneDnn.NO_TRANSPOSE,
                        transB == TRANSPOSE ? OneDnn.TRANSPOSE : OneDnn.NO_TRANSPOSE,
                        (long) m,
                        (long) n,
                        (long) k,
                        (float) alpha,
                        a,
                        (long) aStride,
                        b,
                        (long) bStride,
                        (float) beta,
                        c,
                        (long) cStride);
                if (status != OneDnn.SUCCESS) {
                    throw new IllegalStateException("dnnl_sgemm: status " + status);
                }
            } else if (type == DType.FLOAT32) {
                Native.SGEMM.invokeExact(
                        ROW_MAJOR,
                        transA,
                        transB,
                        m,
                        n,
                        k,
                        (float) alpha,
                        a,
                        aStride,
                        b,
                        bStride,
                        (float) beta,
                        c,
                        cStride);
            } else {
                Native.DGEMM.invokeExact(
                        ROW_MAJOR, transA, transB, m, n, k, alpha, a, aStride, b, bStride, beta, c, cStride);
            }
        } catch (Throwable e) {
            throw Native.failed("gemm", e);
        }
    }
}
