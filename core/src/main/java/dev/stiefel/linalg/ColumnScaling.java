package dev.stiefel.linalg;

import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Scaling of each column by a power of two, so that its largest element is in `[1, 2)` (or in `[2⁻⁵¹, 2)` where all
/// were subnormal in float64): exact, but for elements so much smaller than the largest that the format cannot hold
/// both.
final class ColumnScaling {
    private ColumnScaling() {}

    /// Scales the columns; false if some column is zero or not finite.
    static boolean scaleInPlace(Tensor a) {
        int m = a.rows();
        int n = a.columns();
        double[] elements = a.toDoubles();
        double[] largest = new double[n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                largest[j] = Math.max(largest[j], Math.abs(elements[i * n + j])); // NaN stays NaN
            }
        }
        double[] power = Arrays.stream(largest)
                .map(value -> Math.scalb(1.0, -Math.getExponent(value)))
                .toArray();
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                elements[i * n + j] *= power[j];
            }
        }
        a.setAll(elements);
        return Arrays.stream(largest).allMatch(value -> value > 0 && Double.isFinite(value));
    }
}
