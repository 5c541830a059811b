package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/// Sweeps of layer normalization over rows: some rows at a time, through arrays that stay in the cache.
interface RowNorm {
    /// Where the gradient of a vector goes.
    ///
    /// @param values `[columns]`
    /// @param how whether it is written or added
    record Place(Tensor values, Accumulation how) {}

    /// For rows of this many columns.
    static RowNorm of(DType type, int columns, double epsilon) {
        return type == DType.FLOAT32 ? new Floats(columns, epsilon) : new Doubles(columns, epsilon);
    }

    /// `y ← scale ∘ x̂ + bias`.
    ///
    /// @param moments `[rows, 2]`: becomes `μ` and `ρ` of each row
    void normalize(Tensor x, Tensor scale, Tensor bias, Tensor y, Tensor moments);

    /// The gradients of scale, `Σ delta ∘ x̂`, and of bias, `Σ delta`, where they are wanted.
    void gradients(Tensor delta, Tensor x, Tensor moments, Optional<Place> scale, Optional<Place> bias);

    /// `into ← ρ (g − mean(g) − x̂ mean(g ∘ x̂))`, or what it was plus that.
    void inputGradient(Tensor delta, Tensor x, Tensor moments, Tensor scale, Tensor into, Accumulation how);

    /// Single precision. Sums of a row have eight parts, so that additions need not wait for one another.
    final class Floats implements RowNorm {
        private static final int STRETCH = 2048; // elements of an array; four of them fit the first-level cache
        private static final int ROUNDS = 64; // chunks whose column sums are of single precision

        private final int width;
        private final double epsilon;
        private final int rowsAtOnce;
        private final float[] x;
        private final float[] g;
        private final float[] tiled;
        private final float[] more;
        private final float[] moment;

        Floats(int width, double epsilon) {
            this.width = width;
            this.epsilon = epsilon;
            this.rowsAtOnce = Math.max(1, STRETCH / width);
            int most = rowsAtOnce * width;
            this.x = new float[most];
            this.g = new float[most];
            this.tiled = new float[most];
            this.more = new float[most];
            this.moment = new float[2 * rowsAtOnce];
        }

        private void tile(Tensor vector, float[] into) {
            vector.read(0, into, 0, width);
            for (int at = width; at < into.length; at += width) {
                System.arraycopy(into, 0, into, at, width);
            }
        }

        @Override
        public void normalize(Tensor from, Tensor scale, Tensor bias, Tensor y, Tensor moments) {
            tile(scale, tiled);
            tile(bias, more);
            for (int row = 0; row < from.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, from.rows() - row);
                from.readRows(row, rows, x);
                for (int i = 0; i < rows; i++) {
                    standardize(i);
                }
                int count = rows * width;
                for (int j = 0; j < count; j++) {
                    x[j] = tiled[j] * x[j] + more[j];
                }
                y.writeRows(row, rows, x);
                moments.writeRows(row, rows, moment);
            }
        }

        /// Makes row `i` of the chunk `x̂`, and keeps its moments.
        private void standardize(int i) {
            int from = i * width;
            float mean = sum(x, from, width) / width;
            for (int j = from; j < from + width; j++) {
                x[j] -= mean;
            }
            float root = (float) (1 / Math.sqrt(squares(x, from, width) / width + epsilon));
            for (int j = from; j < from + width; j++) {
                x[j] *= root;
            }
            moment[2 * i] = mean;
            moment[2 * i + 1] = root;
        }

        private static float sum(float[] values, int from, int count) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            int j = from;
            for (; j <= from + count - 8; j += 8) {
                a += values[j] + values[j + 1];
                b += values[j + 2] + values[j + 3];
                c += values[j + 4] + values[j + 5];
                d += values[j + 6] + values[j + 7];
            }
            for (; j < from + count; j++) {
                a += values[j];
            }
            return a + b + (c + d);
        }

        private static float squares(float[] values, int from, int count) {
            return dot(values, values, from, count);
        }

        private static float dot(float[] p, float[] q, int from, int count) {
            float a = 0;
            float b = 0;
            float c = 0;
            float d = 0;
            int j = from;
            for (; j <= from + count - 8; j += 8) {
                a += p[j] * q[j] + p[j + 1] * q[j + 1];
                b += p[j + 2] * q[j + 2] + p[j + 3] * q[j + 3];
                c += p[j + 4] * q[j + 4] + p[j + 5] * q[j + 5];
                d += p[j + 6] * q[j + 6] + p[j + 7] * q[j + 7];
            }
            for (; j < from + count; j++) {
                a += p[j] * q[j];
            }
            return a + b + (c + d);
        }

        /// Reads a chunk as `x̂`.
        private void readStandardized(Tensor from, Tensor moments, int row, int rows) {
            from.readRows(row, rows, x);
            moments.readRows(row, rows, moment);
            for (int i = 0; i < rows; i++) {
                float mean = moment[2 * i];
                float root = moment[2 * i + 1];
                for (int j = i * width; j < (i + 1) * width; j++) {
                    x[j] = (x[j] - mean) * root;
                }
            }
        }

        @Override
        public void gradients(Tensor delta, Tensor from, Tensor moments, Optional<Place> scale, Optional<Place> bias) {
            double[] ofScale = new double[width];
            double[] ofBias = new double[width];
            Arrays.fill(tiled, 0);
            Arrays.fill(more, 0);
            for (int row = 0, round = 0; row < from.rows(); row += rowsAtOnce, round++) {
                int rows = Math.min(rowsAtOnce, from.rows() - row);
                readStandardized(from, moments, row, rows);
                delta.readRows(row, rows, g);
                int count = rows * width;
                for (int j = 0; j < count; j++) {
                    tiled[j] += g[j] * x[j];
                    more[j] += g[j];
                }
                if (round % ROUNDS == ROUNDS - 1) {
                    drain(tiled, ofScale);
                    drain(more, ofBias);
                }
            }
            drain(tiled, ofScale);
            drain(more, ofBias);
            scale.ifPresent(place -> put(ofScale, place));
            bias.ifPresent(place -> put(ofBias, place));
        }

        private void drain(float[] from, double[] into) {
            for (int at = 0; at < from.length; at += width) {
                for (int j = 0; j < width; j++) {
                    into[j] += from[at + j];
                }
            }
            Arrays.fill(from, 0);
        }

        private void put(double[] sums, Place place) {
            if (place.how() == Accumulation.ADD) {
                place.values().read(0, g, 0, width);
                for (int j = 0; j < width; j++) {
                    sums[j] += g[j];
                }
            }
            for (int j = 0; j < width; j++) {
                g[j] = (float) sums[j];
            }
            place.values().write(0, g, 0, width);
        }

        @Override
        public void inputGradient(
                Tensor delta, Tensor from, Tensor moments, Tensor scale, Tensor into, Accumulation how) {
            tile(scale, tiled);
            for (int row = 0; row < from.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, from.rows() - row);
                readStandardized(from, moments, row, rows);
                delta.readRows(row, rows, g);
                int count = rows * width;
                for (int j = 0; j < count; j++) {
                    g[j] *= tiled[j];
                }
                for (int i = 0; i < rows; i++) {
                    int begin = i * width;
                    float mean = sum(g, begin, width) / width;
                    float along = dot(g, x, begin, width) / width;
                    float root = moment[2 * i + 1];
                    for (int j = begin; j < begin + width; j++) {
                        g[j] = root * (g[j] - mean - along * x[j]);
                    }
                }
                if (how == Accumulation.ADD) {
                    into.readRows(row, rows, x);
                    for (int j = 0; j < count; j++) {
                        g[j] += x[j];
                    }
                }
                into.writeRows(row, rows, g);
            }
        }
    }

    /// Double precision, for tests of the mathematics: the same, row by row.
    final class Doubles implements RowNorm {
        private final int width;
        private final double epsilon;

        Doubles(int width, double epsilon) {
            this.width = width;
            this.epsilon = epsilon;
        }

        @Override
        public void normalize(Tensor x, Tensor scale, Tensor bias, Tensor y, Tensor moments) {
            double[] factors = scale.toDoubles();
            double[] shifts = bias.toDoubles();
            for (int i = 0; i < x.rows(); i++) {
                double[] row = x.rows(i, i + 1).toDoubles();
                double mean = Arrays.stream(row).sum() / width;
                double variance = Arrays.stream(row)
                                .map(value -> (value - mean) * (value - mean))
                                .sum()
                        / width;
                double root = 1 / Math.sqrt(variance + epsilon);
                for (int j = 0; j < width; j++) {
                    y.set(i, j, factors[j] * ((row[j] - mean) * root) + shifts[j]);
                }
                moments.set(i, 0, mean);
                moments.set(i, 1, root);
            }
        }

        private double standardized(Tensor x, Tensor moments, int i, int j) {
            return (x.get(i, j) - moments.get(i, 0)) * moments.get(i, 1);
        }

        @Override
        public void gradients(Tensor delta, Tensor x, Tensor moments, Optional<Place> scale, Optional<Place> bias) {
            double[] ofScale = new double[width];
            double[] ofBias = new double[width];
            for (int i = 0; i < x.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    ofScale[j] += delta.get(i, j) * standardized(x, moments, i, j);
                    ofBias[j] += delta.get(i, j);
                }
            }
            scale.ifPresent(place -> put(ofScale, place));
            bias.ifPresent(place -> put(ofBias, place));
        }

        private void put(double[] sums, Place place) {
            double[] there = place.how() == Accumulation.ADD ? place.values().toDoubles() : new double[width];
            Arrays.setAll(there, j -> there[j] + sums[j]);
            place.values().setAll(there);
        }

        @Override
        public void inputGradient(Tensor delta, Tensor x, Tensor moments, Tensor scale, Tensor into, Accumulation how) {
            double[] factors = scale.toDoubles();
            for (int i = 0; i < x.rows(); i++) {
                double mean = 0;
                double along = 0;
                for (int j = 0; j < width; j++) {
                    double g = delta.get(i, j) * factors[j];
                    mean += g / width;
                    along += g * standardized(x, moments, i, j) / width;
                }
                for (int j = 0; j < width; j++) {
                    double g = delta.get(i, j) * factors[j];
                    double value = moments.get(i, 1) * (g - mean - along * standardized(x, moments, i, j));
                    into.set(i, j, how == Accumulation.ADD ? into.get(i, j) + value : value);
                }
            }
        }
    }
}
