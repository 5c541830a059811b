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
    /// @param mask where it is causal, the last row of a head has all columns, and each row before it one less;
    ///     the others become 0
    void ofInPlace(Tensor rows, int each, double scale, Mask mask);

    /// `delta ← scale · P ∘ (delta − rowsum(P ∘ delta))`, row by row.
    void backInPlace(Tensor delta, Tensor P, double scale);

    /// Columns that row `i` of the rows of a head sees.
    private static int seen(int i, int each, int columns, Mask mask) {
        return mask == Mask.CAUSAL ? columns - each + i + 1 : columns;
    }

    /// Single precision, some rows at a time. Numbers of a row are written out once for each of its columns, so
    /// that loops are long also where rows are short.
    final class Floats implements SoftmaxRows {
        private static final int STRETCH = 2048; // elements of an array: three of them fit the first-level cache

        private float[] chunk = {};
        private float[] other = {};
        private float[] ofRow = {};

        private int rowsAtOnce(int columns) {
            int rows = Math.max(1, STRETCH / columns);
            if (chunk.length < rows * columns) {
                chunk = new float[rows * columns];
                other = new float[rows * columns];
                ofRow = new float[rows * columns];
            }
            return rows;
        }

        @Override
        public void ofInPlace(Tensor rows, int each, double scale, Mask mask) {
            int columns = rows.columns();
            int atOnce = rowsAtOnce(columns);
            for (int row = 0; row < rows.rows(); row += atOnce) {
                int count = Math.min(atOnce, rows.rows() - row);
                rows.readRows(row, count, chunk);
                if (mask == Mask.CAUSAL) {
                    fillUnseen(row % each, each, count, columns, Float.NEGATIVE_INFINITY);
                }
                ofChunk(count, columns, (float) scale);
                if (mask == Mask.CAUSAL) {
                    fillUnseen(row % each, each, count, columns, 0);
                }
                rows.writeRows(row, count, chunk);
            }
        }

        /// @param first number of the first row within its head
        private void fillUnseen(int first, int each, int count, int columns, float value) {
            for (int i = 0; i < count; i++) {
                int seen = seen((first + i) % each, each, columns, Mask.CAUSAL);
                Arrays.fill(chunk, i * columns + seen, (i + 1) * columns, value);
            }
        }

        private void ofChunk(int count, int columns, float scale) {
            float[] values = chunk;
            float[] tiled = ofRow;
            int all = count * columns;
            for (int from = 0; from < all; from += columns) {
                Arrays.fill(tiled, from, from + columns, largest(values, from, from + columns));
            }
            for (int j = 0; j < all; j++) {
                values[j] = (values[j] - tiled[j]) * scale;
            }
            Exponential.ofInPlace(values, 0, all);
            for (int from = 0; from < all; from += columns) {
                Arrays.fill(tiled, from, from + columns, 1 / sum(values, from, from + columns));
            }
            for (int j = 0; j < all; j++) {
                values[j] *= tiled[j];
            }
        }

        /// NaN where one of the numbers is.
        private static float largest(float[] values, int from, int to) {
            float a = values[from];
            float b = a;
            float c = a;
            float d = a;
            int j = from;
            for (; j <= to - 4; j += 4) {
                a = Math.max(a, values[j]);
                b = Math.max(b, values[j + 1]);
                c = Math.max(c, values[j + 2]);
                d = Math.max(d, values[j + 3]);
            }
            for (; j < to; j++) {
                a = Math.max(a, values[j]);
            }
            return Math.max(Math.max(a, b), Math.max(c, d));
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
            float[] tiled = ofRow;
            for (int row = 0; row < delta.rows(); row += atOnce) {
                int count = Math.min(atOnce, delta.rows() - row);
                delta.readRows(row, count, values);
                P.readRows(row, count, shares);
                int all = count * columns;
                for (int j = 0; j < all; j++) {
                    values[j] *= shares[j];
                }
                for (int from = 0; from < all; from += columns) {
                    Arrays.fill(tiled, from, from + columns, sum(values, from, from + columns));
                }
                for (int j = 0; j < all; j++) {
                    values[j] = factor * (values[j] - shares[j] * tiled[j]);
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
                int to = from + seen(i % each, each, columns, mask);
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
