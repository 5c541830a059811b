package dev.stiefel.nn;

import java.util.Arrays;

/// Reductions of long rows, with many partial results, so that the compiler vectorizes them.
final class LongRows {
    private static final int LANES = 256;

    private LongRows() {}

    /// The sum of the first numbers.
    static double sum(float[] values, int count) {
        float[] lanes = new float[LANES];
        float[] some = new float[LANES];
        int from = 0;
        for (; from <= count - LANES; from += LANES) {
            System.arraycopy(values, from, some, 0, LANES); // loops are vectorized where all indices are the same
            for (int j = 0; j < LANES; j++) {
                lanes[j] += some[j];
            }
        }
        double sum = 0;
        for (float lane : lanes) {
            sum += lane;
        }
        for (int j = from; j < count; j++) {
            sum += values[j];
        }
        return sum;
    }

    /// The largest of the first numbers, of which there is at least one; NaN if one of them is.
    static float largest(float[] values, int count) {
        float[] lanes = new float[LANES];
        float[] some = new float[LANES];
        Arrays.fill(lanes, values[0]);
        int from = 0;
        for (; from <= count - LANES; from += LANES) {
            System.arraycopy(values, from, some, 0, LANES);
            for (int j = 0; j < LANES; j++) {
                lanes[j] = Math.max(lanes[j], some[j]);
            }
        }
        float largest = values[0];
        for (float lane : lanes) {
            largest = Math.max(largest, lane);
        }
        for (int j = from; j < count; j++) {
            largest = Math.max(largest, values[j]);
        }
        return largest;
    }
}
