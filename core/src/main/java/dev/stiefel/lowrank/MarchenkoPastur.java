package dev.stiefel.lowrank;

/// The limiting distribution of the eigenvalues of `X Xᵀ`, `X [m, n]` with independent entries of variance 1
/// (Marchenko & Pastur 1967, doi:10.1070/SM1967v001n04ABEH001994).
///
/// With `p = min(m, n)`, `q = max(m, n)` the `p` non-zero eigenvalues `x` lie in `[(√q − √p)², (√q + √p)²]` with
/// density `∝ √((b − x)(x − a)) / x`.
final class MarchenkoPastur {
    private static final int CELLS = 4096;

    private MarchenkoPastur() {}

    /// The `count` largest singular values that such a matrix has on average, descending: the quantiles
    /// `1 − (i + ½)/p`.
    static double[] singularValues(int m, int n, int count) {
        int p = Math.min(m, n);
        double low = Math.sqrt(Math.max(m, n)) - Math.sqrt(p);
        double high = Math.sqrt(Math.max(m, n)) + Math.sqrt(p);
        // integrate over the singular value s = √x, mid-point rule: density ∝ √((b − s²)(s² − a)) / s
        double[] mass = new double[CELLS];
        double total = 0;
        double width = (high - low) / CELLS;
        for (int c = 0; c < CELLS; c++) {
            double s = low + (c + 0.5) * width;
            mass[c] = Math.sqrt(Math.max(0, (high * high - s * s) * (s * s - low * low))) / s;
            total += mass[c];
        }
        double[] sigma = new double[count];
        int cell = CELLS;
        double above = 0; // mass above the lower edge of `cell`
        for (int i = 0; i < count; i++) {
            double wanted = (i + 0.5) / p * total;
            while (cell > 0 && above < wanted) {
                above += mass[--cell];
            }
            double surplus = mass[cell] > 0 ? (above - wanted) / mass[cell] : 0;
            sigma[i] = low + (cell + Math.clamp(surplus, 0, 1)) * width;
        }
        return sigma;
    }
}
