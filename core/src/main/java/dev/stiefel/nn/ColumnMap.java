package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.Optional;

/// A map of every column by itself: `activation(factor · x + offset)`, with a factor and an offset a column.
///
/// A layer that comes right before and is linear can do the first part of it with its own numbers:
/// `factor · (W x + b) + offset = (factor W) x + (factor b + offset)`.
public final class ColumnMap {
    private final double[] factors;
    private final double[] offsets;
    private final Activation activation;

    /// A map with these numbers.
    ///
    /// @param factors one a column; copied
    /// @param offsets one a column; copied
    public ColumnMap(double[] factors, double[] offsets, Activation activation) {
        if (factors.length != offsets.length) {
            throw new IllegalArgumentException("column map: factors and offsets must be as many; got %d and %d"
                    .formatted(factors.length, offsets.length));
        }
        this.factors = factors.clone();
        this.offsets = offsets.clone();
        this.activation = activation;
    }

    /// The number of columns.
    public int columns() {
        return factors.length;
    }

    /// Factor of a column.
    public double factor(int column) {
        return factors[column];
    }

    /// Offset of a column.
    public double offset(int column) {
        return offsets[column];
    }

    /// The activation that is applied last.
    public Activation activation() {
        return activation;
    }

    /// The factors.
    float[] factors() {
        return floats(factors);
    }

    /// The offsets.
    float[] offsets() {
        return floats(offsets);
    }

    /// A weight with each row multiplied by the factor of the column that it computes, row by row.
    ///
    /// @param matrix `[columns, n]`
    float[] scaleRows(Tensor matrix) {
        float[] scaled = matrix.toFloats();
        int n = matrix.columns();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = (float) (factors[i / n] * scaled[i]);
        }
        return scaled;
    }

    /// The image of a bias under this map, without the activation.
    ///
    /// @param bias `[columns]`; empty for 0
    float[] shift(Optional<Tensor> bias) {
        double[] shifted = offsets.clone();
        if (bias.isPresent()) {
            double[] b = bias.get().toDoubles();
            for (int j = 0; j < shifted.length; j++) {
                shifted[j] += factors[j] * b[j];
            }
        }
        return floats(shifted);
    }

    private static float[] floats(double[] values) {
        float[] rounded = new float[values.length];
        for (int j = 0; j < values.length; j++) {
            rounded[j] = (float) values[j];
        }
        return rounded;
    }
}
