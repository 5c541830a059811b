package dev.stiefel.data;

import java.util.Arrays;

/// Which samples of a set that comes undivided test.
///
/// A seeded random share: `round(share · N)` of them, but at least one, and at least one is left
/// to train. It is independent of what [Subset#fraction] draws with the same seed.
public final class Holdout {
    private static final String STREAM = "holdout";

    private Holdout() {}

    /// The rows that test, in order, of samples with these classes: each class keeps its share to
    /// within a sample or so.
    public static int[] stratified(int[] labels, int classes, double share, long seed) {
        int[] shuffled = RandomStreams.permutation(labels.length, RandomStreams.of(seed, STREAM));
        return first(Subset.stratified(shuffled, labels, classes), share);
    }

    /// The rows that test, in order, of so many samples.
    public static int[] random(int size, double share, long seed) {
        return first(RandomStreams.permutation(size, RandomStreams.of(seed, STREAM)), share);
    }

    private static int[] first(int[] order, double share) {
        if (!(share > 0 && share < 1)) {
            throw new IllegalArgumentException("test fraction must be in (0, 1); got " + share);
        }
        if (order.length < 2) {
            throw new IllegalArgumentException(
                    "test fraction: at least 2 samples are needed, one to train and one to test; got " + order.length);
        }
        int count = Math.clamp(Math.round(share * order.length), 1, order.length - 1);
        int[] rows = Arrays.copyOf(order, count);
        Arrays.sort(rows);
        return rows;
    }
}
