package dev.stiefel.nn;

/// Values and slopes of an activation at many float32 numbers, in loops that the compiler vectorizes.
///
/// GELU and the hyperbolic tangent are functions of `w = e^x − 1`, with `x ≥ 0`:
///
///     tanh(z) = sign(z) w / (2 + w),   x = 2 |z|
///     GELU(z) = max(z, 0) − |z| q,   q = 1 / (2 + w),   x = 2 √(2/π) (|z| + 0.044715 |z|³)
///     GELU'(z) = ½ + sign(z) (½ − q + |z| q (1 − q) x')
///
/// because `½ (1 + tanh(u)) = 1 / (1 + e^{−2u})`. Results differ from [Activation#value] and [Activation#slope]
/// by less than `10⁻⁶`, relative to the result or 1, whichever is greater.
final class ActivationArrays {
    /// Greater numbers are taken as this: both functions have reached their limits, and `x³` cannot overflow.
    private static final float FAR = 12;

    private static final float LINEAR = (float) (2 * Activation.ROOT);
    private static final float CUBIC = (float) (2 * Activation.ROOT * Activation.CUBIC);
    private static final float PART = 1f / 32;
    private static final float C2 = 1f / 2;
    private static final float C3 = 1f / 6;
    private static final float C4 = 1f / 24;
    private static final float C5 = 1f / 120;
    private static final float C6 = 1f / 720;

    private ActivationArrays() {}

    /// Replaces the first `count` numbers by the activation's values there.
    static void valuesInPlace(Activation activation, float[] z, int count) {
        switch (activation) {
            case IDENTITY -> {}
            case RELU -> {
                for (int j = 0; j < count; j++) {
                    z[j] = Math.max(z[j], 0f);
                }
            }
            case LEAKY_RELU -> {
                for (int j = 0; j < count; j++) {
                    z[j] = Math.max(z[j], Activation.LEAK * z[j]);
                }
            }
            case TANH -> tanhInPlace(z, count);
            case GELU -> geluInPlace(z, count);
        }
    }

    // methods of their own, in which the compiler always inlines the exponential
    private static void tanhInPlace(float[] z, int count) {
        for (int j = 0; j < count; j++) {
            float w = exponentialLessOne(2 * Math.min(Math.abs(z[j]), FAR));
            z[j] = Math.signum(z[j]) * (w / (2 + w));
        }
    }

    private static void geluInPlace(float[] z, int count) {
        for (int j = 0; j < count; j++) {
            float a = Math.min(Math.abs(z[j]), FAR);
            z[j] = Math.max(z[j], 0f) - a / (2 + exponentialLessOne(a * (LINEAR + CUBIC * a * a)));
        }
    }

    /// Multiplies the first `count` gradients by the activation's slopes.
    ///
    /// @param at the numbers where the slopes are wanted if [Activation#slopeNeedsInput], else the values there
    static void multiplyBySlopes(Activation activation, float[] delta, float[] at, int count) {
        switch (activation) {
            case IDENTITY -> {}
            case RELU -> {
                for (int j = 0; j < count; j++) {
                    delta[j] *= Math.signum(at[j]); // not negative; a comparison would not be vectorized
                }
            }
            case LEAKY_RELU -> {
                for (int j = 0; j < count; j++) {
                    delta[j] *= Math.max(Math.signum(at[j]), Activation.LEAK);
                }
            }
            case TANH -> {
                for (int j = 0; j < count; j++) {
                    delta[j] *= 1 - at[j] * at[j];
                }
            }
            case GELU -> multiplyByGeluSlopes(delta, at, count);
        }
    }

    private static void multiplyByGeluSlopes(float[] delta, float[] at, int count) {
        for (int j = 0; j < count; j++) {
            float a = Math.min(Math.abs(at[j]), FAR);
            float q = 1 / (2 + exponentialLessOne(a * (LINEAR + CUBIC * a * a)));
            float away = 0.5f - q + a * q * (1 - q) * (LINEAR + 3 * CUBIC * a * a);
            delta[j] *= 0.5f + Math.signum(at[j]) * away;
        }
    }

    /// `e^x − 1` for `x` of at least 0: a Taylor series of `x/32`, then `(1 + u)² − 1 = u (2 + u)` five times.
    /// The compiler does not vectorize loops with many more operations than that of GELU's slopes has.
    private static float exponentialLessOne(float x) {
        float r = x * PART;
        float u = r * (1 + r * (C2 + r * (C3 + r * (C4 + r * (C5 + r * C6)))));
        u = u * (2 + u);
        u = u * (2 + u);
        u = u * (2 + u);
        u = u * (2 + u);
        return u * (2 + u);
    }
}
