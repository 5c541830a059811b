package dev.stiefel.nn;

import dev.stiefel.nn.AttentionSpec.Mask;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.HeadProducts;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Softmax of the columns of scores ([HeadProducts]), and its way back. Columns are the queries of one head after
/// another, rows the keys. So loops over queries are long.
interface SoftmaxColumns {
    /// For a number format.
    static SoftmaxColumns of(DType type) {
        return type == DType.FLOAT32 ? new Floats() : new Doubles();
    }

    /// `P ← softmax(scale · P)`, column by column.
    ///
    /// @param P `[m, heads · n]`
    /// @param n queries, which is the columns of a head
    /// @param mask causal: the last query of a head sees all keys, and each query before it one key less; the
    ///     other probabilities become 0
    void ofInPlace(Tensor P, int n, double scale, Mask mask);

    /// `delta ← scale · P ∘ (delta − columnsum(P ∘ delta))`, column by column.
    void backInPlace(Tensor delta, Tensor P, double scale);

    /// Returns whether a query sees a key.
    private static boolean sees(int query, int key, int n, int m, Mask mask) {
        return mask != Mask.CAUSAL || key <= m - n + query;
    }

    /// Single precision, some columns at a time. Rows have arrays of their own: only loops over arrays with the same
    /// index are vectorized.
    final class Floats implements SoftmaxColumns {
        private static final int STRIPE = 256; // columns at a time; those of forty keys fit the first-level cache
        private static final int FEW = 16; // columns below this are no long loop

        /// Arrays that a thread's layers share.
        private static final class Scratch {
            private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

            final float[] ofColumn = new float[STRIPE];
            float[][] values = {};
            float[][] shares = {};
            float[] few = {};
        }

        private static float[][] rows(float[][] there, int count) {
            if (there.length >= count) {
                return there;
            }
            float[][] more = Arrays.copyOf(there, Math.max(count, 2 * there.length));
            for (int i = there.length; i < more.length; i++) {
                more[i] = new float[STRIPE];
            }
            return more;
        }

        /// Stripes of about the same width, at most [#STRIPE].
        private static int stripe(int columns) {
            return Math.ceilDiv(columns, Math.max(1, Math.ceilDiv(columns, STRIPE)));
        }

        @Override
        public void ofInPlace(Tensor P, int n, double scale, Mask mask) {
            if (P.columns() < FEW) {
                ofFewInPlace(P, n, (float) scale, mask);
                return;
            }
            Scratch scratch = Scratch.MINE.get();
            scratch.values = rows(scratch.values, P.rows());
            int stripe = stripe(P.columns());
            for (int from = 0; from < P.columns(); from += stripe) {
                int to = Math.min(P.columns(), from + stripe);
                stripeInPlace(scratch, P.columnRange(from, to), from, n, (float) scale, mask);
            }
        }

        /// @param first number of the first column
        private static void stripeInPlace(Scratch scratch, Tensor P, int first, int n, float scale, Mask mask) {
            int m = P.rows();
            int width = P.columns();
            float[][] values = scratch.values;
            float[] largest = scratch.ofColumn;
            Arrays.fill(largest, 0, width, Float.NEGATIVE_INFINITY);
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                P.readRows(key, 1, row);
                if (mask == Mask.CAUSAL) {
                    fillUnseen(row, key, m, first, width, n, Float.NEGATIVE_INFINITY);
                }
                for (int i = 0; i < width; i++) {
                    largest[i] = Math.max(largest[i], row[i]);
                }
            }
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                for (int i = 0; i < width; i++) {
                    row[i] = (row[i] - largest[i]) * scale;
                }
                Exponential.ofInPlace(row, 0, width);
                if (mask == Mask.CAUSAL) {
                    fillUnseen(row, key, m, first, width, n, 0);
                }
            }
            float[] sums = scratch.ofColumn;
            Arrays.fill(sums, 0, width, 0);
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                for (int i = 0; i < width; i++) {
                    sums[i] += row[i];
                }
            }
            for (int i = 0; i < width; i++) {
                sums[i] = 1 / sums[i];
            }
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                for (int i = 0; i < width; i++) {
                    row[i] *= sums[i];
                }
                P.writeRows(key, 1, row);
            }
        }

        /// Fills the columns of queries that do not see a key: of each head, the first ones.
        ///
        /// @param first number of the row's first column
        private static void fillUnseen(float[] row, int key, int m, int first, int width, int n, float value) {
            int unseen = Math.max(0, key - (m - n));
            for (int head = first / n * n - first; head < width; head += n) {
                int from = Math.max(0, head);
                int to = Math.min(width, head + unseen);
                if (from < to) {
                    Arrays.fill(row, from, to, value);
                }
            }
        }

        /// The softmax for few columns, as in generation token by token: one query per head. Masked scores may
        /// exceed the largest visible one, so that their exponentials are meaningless until they become 0.
        private static void ofFewInPlace(Tensor P, int n, float scale, Mask mask) {
            int m = P.rows();
            int columns = P.columns();
            int all = m * columns;
            Scratch scratch = Scratch.MINE.get();
            if (scratch.few.length < all) {
                scratch.few = new float[2 * all];
            }
            float[] scores = scratch.few;
            P.readRows(0, m, scores);
            for (int column = 0; column < columns; column++) {
                float largest = Float.NEGATIVE_INFINITY;
                for (int key = 0; key < m; key++) {
                    if (sees(column % n, key, n, m, mask)) {
                        largest = Math.max(largest, scores[key * columns + column]);
                    }
                }
                for (int key = 0; key < m; key++) {
                    scores[key * columns + column] = (scores[key * columns + column] - largest) * scale;
                }
            }
            Exponential.ofInPlace(scores, 0, all);
            for (int column = 0; column < columns; column++) {
                float sum = 0;
                for (int key = 0; key < m; key++) {
                    int at = key * columns + column;
                    scores[at] = sees(column % n, key, n, m, mask) ? scores[at] : 0;
                    sum += scores[at];
                }
                for (int key = 0; key < m; key++) {
                    scores[key * columns + column] /= sum;
                }
            }
            P.writeRows(0, m, scores);
        }

        @Override
        public void backInPlace(Tensor delta, Tensor P, double scale) {
            Scratch scratch = Scratch.MINE.get();
            scratch.values = rows(scratch.values, P.rows());
            scratch.shares = rows(scratch.shares, P.rows());
            int stripe = stripe(P.columns());
            for (int from = 0; from < P.columns(); from += stripe) {
                int to = Math.min(P.columns(), from + stripe);
                stripeBackInPlace(scratch, delta.columnRange(from, to), P.columnRange(from, to), (float) scale);
            }
        }

        private static void stripeBackInPlace(Scratch scratch, Tensor delta, Tensor P, float scale) {
            int m = P.rows();
            int width = P.columns();
            float[][] values = scratch.values;
            float[][] shares = scratch.shares;
            float[] sums = scratch.ofColumn;
            Arrays.fill(sums, 0, width, 0);
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                float[] share = shares[key];
                delta.readRows(key, 1, row);
                P.readRows(key, 1, share);
                for (int i = 0; i < width; i++) {
                    row[i] *= share[i];
                    sums[i] += row[i];
                }
            }
            for (int key = 0; key < m; key++) {
                float[] row = values[key];
                float[] share = shares[key];
                for (int i = 0; i < width; i++) {
                    row[i] = scale * (row[i] - share[i] * sums[i]);
                }
                delta.writeRows(key, 1, row);
            }
        }
    }

    /// Double precision, for tests of the mathematics.
    final class Doubles implements SoftmaxColumns {
        @Override
        public void ofInPlace(Tensor P, int n, double scale, Mask mask) {
            int m = P.rows();
            for (int column = 0; column < P.columns(); column++) {
                double[] values = P.columnRange(column, column + 1).toDoubles();
                int seen = 0;
                while (seen < m && sees(column % n, seen, n, m, mask)) {
                    seen++;
                }
                double largest = Arrays.stream(values, 0, seen).max().orElseThrow();
                double sum = 0;
                for (int key = 0; key < seen; key++) {
                    values[key] = Math.exp((values[key] - largest) * scale);
                    sum += values[key];
                }
                for (int key = 0; key < m; key++) {
                    P.set(key, column, key < seen ? values[key] / sum : 0);
                }
            }
        }

        @Override
        public void backInPlace(Tensor delta, Tensor P, double scale) {
            for (int column = 0; column < P.columns(); column++) {
                double sum = 0;
                for (int key = 0; key < P.rows(); key++) {
                    sum += delta.get(key, column) * P.get(key, column);
                }
                for (int key = 0; key < P.rows(); key++) {
                    delta.set(key, column, scale * P.get(key, column) * (delta.get(key, column) - sum));
                }
            }
        }
    }
}
