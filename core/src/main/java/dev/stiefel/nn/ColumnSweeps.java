package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Sweeps of batch normalization over the rows of a group, with numbers of each column: through arrays that stay in the
/// cache.
interface ColumnSweeps {
    /// For columns of this number and an activation.
    static ColumnSweeps of(DType type, Activation activation, int width) {
        return type == DType.FLOAT32 ? new Floats(activation, width) : new Doubles(activation, width);
    }

    /// Mean and biased variance of each column.
    void moments(Tensor x, double[] mean, double[] variance);

    /// `y ← activation(factor · x + offset)`.
    void normalize(Tensor x, Tensor y, double[] factor, double[] offset);

    /// `gSum += Σ g` and `gxSum += Σ g (x − mean)`, with `g = delta · activation'(factor · x + offset)`.
    void gradients(
            Tensor delta, Tensor x, double[] factor, double[] offset, double[] mean, double[] gSum, double[] gxSum);

    /// `into ← factor · g + slope · x + constant`, or what it was plus that.
    void inputGradient(
            Tensor delta,
            Tensor x,
            double[] factor,
            double[] offset,
            double[] slope,
            double[] constant,
            Tensor into,
            Accumulation how);

    /// Single precision: some rows at a time, so that loops are long also where rows are short. Each of the rows
    /// taken at a time has sums of its own, of single precision; they are added up in double precision.
    final class Floats implements ColumnSweeps {
        private static final int STRETCH = 512; // elements of an array: eight of them fit the first-level cache
        private static final int ROUNDS = 64; // chunks whose sums are of single precision

        private final Activation activation;
        private final int width;
        private final int rowsAtOnce;
        private final float[] a;
        private final float[] b;
        private final float[] c;
        private final float[] d;
        private final float[] chunk;
        private final float[] other;
        private final float[] z; // the values that determine slopes
        private final float[] sums;
        private final float[] more;

        Floats(Activation activation, int width) {
            this.activation = activation;
            this.width = width;
            this.rowsAtOnce = Math.max(1, STRETCH / width);
            int most = rowsAtOnce * width;
            this.a = new float[most];
            this.b = new float[most];
            this.c = new float[most];
            this.d = new float[most];
            this.chunk = new float[most];
            this.other = new float[most];
            this.z = new float[most];
            this.sums = new float[most];
            this.more = new float[most];
        }

        /// The numbers of the columns, once for each row of a chunk.
        private void tile(double[] columns, float[] into) {
            for (int j = 0; j < width; j++) {
                into[j] = (float) columns[j];
            }
            for (int at = width; at < into.length; at += width) {
                System.arraycopy(into, 0, into, at, width);
            }
        }

        @Override
        public void moments(Tensor x, double[] mean, double[] variance) {
            double[] shift = x.rows(0, 1).toDoubles(); // near the mean: so that squares lose little
            tile(shift, a);
            double[] first = new double[width];
            double[] second = new double[width];
            for (int row = 0, round = 0; row < x.rows(); row += rowsAtOnce, round++) {
                int rows = Math.min(rowsAtOnce, x.rows() - row);
                int count = rows * width;
                x.readRows(row, rows, chunk);
                addMoments(count);
                if (round % ROUNDS == ROUNDS - 1) {
                    drain(sums, first);
                    drain(more, second);
                }
            }
            drain(sums, first);
            drain(more, second);
            for (int j = 0; j < width; j++) {
                double m = first[j] / x.rows();
                mean[j] = shift[j] + m;
                variance[j] = Math.max(0, second[j] / x.rows() - m * m);
            }
        }

        private void addMoments(int count) {
            for (int j = 0; j < count; j++) {
                float away = chunk[j] - a[j];
                sums[j] += away;
                more[j] += away * away;
            }
        }

        private void drain(float[] from, double[] into) {
            for (int at = 0; at < from.length; at += width) {
                for (int j = 0; j < width; j++) {
                    into[j] += from[at + j];
                }
            }
            Arrays.fill(from, 0);
        }

        @Override
        public void normalize(Tensor x, Tensor y, double[] factor, double[] offset) {
            tile(factor, a);
            tile(offset, b);
            for (int row = 0; row < x.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, x.rows() - row);
                int count = rows * width;
                x.readRows(row, rows, chunk);
                for (int j = 0; j < count; j++) {
                    chunk[j] = a[j] * chunk[j] + b[j];
                }
                ActivationArrays.valuesInPlace(activation, chunk, count);
                y.writeRows(row, rows, chunk);
            }
        }

        /// Multiplies the gradients in `other` by the slopes at `a · chunk + b`.
        private void multiplyBySlopes(int count) {
            if (activation == Activation.IDENTITY) {
                return;
            }
            for (int j = 0; j < count; j++) {
                z[j] = a[j] * chunk[j] + b[j];
            }
            if (!activation.slopeNeedsInput()) {
                ActivationArrays.valuesInPlace(activation, z, count);
            }
            ActivationArrays.multiplyBySlopes(activation, other, z, count);
        }

        @Override
        public void gradients(
                Tensor delta,
                Tensor x,
                double[] factor,
                double[] offset,
                double[] mean,
                double[] gSum,
                double[] gxSum) {
            tile(factor, a);
            tile(offset, b);
            tile(mean, c);
            for (int row = 0, round = 0; row < x.rows(); row += rowsAtOnce, round++) {
                int rows = Math.min(rowsAtOnce, x.rows() - row);
                int count = rows * width;
                x.readRows(row, rows, chunk);
                delta.readRows(row, rows, other);
                if (activation == Activation.RELU) {
                    addGradientsOfRelu(count);
                } else {
                    multiplyBySlopes(count);
                    addGradients(count);
                }
                if (round % ROUNDS == ROUNDS - 1) {
                    drain(sums, gSum);
                    drain(more, gxSum);
                }
            }
            drain(sums, gSum);
            drain(more, gxSum);
        }

        /// The same as [#multiplyBySlopes] and [#addGradients] in one loop. Both are written without branches, and with
        /// the absolute value for the greater of a number and 0, as the compiler vectorizes it best.
        private void addGradientsOfRelu(int count) {
            for (int j = 0; j < count; j++) {
                float sign = Math.signum(a[j] * chunk[j] + b[j]);
                float g = other[j] * (0.5f * (sign + Math.abs(sign)));
                sums[j] += g;
                more[j] += g * (chunk[j] - c[j]);
            }
        }

        /// The same as [#multiplyBySlopes] and the line for the input's gradient in one loop.
        private void inputGradientOfRelu(int count) {
            for (int j = 0; j < count; j++) {
                float sign = Math.signum(a[j] * chunk[j] + b[j]);
                float g = other[j] * (0.5f * (sign + Math.abs(sign)));
                other[j] = a[j] * g + (c[j] * chunk[j] + d[j]);
            }
        }

        private void addGradients(int count) {
            for (int j = 0; j < count; j++) {
                sums[j] += other[j];
                more[j] += other[j] * (chunk[j] - c[j]);
            }
        }

        @Override
        public void inputGradient(
                Tensor delta,
                Tensor x,
                double[] factor,
                double[] offset,
                double[] slope,
                double[] constant,
                Tensor into,
                Accumulation how) {
            tile(factor, a);
            tile(offset, b);
            tile(slope, c);
            tile(constant, d);
            for (int row = 0; row < x.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, x.rows() - row);
                int count = rows * width;
                x.readRows(row, rows, chunk);
                delta.readRows(row, rows, other);
                if (activation == Activation.RELU) {
                    inputGradientOfRelu(count);
                } else {
                    multiplyBySlopes(count);
                    for (int j = 0; j < count; j++) {
                        other[j] = a[j] * other[j] + (c[j] * chunk[j] + d[j]);
                    }
                }
                if (how == Accumulation.ADD) {
                    into.readRows(row, rows, chunk);
                    for (int j = 0; j < count; j++) {
                        other[j] += chunk[j];
                    }
                }
                into.writeRows(row, rows, other);
            }
        }
    }

    /// Double precision, for tests of the mathematics: the same, element by element.
    final class Doubles implements ColumnSweeps {
        private final Activation activation;
        private final int width;

        Doubles(Activation activation, int width) {
            this.activation = activation;
            this.width = width;
        }

        @Override
        public void moments(Tensor x, double[] mean, double[] variance) {
            for (int j = 0; j < width; j++) {
                double sum = 0;
                for (int i = 0; i < x.rows(); i++) {
                    sum += x.get(i, j);
                }
                mean[j] = sum / x.rows();
                double squares = 0;
                for (int i = 0; i < x.rows(); i++) {
                    squares += (x.get(i, j) - mean[j]) * (x.get(i, j) - mean[j]);
                }
                variance[j] = squares / x.rows();
            }
        }

        @Override
        public void normalize(Tensor x, Tensor y, double[] factor, double[] offset) {
            for (int i = 0; i < x.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    y.set(i, j, activation.value(factor[j] * x.get(i, j) + offset[j]));
                }
            }
        }

        private double g(Tensor delta, Tensor x, double[] factor, double[] offset, int i, int j) {
            double z = factor[j] * x.get(i, j) + offset[j];
            return delta.get(i, j) * activation.slope(z, activation.value(z));
        }

        @Override
        public void gradients(
                Tensor delta,
                Tensor x,
                double[] factor,
                double[] offset,
                double[] mean,
                double[] gSum,
                double[] gxSum) {
            for (int i = 0; i < x.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double g = g(delta, x, factor, offset, i, j);
                    gSum[j] += g;
                    gxSum[j] += g * (x.get(i, j) - mean[j]);
                }
            }
        }

        @Override
        public void inputGradient(
                Tensor delta,
                Tensor x,
                double[] factor,
                double[] offset,
                double[] slope,
                double[] constant,
                Tensor into,
                Accumulation how) {
            for (int i = 0; i < x.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double there = how == Accumulation.ADD ? into.get(i, j) : 0;
                    double g = g(delta, x, factor, offset, i, j);
                    into.set(i, j, there + factor[j] * g + slope[j] * x.get(i, j) + constant[j]);
                }
            }
        }
    }
}
