package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// The logarithm of the sum of exponentials, by which logits differ from log-probabilities.
public final class LogSumExp {
    private LogSumExp() {}

    /// `ln Σⱼ e^{xᵢⱼ}` of each row, to a relative error of the sum of about 10⁻⁶ in single precision.
    ///
    /// @param rows `[rows, columns]`, of at least one column
    public static double[] ofRows(Tensor rows) {
        double[] all = new double[rows.rows()];
        for (int i = 0; i < all.length; i++) {
            Tensor row = rows.rows(i, i + 1);
            all[i] = rows.type() == DType.FLOAT32 ? ofFloats(row) : ofDoubles(row.toDoubles());
        }
        return all;
    }

    private static double ofFloats(Tensor row) {
        float[] values = new float[row.columns()];
        row.readRows(0, 1, values);
        float largest = LongRows.largest(values, values.length);
        for (int j = 0; j < values.length; j++) {
            values[j] -= largest;
        }
        Exponential.ofInPlace(values, 0, values.length);
        return largest + Math.log(LongRows.sum(values, values.length));
    }

    private static double ofDoubles(double[] values) {
        double largest = Arrays.stream(values).max().orElseThrow();
        double sum = 0;
        for (double each : values) {
            sum += Math.exp(each - largest);
        }
        return largest + Math.log(sum);
    }
}
