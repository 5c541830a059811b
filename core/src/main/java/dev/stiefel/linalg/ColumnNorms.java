package dev.stiefel.linalg;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;

/// Scaling of columns to norm 1, safe against overflow and underflow.
final class ColumnNorms {
    private ColumnNorms() {}

    /// Scales every column of a gapless matrix to norm 1; false if some column is zero or not finite (it then stays
    /// as it is).
    static boolean scaleToOneInPlace(Tensor a) {
        int m = a.rows();
        int n = a.columns();
        double[] norms = new double[n];
        return a.type() == DType.FLOAT32 ? scaleFloats(a, m, n, norms) : scaleDoubles(a, m, n, norms);
    }

    private static boolean scaleFloats(Tensor a, int m, int n, double[] squares) {
        float[] row = new float[n];
        for (int i = 0; i < m; i++) {
            a.read((long) i * n, row, 0, n);
            for (int j = 0; j < n; j++) {
                squares[j] += (double) row[j] * row[j]; // cannot overflow: a float's square fits a double
            }
        }
        float[] inverse = new float[n];
        boolean sound = true;
        for (int j = 0; j < n; j++) {
            double norm = Math.sqrt(squares[j]);
            boolean usable = norm > 0 && Double.isFinite(norm) && norm >= Float.MIN_NORMAL;
            inverse[j] = usable ? (float) (1 / norm) : 1;
            sound &= usable && Float.isFinite(inverse[j]) && inverse[j] >= Float.MIN_NORMAL;
            inverse[j] = Float.isFinite(inverse[j]) && inverse[j] > 0 ? inverse[j] : 1;
        }
        for (int i = 0; i < m; i++) {
            a.read((long) i * n, row, 0, n);
            for (int j = 0; j < n; j++) {
                row[j] *= inverse[j];
            }
            a.write((long) i * n, row, 0, n);
        }
        return sound;
    }

    private static boolean scaleDoubles(Tensor a, int m, int n, double[] squares) {
        double[] row = new double[n];
        double[] largest = new double[n];
        for (int i = 0; i < m; i++) {
            a.read((long) i * n, row, 0, n);
            for (int j = 0; j < n; j++) {
                largest[j] = Math.max(largest[j], Math.abs(row[j]));
            }
        }
        boolean sound = true;
        for (int j = 0; j < n; j++) {
            boolean usable = largest[j] >= Double.MIN_NORMAL && Double.isFinite(1 / largest[j]) && largest[j] < 1e300;
            sound &= usable;
            largest[j] = usable ? largest[j] : 1;
        }
        for (int i = 0; i < m; i++) {
            a.read((long) i * n, row, 0, n);
            for (int j = 0; j < n; j++) {
                double scaled = row[j] / largest[j];
                squares[j] += scaled * scaled;
            }
        }
        for (int i = 0; i < m; i++) {
            a.read((long) i * n, row, 0, n);
            for (int j = 0; j < n; j++) {
                double norm = Math.sqrt(squares[j]);
                row[j] = norm > 0 && Double.isFinite(norm) ? row[j] / largest[j] / norm : row[j];
            }
            a.write((long) i * n, row, 0, n);
        }
        return sound;
    }
}
