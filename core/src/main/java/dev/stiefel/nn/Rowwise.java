package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Arithmetic with a number for each row of a matrix as large as a factor.
final class Rowwise {
    private Rowwise() {}

    /// `diag(by) matrix`
    static Tensor scaled(Scope scope, Tensor matrix, double[] by) {
        int rows = matrix.rows();
        int columns = matrix.columns();
        Tensor made = scope.uninitialized(matrix.type(), rows, columns);
        if (matrix.type() == DType.FLOAT32) {
            float[] values = floats(matrix);
            for (int i = 0; i < rows; i++) {
                float factor = (float) by[i];
                for (int at = i * columns; at < (i + 1) * columns; at++) {
                    values[at] *= factor;
                }
            }
            made.writeRows(0, rows, values);
        } else {
            double[] values = matrix.toDoubles();
            for (int at = 0; at < values.length; at++) {
                values[at] *= by[at / columns];
            }
            made.setAll(values);
        }
        return made;
    }

    /// The inner product of each row of two matrices, summed in double precision.
    static double[] dots(Tensor a, Tensor b) {
        int rows = a.rows();
        int columns = a.columns();
        double[] dots = new double[rows];
        if (a.type() == DType.FLOAT32) {
            float[] left = floats(a);
            float[] right = floats(b);
            for (int at = 0; at < left.length; at++) {
                left[at] *= right[at]; // vectorized, as a sum is not
            }
            for (int i = 0; i < rows; i++) {
                for (int at = i * columns; at < (i + 1) * columns; at++) {
                    dots[i] += left[at];
                }
            }
        } else {
            double[] left = a.toDoubles();
            double[] right = b.toDoubles();
            for (int at = 0; at < left.length; at++) {
                dots[at / columns] += left[at] * right[at];
            }
        }
        return dots;
    }

    private static float[] floats(Tensor matrix) {
        float[] values = new float[Math.toIntExact(matrix.size())];
        matrix.readRows(0, matrix.rows(), values);
        return values;
    }
}
