package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.Arrays;

/// `Σ c ∘ activation(x Wᵀ + b)` and its gradients in plain loops over the formed matrix.
final class Reference {
    final double[][] z;
    final double[][] y;
    final double[][] delta;
    final double[][] weightGradient;
    final double[] biasGradient;
    final double[][] inputGradient;
    private final Activation activation;
    private final double[][] c;

    Reference(Activation activation, double[][] W, double[] b, double[][] x, double[][] c) {
        this.activation = activation;
        this.c = c;
        this.z = new double[x.length][W.length];
        this.y = new double[x.length][W.length];
        this.delta = new double[x.length][W.length];
        this.weightGradient = new double[W.length][W[0].length];
        this.biasGradient = new double[W.length];
        this.inputGradient = new double[x.length][W[0].length];
        for (int s = 0; s < x.length; s++) {
            for (int i = 0; i < W.length; i++) {
                z[s][i] = b[i];
                for (int j = 0; j < W[i].length; j++) {
                    z[s][i] += x[s][j] * W[i][j];
                }
                y[s][i] = activation.value(z[s][i]);
                delta[s][i] = c[s][i] * activation.slope(z[s][i], y[s][i]);
                biasGradient[i] += delta[s][i];
                for (int j = 0; j < W[i].length; j++) {
                    weightGradient[i][j] += delta[s][i] * x[s][j];
                    inputGradient[s][j] += delta[s][i] * W[i][j];
                }
            }
        }
    }

    double loss() {
        double sum = 0;
        for (int s = 0; s < y.length; s++) {
            for (int i = 0; i < y[s].length; i++) {
                sum += c[s][i] * y[s][i];
            }
        }
        return sum;
    }

    /// How far the central difference between this and another, `h` before and behind, may be from the slope.
    ///
    /// It errs by `h²/6 · 2 Σ |c| |dz|³` at moves `dz` of the outputs a unit (third derivatives of the activations
    /// are below 2), and by the rounding of two sums, `(n + B m + 4) u Σ |c| (1 + |z|)` each.
    double differenceError(Reference other, double h, int inputs) {
        double curvature = 0;
        double magnitude = 0;
        for (int s = 0; s < z.length; s++) {
            for (int i = 0; i < z[s].length; i++) {
                double move = Math.abs(z[s][i] - other.z[s][i]) / (2 * h);
                curvature += Math.abs(c[s][i]) * move * move * move;
                magnitude += Math.abs(c[s][i]) * (1 + Math.abs(z[s][i]));
                if (activation == Activation.RELU && (z[s][i] > 0) != (other.z[s][i] > 0)) {
                    throw new AssertionError("choose another seed: a difference crosses the kink of relu");
                }
            }
        }
        return h * h / 3 * curvature + (inputs + z.length * z[0].length + 4) * 0x1p-53 * magnitude / h;
    }

    /// How far the nearest output is from where relu has no slope.
    double distanceFromKink() {
        double nearest = Double.POSITIVE_INFINITY;
        for (double[] row : z) {
            for (double value : row) {
                nearest = Math.min(nearest, Math.abs(value));
            }
        }
        return nearest;
    }

    static double[][] rows(Tensor matrix) {
        double[][] rows = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows[i].length; j++) {
                rows[i][j] = matrix.get(i, j);
            }
        }
        return rows;
    }

    static double[] flat(double[][] rows) {
        return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
    }
}
