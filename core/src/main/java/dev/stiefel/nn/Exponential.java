package dev.stiefel.nn;

/// The exponential function of many numbers at once, in single precision, written so that the compiler vectorizes it.
///
/// `e^x = ((1 + u)^16)^8` with `u = e^(x/128) − 1` from its Taylor series: the first four squarings are those of `u`,
/// `(1 + u)² − 1 = u (2 + u)`, which keep the digits that `1 + u` would lose.
final class Exponential {
    /// Numbers below this are taken as this: their exponentials are the smallest normal numbers.
    static final float LEAST = -87;

    private static final float PART = 1f / 128;
    private static final float C2 = 1f / 2;
    private static final float C3 = 1f / 6;
    private static final float C4 = 1f / 24;
    private static final float C5 = 1f / 120;
    private static final float C6 = 1f / 720;
    private static final float C7 = 1f / 5040;

    private Exponential() {}

    /// Replaces numbers by their exponentials, to a relative error of `10⁻⁶ e^{|x|/8}`. A NaN stays one.
    ///
    /// @param values of which those from `from` (inclusive) to `to` (exclusive) are replaced; at most 0
    static void ofInPlace(float[] values, int from, int to) {
        for (int i = from; i < to; i++) {
            float r = Math.max(values[i], LEAST) * PART;
            float u = r * (1 + r * (C2 + r * (C3 + r * (C4 + r * (C5 + r * (C6 + r * C7))))));
            u = u * (2 + u);
            u = u * (2 + u);
            u = u * (2 + u);
            u = u * (2 + u);
            float v = 1 + u;
            v = v * v;
            v = v * v;
            values[i] = v * v;
        }
    }
}
