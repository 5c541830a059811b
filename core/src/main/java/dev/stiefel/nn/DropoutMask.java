package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;

/// The values that dropout keeps of some samples, and the sweeps that apply it.
///
/// The number that value `i` of a sample is compared with is a hash of `i` and a key of the sample (the
/// finalizer "lowbias32" of [Wellons](https://nullprogram.com/blog/2018/07/31/)): no value waits for the one
/// before it, and the compiler vectorizes the loop.
final class DropoutMask {
    private static final int STRETCH = 2048; // elements of an array; three of them fit the first-level cache
    private static final int STEP = 0x9e3779b9; // odd: different places have different counters
    private static final int[] COUNTERS = counters();

    private final long seed;
    private final int least; // numbers of 31 bits at most as large are dropped
    private final double scale;
    private float[] values = {};
    private float[] there = {};

    /// @param seed of the batch
    /// @param rate probability of a value to be dropped, in [0, 1)
    DropoutMask(long seed, double rate) {
        double share = rate * (1L << 31);
        this.seed = seed;
        this.least = (int) Math.min(Integer.MAX_VALUE - 1L, Math.round(share)) - 1;
        this.scale = 1 / (1 - rate);
    }

    private static int[] counters() {
        int[] counters = new int[STRETCH];
        for (int j = 0; j < STRETCH; j++) {
            counters[j] = j * STEP;
        }
        return counters;
    }

    /// `y ← mask ∘ x / (1 − rate)`, or what it was plus that; `y` may be `x`.
    ///
    /// @param sample number of the sample in its batch
    void apply(Tensor x, int sample, Tensor y, Accumulation how) {
        int key = (int) Rng.seeded(seed).forPurpose("sample " + sample).nextLong();
        if (x.type() == DType.FLOAT32) {
            applyFloats(x, key, y, how);
        } else {
            applyDoubles(x, key, y, how);
        }
    }

    private void applyFloats(Tensor x, int key, Tensor y, Accumulation how) {
        int width = x.columns();
        int rowsAtOnce = Math.max(1, STRETCH / width);
        if (values.length < rowsAtOnce * width) {
            values = new float[rowsAtOnce * width];
            there = new float[rowsAtOnce * width];
        }
        for (int row = 0; row < x.rows(); row += rowsAtOnce) {
            int rows = Math.min(rowsAtOnce, x.rows() - row);
            int count = rows * width;
            x.readRows(row, rows, values);
            for (int from = 0; from < count; from += STRETCH) { // once, unless rows are long
                drop(values, from, Math.min(count, from + STRETCH), key + (row * width + from) * STEP);
            }
            if (how == Accumulation.ADD) {
                y.readRows(row, rows, there);
                for (int j = 0; j < count; j++) {
                    values[j] += there[j];
                }
            }
            y.writeRows(row, rows, values);
        }
    }

    private void drop(float[] all, int from, int to, int first) {
        if (from > 0) { // loops are vectorized where all indices are the same
            float[] some = new float[to - from];
            System.arraycopy(all, from, some, 0, some.length);
            drop(some, 0, some.length, first);
            System.arraycopy(some, 0, all, from, some.length);
            return;
        }
        int[] counters = COUNTERS;
        float factor = (float) scale;
        for (int j = 0; j < to; j++) {
            all[j] *= factor * kept(counters[j] + first);
        }
    }

    /// 1 where the number of a counter is above the least one, else 0; without a branch.
    private int kept(int counter) {
        int x = counter;
        x ^= x >>> 16;
        x *= 0x7feb352d;
        x ^= x >>> 15;
        x *= 0x846ca68b;
        x ^= x >>> 16;
        return (least - (x >>> 1)) >>> 31;
    }

    private void applyDoubles(Tensor x, int key, Tensor y, Accumulation how) {
        double[] kept = x.toDoubles();
        double[] before = how == Accumulation.ADD ? y.toDoubles() : new double[kept.length];
        for (int j = 0; j < kept.length; j++) {
            kept[j] = before[j] + kept[j] * scale * kept(key + j * STEP);
        }
        y.setAll(kept);
    }
}
