package dev.stiefel.nn;

/// A function applied to every output of a layer.
public enum Activation {
    /// `z`.
    IDENTITY,
    /// `max(z, 0)`; its slope at 0 is taken as 0.
    RELU,
    /// The hyperbolic tangent.
    TANH,
    /// `z Φ(z)` in the approximation by tanh (Hendrycks & Gimpel 2016, arXiv 1606.08415):
    /// `½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))`.
    GELU;

    private static final double ROOT = Math.sqrt(2 / Math.PI);
    private static final double CUBIC = 0.044715;

    /// The value at `z`.
    public double value(double z) {
        return switch (this) {
            case IDENTITY -> z;
            case RELU -> z > 0 || Double.isNaN(z) ? z : 0;
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
            case TANH -> 1 - y * y;
            case GELU -> {
                double t = Math.tanh(ROOT * (z + CUBIC * z * z * z));
                double bend = 1 - t * t;
                double curved = bend == 0 ? 0 : 0.5 * z * bend * ROOT * (1 + 3 * CUBIC * z * z); // z² may overflow
                yield 0.5 * (1 + t) + curved;
            }
        };
    }

    /// Whether the slope needs `z`; else `y` is enough.
    boolean slopeNeedsInput() {
        return this == GELU;
    }
}
