package dev.stiefel.nn;

import dev.stiefel.nn.AttentionSpec.Mask;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Softmax of the rows of a gapless matrix, and its way back.
interface SoftmaxRows {
    /// For a number format.
    static SoftmaxRows of(DType type) {
        return type == DType.FLOAT32 ? new Floats() : new Doubles();
    }

    /// `rows ← softmax(scale · rows)`, row by row.
    ///
    /// @param rows of one head after another
    /// @param each how many rows a head has
    /// @param mask where it is causal, row `i` of a head has its first `i + 1` columns alone; the others become 0
    void ofInPlace(Tensor rows, int each, double scale, Mask mask);

    /// `delta ← scale · P ∘ (delta − rowsum(P ∘ delta))`, row by row.
    void backInPlace(Tensor delta, Tensor P, double scale);

    /// Columns that row `i` of a head sees.
    private static int seen(int i, int columns, Mask mask) {
        return mask == Mask.CAUSAL ? Math.min(i + 1, columns) : columns;
    }

    /// Single precision, some rows at a time.
    final class Floats implements SoftmaxRows {
        private static final int STRETCH = 4096; // elements of an array: two of them fit the first-level cache

        private float[] chunk = {};
        private float[] other = {};

        private int rowsAtOnce(int columns) {
            int rows = Math.max(1, STRETCH / columns);
            if (chunk.length < rows * columns) {
                chunk = new float[rows * columns];
                other = new float[rows * columns];
            }
            return rows;
        }

        @Override
        public void ofInPlace(Tensor rows, int each, double scale, Mask mask) {
            int columns = rows.columns();
            int atOnce = rowsAtOnce(columns);
            float factor = (float) scale;
            float[] values = chunk;
            for (int row = 0; row < rows.rows(); row += atOnce) {
                int count = Math.min(atOnce, rows.rows() - row);
                rows.readRows(row, count, values);
                for (int i = 0; i < count; i++) {
                    int from = i * columns;
                    int to = from + seen((row + i) % each, columns, mask);
                    float largest = largest(values, from, to);
                    for (int j = from; j < to; j++) {
                        values[j] = (values[j] - largest) * factor;
                    }
                    Arrays.fill(values, to, from + columns, Exponential.LEAST);
                }
                Exponential.ofInPlace(values, 0, count * columns);
                for (int i = 0; i < count; i++) {
                    int from = i * columns;
                    int to = from + seen((row + i) % each, columns, mask);
                    float by = 1 / sum(values, from, to);
                    for (int j = from; j < to; j++) {
                        values[j] *= by;
                    }
                    Arrays.fill(values, to, from + columns, 0);
                }
                rows.writeRows(row, count, values);
            }
        }

        private static float largest(float[] values, int from, int to) {
            float largest = values[from];
            for (int j = from + 1; j < to; j++) {
                largest = Math.max(largest, values[j]);
            }
            return largest;
        }

        private static float sum(float[] values, int from, int to) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            int j = from;
            for (; j <= to - 4; j += 4) {
                a += values[j];
                b += values[j + 1];
                c += values[j + 2];
                d += values[j + 3];
            }
            for (; j < to; j++) {
                a += values[j];
            }
            return a + b + (c + d);
        }

        @Override
        public void backInPlace(Tensor delta, Tensor P, double scale) {
            int columns = delta.columns();
            int atOnce = rowsAtOnce(columns);
            float factor = (float) scale;
            float[] values = chunk;
            float[] shares = other;
            for (int row = 0; row < delta.rows(); row += atOnce) {
                int count = Math.min(atOnce, delta.rows() - row);
                delta.readRows(row, count, values);
                P.readRows(row, count, shares);
                int all = count * columns;
                for (int j = 0; j < all; j++) {
                    values[j] *= shares[j];
                }
                for (int i = 0; i < count; i++) {
                    int from = i * columns;
                    float sum = sum(values, from, from + columns);
                    for (int j = from; j < from + columns; j++) {
                        values[j] = factor * (values[j] - shares[j] * sum);
                    }
                }
                delta.writeRows(row, count, values);
            }
        }
    }

    /// Double precision, for tests of the mathematics.
    final class Doubles implements SoftmaxRows {
        @Override
        public void ofInPlace(Tensor rows, int each, double scale, Mask mask) {
            int columns = rows.columns();
            double[] values = rows.toDoubles();
            for (int i = 0; i < rows.rows(); i++) {
                int from = i * columns;
                int to = from + seen(i % each, columns, mask);
                double largest = Arrays.stream(values, from, to).max().orElseThrow();
                double sum = 0;
                for (int j = from; j < to; j++) {
                    values[j] = Math.exp((values[j] - largest) * scale);
                    sum += values[j];
                }
                for (int j = from; j < to; j++) {
                    values[j] /= sum;
                }
                Arrays.fill(values, to, from + columns, 0);
            }
            rows.setAll(values);
        }

        @Override
        public void backInPlace(Tensor delta, Tensor P, double scale) {
            int columns = delta.columns();
            double[] values = delta.toDoubles();
            double[] shares = P.toDoubles();
            for (int i = 0; i < delta.rows(); i++) {
                double sum = 0;
                for (int j = i * columns; j < (i + 1) * columns; j++) {
                    sum += values[j] * shares[j];
                }
                for (int j = i * columns; j < (i + 1) * columns; j++) {
                    values[j] = scale * shares[j] * (values[j] - sum);
                }
            }
            delta.setAll(values);
        }
    }
}
