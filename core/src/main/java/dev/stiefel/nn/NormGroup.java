package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;

/// A group of rows that batch normalization computes statistics over, with numbers of each column `x`:
///
///     y = activation(factor · x + offset),   z = inverse · (x − mean),   factor = scale · inverse
///
/// and back, with `g = ∂loss/∂(scale · z + bias)` and `N` rows:
///
///     ∂bias = Σ g,   ∂scale = Σ g z,   ∂x = factor · g + slope · (x − mean) + constant
final class NormGroup {
    private final int first;
    private final int end;
    private final double[] mean;
    private final double[] variance;
    private final double[] inverse;
    private final double[] factor;
    private final double[] offset;
    private double[] biasGradient = {};
    private double[] scaleGradient = {};
    private double[] slope = {};
    private double[] constant = {};

    /// Rows from `first` to `end`, which is not among them.
    NormGroup(int first, int end, double[] mean, double[] variance, double epsilon, double[] scale, double[] bias) {
        int width = mean.length;
        this.first = first;
        this.end = end;
        this.mean = mean;
        this.variance = variance;
        this.inverse = new double[width];
        this.factor = new double[width];
        this.offset = new double[width];
        for (int j = 0; j < width; j++) {
            inverse[j] = 1 / Math.sqrt(variance[j] + epsilon);
            factor[j] = scale[j] * inverse[j];
            offset[j] = bias[j] - factor[j] * mean[j];
        }
    }

    int rows() {
        return end - first;
    }

    /// Adds the moments, as often as there are rows; of variances the unbiased ones.
    void addTo(double[] means, double[] variances) {
        double unbiased = rows() > 1 ? (double) rows() / (rows() - 1) : 1;
        for (int j = 0; j < mean.length; j++) {
            means[j] += rows() * mean[j];
            variances[j] += rows() * unbiased * variance[j];
        }
    }

    /// The group's rows of all.
    Tensor of(Tensor rows) {
        return rows.rows(first, end);
    }

    double[] means() {
        return mean;
    }

    double[] factors() {
        return factor;
    }

    double[] offsets() {
        return offset;
    }

    /// Computes the gradients, `slope` and `constant` from sums over the rows.
    ///
    /// @param gSum `Σ g`
    /// @param gxSum `Σ g (x − mean)`
    void setGradientSums(double[] gSum, double[] gxSum) {
        biasGradient = gSum;
        scaleGradient = new double[gSum.length];
        slope = new double[gSum.length];
        constant = new double[gSum.length];
        for (int j = 0; j < gSum.length; j++) {
            scaleGradient[j] = gxSum[j] * inverse[j];
            slope[j] = -factor[j] * inverse[j] * scaleGradient[j] / rows();
            constant[j] = -factor[j] * biasGradient[j] / rows();
        }
    }

    double biasGradient(int j) {
        return biasGradient[j];
    }

    double scaleGradient(int j) {
        return scaleGradient[j];
    }

    double[] slopes() {
        return slope;
    }

    double[] constants() {
        return constant;
    }
}
