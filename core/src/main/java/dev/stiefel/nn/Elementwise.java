package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// Bias, activation and their backward pass in one sweep over a slice each, row by row through arrays that stay in the
/// cache.
interface Elementwise {
    /// `z ← activation(z + bias)`; where the slope will need it, `z + bias` goes to `saved`.
    void activate(Tensor z, Tensor bias, Tensor saved);

    /// `delta ← delta · slope`, and `biasGradient ← ` the column sums of that.
    void backward(Tensor delta, Tensor y, Tensor saved, Tensor biasGradient);

    /// For a layer of this width and activation.
    static Elementwise of(DType type, Activation activation, int width) {
        return type == DType.FLOAT32 ? new Floats(activation, width) : new Doubles(activation, width);
    }

    /// What `saved` must be for `z [B, m]`: of the same shape if the slope needs it, else empty.
    static Tensor room(Scope scope, DType type, Activation activation, int rows, int width) {
        return scope.uninitialized(type, activation.slopeNeedsInput() ? rows : 0, width);
    }

    /// Single precision.
    final class Floats implements Elementwise {
        private final Activation activation;
        private final int width;
        private final float[] row;
        private final float[] other;
        private final float[] vector;

        Floats(Activation activation, int width) {
            this.activation = activation;
            this.width = width;
            this.row = new float[width];
            this.other = new float[width];
            this.vector = new float[width];
        }

        @Override
        public void activate(Tensor z, Tensor bias, Tensor saved) {
            bias.read(0, vector, 0, width);
            long end = z.size();
            for (long at = 0; at < end; at += width) {
                z.read(at, row, 0, width);
                for (int j = 0; j < width; j++) {
                    row[j] += vector[j];
                }
                if (activation.slopeNeedsInput()) {
                    saved.write(at, row, 0, width);
                }
                if (activation == Activation.RELU) {
                    for (int j = 0; j < width; j++) {
                        row[j] = Math.max(row[j], 0f);
                    }
                } else if (activation != Activation.IDENTITY) {
                    for (int j = 0; j < width; j++) {
                        row[j] = (float) activation.value(row[j]);
                    }
                }
                z.write(at, row, 0, width);
            }
        }

        @Override
        public void backward(Tensor delta, Tensor y, Tensor saved, Tensor biasGradient) {
            Arrays.fill(vector, 0);
            long end = delta.size();
            for (long at = 0; at < end; at += width) {
                delta.read(at, row, 0, width);
                switch (activation) {
                    case IDENTITY -> {}
                    case RELU -> {
                        y.read(at, other, 0, width);
                        for (int j = 0; j < width; j++) {
                            row[j] = other[j] > 0 ? row[j] : 0f;
                        }
                    }
                    case TANH -> {
                        y.read(at, other, 0, width);
                        for (int j = 0; j < width; j++) {
                            row[j] *= 1 - other[j] * other[j];
                        }
                    }
                    case GELU -> {
                        saved.read(at, other, 0, width);
                        for (int j = 0; j < width; j++) {
                            row[j] *= (float) activation.slope(other[j], 0);
                        }
                    }
                }
                for (int j = 0; j < width; j++) {
                    vector[j] += row[j];
                }
                if (activation != Activation.IDENTITY) {
                    delta.write(at, row, 0, width);
                }
            }
            biasGradient.write(0, vector, 0, width);
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
        public void activate(Tensor z, Tensor bias, Tensor saved) {
            double[] b = bias.toDoubles();
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
        public void backward(Tensor delta, Tensor y, Tensor saved, Tensor biasGradient) {
            double[] sums = new double[width];
            for (int i = 0; i < delta.rows(); i++) {
                for (int j = 0; j < width; j++) {
                    double z = activation.slopeNeedsInput() ? saved.get(i, j) : Double.NaN;
                    double value = delta.get(i, j) * activation.slope(z, y.get(i, j));
                    delta.set(i, j, value);
                    sums[j] += value;
                }
            }
            biasGradient.write(0, sums, 0, width);
        }
    }
}
