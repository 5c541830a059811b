package dev.stiefel.nn;

import dev.stiefel.nn.Layer.Kept;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A function applied to every output of a layer.
public enum Activation {
    /// `z`.
    IDENTITY,
    /// `max(z, 0)`; its slope at 0 is taken as 0.
    RELU,
    /// Leaky ReLU: `z` above 0, and `0.01 z` below; its slope at 0 is taken as 0.01 (Maas, Hannun & Ng 2013).
    LEAKY_RELU,
    /// The hyperbolic tangent.
    TANH,
    /// `z Φ(z)` in the approximation by tanh (Hendrycks & Gimpel 2016, arXiv 1606.08415):
    /// `½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))`.
    GELU;

    /// Slope of leaky ReLU below 0.
    static final float LEAK = 0.01f;

    /// The constant `√(2/π)` of GELU.
    static final double ROOT = Math.sqrt(2 / Math.PI);

    /// The factor of `z³` in GELU.
    static final double CUBIC = 0.044715;

    /// The value at `z`.
    public double value(double z) {
        return switch (this) {
            case IDENTITY -> z;
            case RELU -> z > 0 || Double.isNaN(z) ? z : 0;
            case LEAKY_RELU -> z > 0 || Double.isNaN(z) ? z : LEAK * z;
            case TANH -> Math.tanh(z);
            case GELU -> {
                double open = 1 + Math.tanh(ROOT * (z + CUBIC * z * z * z));
                yield open == 0 ? 0 : 0.5 * z * open; // 0 at -∞, not ∞ · 0
            }
        };
    }

    /// The slope at `z`, where the value is `y`.
    public double slope(double z, double y) {
        return switch (this) {
            case IDENTITY -> 1;
            case RELU -> Math.signum(y); // y is not negative; NaN shows
            case LEAKY_RELU -> y > 0 ? 1 : Double.isNaN(y) ? y : LEAK;
            case TANH -> 1 - y * y;
            case GELU -> {
                double t = Math.tanh(ROOT * (z + CUBIC * z * z * z));
                double bend = 1 - t * t;
                double curved = bend == 0 ? 0 : 0.5 * z * bend * ROOT * (1 + 3 * CUBIC * z * z); // z² may overflow
                yield 0.5 * (1 + t) + curved;
            }
        };
    }

    /// The values that a layer with this activation reads in the backward pass.
    Set<Kept> keeps() {
        return switch (this) {
            case IDENTITY, GELU -> EnumSet.noneOf(Kept.class);
            case RELU, LEAKY_RELU, TANH -> EnumSet.of(Kept.OUTPUT);
        };
    }

    /// Appends the activation to a graph of ONNX operators.
    ///
    /// @param name of the output value
    /// @param value input value
    /// @return the name in the graph
    String export(OperatorGraph graph, String name, String value) {
        return switch (this) {
            case IDENTITY -> value;
            case RELU -> graph.apply("Relu", name, value);
            case LEAKY_RELU -> graph.apply("LeakyRelu", name, List.of(value), Map.of("alpha", (double) LEAK));
            case TANH -> graph.apply("Tanh", name, value);
            case GELU -> graph.apply("Gelu", name, List.of(value), Map.of("approximate", "tanh"));
        };
    }

    /// Returns whether the slope needs `z`; else `y` is enough.
    boolean slopeNeedsInput() {
        return this == GELU;
    }
}
