package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/// Bias, activation and their backward pass in one sweep over a slice each, through arrays that stay in the
/// cache.
interface Elementwise {
    /// `z ← activation(z + bias)`, if there is a bias; where the slope will need it, `z + bias` goes to `saved`.
    void activate(Tensor z, Optional<Tensor> bias, Tensor saved);

    /// `delta ← delta · slope`, and `biasGradient ← ` the column sums of that, or what it was plus those, if it is
    /// wanted.
    void backward(Tensor delta, Tensor y, Tensor saved, Optional<Tensor> biasGradient, Accumulation how);

    /// For a layer of this width and activation.
    static Elementwise of(DType type, Activation activation, int width) {
        return type == DType.FLOAT32 ? new Floats(activation, width) : new Doubles(activation, width);
    }

    /// Memory for `saved` for `z [B, m]`: of the same shape if the slope needs it, else empty.
    static Tensor room(Scope scope, DType type, Activation activation, int rows, int width) {
        return scope.spaced(type, activation.slopeNeedsInput() ? rows : 0, width);
    }

    /// Arrays that a thread's sweeps share.
    final class Scratch {
        private static final ThreadLocal<Scratch> MINE = ThreadLocal.withInitial(Scratch::new);

        float[] chunk = {};
        float[] other = {};
        float[] vector = {};

        /// This thread's, with arrays of at least this length.
        static Scratch of(int length) {
            Scratch mine = MINE.get();
            if (mine.chunk.length < length) {
                mine.chunk = new float[length];
                mine.other = new float[length];
                mine.vector = new float[length];
            }
            return mine;
        }
    }

    /// Single precision: some rows at a time, so that loops are long also where rows are short.
    final class Floats implements Elementwise {
        private static final int STRETCH = 2048; // elements; three arrays of them fit the first-level cache

        private final Activation activation;
        private final int width;
        private final int rowsAtOnce;

        Floats(Activation activation, int width) {
            this.activation = activation;
            this.width = width;
            this.rowsAtOnce = Math.max(1, STRETCH / width);
        }

        @Override
        public void activate(Tensor z, Optional<Tensor> bias, Tensor saved) {
            int most = rowsAtOnce * width;
            Scratch scratch = Scratch.of(most);
            float[] chunk = scratch.chunk;
            float[] vector = scratch.vector; // the bias, once for each row of a chunk
            bias.ifPresent(values -> {
                for (int at = 0; at < most; at += width) {
                    values.read(0, vector, at, width);
                }
            });
            for (int row = 0; row < z.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, z.rows() - row);
                int count = rows * width;
                z.readRows(row, rows, chunk);
                if (bias.isPresent()) {
                    addInPlace(chunk, vector, count);
                }
                if (activation.slopeNeedsInput()) {
                    saved.writeRows(row, rows, chunk);
                }
                if (activation == Activation.RELU) {
                    for (int j = 0; j < count; j++) {
                        chunk[j] = 0.5f * (chunk[j] + Math.abs(chunk[j])); // exact; vectorized better than max
                    }
                } else {
                    ActivationArrays.valuesInPlace(activation, chunk, count);
                }
                z.writeRows(row, rows, chunk);
            }
        }

        @Override
        public void backward(Tensor delta, Tensor y, Tensor saved, Optional<Tensor> biasGradient, Accumulation how) {
            int most = rowsAtOnce * width;
            Scratch scratch = Scratch.of(most);
            float[] chunk = scratch.chunk;
            float[] sums = scratch.vector; // one for each row of a chunk
            Arrays.fill(sums, 0, most, 0);
            if (biasGradient.isPresent() && how == Accumulation.ADD) {
                biasGradient.get().read(0, sums, 0, width);
            }
            for (int row = 0; row < delta.rows(); row += rowsAtOnce) {
                int rows = Math.min(rowsAtOnce, delta.rows() - row);
                int count = rows * width;
                delta.readRows(row, rows, chunk);
                if (activation != Activation.IDENTITY) {
                    (activation.slopeNeedsInput() ? saved : y).readRows(row, rows, scratch.other);
                    ActivationArrays.multiplyBySlopes(activation, chunk, scratch.other, count);
                }
                if (biasGradient.isPresent()) {
                    addInPlace(sums, chunk, count);
                }
                if (activation != Activation.IDENTITY) {
                    delta.writeRows(row, rows, chunk);
                }
            }
            for (int at = width; at < most; at += width) {
                for (int j = 0; j < width; j++) {
                    sums[j] += sums[at + j];
                }
            }
            biasGradient.ifPresent(place -> place.write(0, sums, 0, width));
        }

        private static void addInPlace(float[] into, float[] values, int count) {
            for (int j = 0; j < count; j++) {
                into[j] += values[j];
            }
        }
    }

    /// Double precision, for tests of the mathematics: the same, element by element.
    final class Doubles implements Elementwise {
        private final Activation activation;
        private final int width;

        Doubles(Activation activation, int width) {
            this.activation = activation;
            this.width = width;
        }

        @Override
        public void activate(Tensor z, Optional<Tensor> bias, Tensor saved) {
            double[] b = bias.map(Tensor::toDoubles).orElseGet(() -> new double[width]);
            for (int i = 0; i < z.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double sum = z.get(i, j) + b[j];
                    if (activation.slopeNeedsInput()) {
                        saved.set(i, j, sum);
                    }
                    z.set(i, j, activation.value(sum));
                }
            }
        }

        @Override
        public void backward(Tensor delta, Tensor y, Tensor saved, Optional<Tensor> biasGradient, Accumulation how) {
            double[] sums = biasGradient.isPresent() && how == Accumulation.ADD
                    ? biasGradient.get().toDoubles()
                    : new double[width];
            for (int i = 0; i < delta.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double z = activation.slopeNeedsInput() ? saved.get(i, j) : Double.NaN;
                    double value = delta.get(i, j) * activation.slope(z, y.get(i, j));
                    delta.set(i, j, value);
                    sums[j] += value;
                }
            }
            biasGradient.ifPresent(place -> place.write(0, sums, 0, width));
        }
    }
}
