package dev.stiefel.linalg;

import dev.stiefel.tensor.Tensor;

/// The inverse of the Cholesky factor of a symmetric positive definite matrix: `R⁻¹` with `RᵀR = G`.
///
/// For small matrices, which low-rank training has by the dozen a step: loops in Java, in float64
/// whatever the format, are faster than the two calls that they stand for.
final class InverseCholesky {
    private InverseCholesky() {}

    /// `inverse ← R⁻¹ [n, n]`, upper triangular, zeros below; false, with nothing of use in it, where `gram`,
    /// whose upper triangle is read, is not positive definite or not finite.
    static boolean into(Tensor inverse, Tensor gram) {
        int n = gram.rows();
        double[] r = gram.toDoubles();
        if (!factorInPlace(r, n)) {
            return false;
        }
        inverse.setAll(inverseOf(r, n));
        return true;
    }

    /// Upper triangle of `g` ← `R`, a row at a time, so that the inner loop runs along rows.
    private static boolean factorInPlace(double[] g, int n) {
        for (int k = 0; k < n; k++) {
            double pivot = g[k * n + k];
            if (!(pivot > 0 && pivot < Double.POSITIVE_INFINITY)) {
                return false;
            }
            double root = Math.sqrt(pivot);
            for (int j = k; j < n; j++) {
                g[k * n + j] /= root;
            }
            for (int i = k + 1; i < n; i++) {
                subtract(g, i * n + i, g[k * n + i], g, k * n + i, n - i);
            }
        }
        return true;
    }

    private static double[] inverseOf(double[] r, int n) {
        double[] x = new double[n * n];
        for (int i = n - 1; i >= 0; i--) {
            for (int k = i + 1; k < n; k++) {
                subtract(x, i * n + k, r[i * n + k], x, k * n + k, n - k);
            }
            double diagonal = r[i * n + i];
            x[i * n + i] = 1;
            for (int j = i; j < n; j++) {
                x[i * n + j] /= diagonal;
            }
        }
        return x;
    }

    /// `y ← y − alpha x` for `count` elements each.
    private static void subtract(double[] y, int atY, double alpha, double[] x, int atX, int count) {
        for (int j = 0; j < count; j++) {
            y[atY + j] -= alpha * x[atX + j];
        }
    }
}
