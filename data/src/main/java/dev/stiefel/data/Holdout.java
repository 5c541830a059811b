package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.Arrays;

/// Choice of test and validation samples in a set without a split of its own.
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

    /// The samples in another order: a seeded choice of `count` of them stands last, where [SplitSpec] holds
    /// samples out, and of each class its share. The order of files, often by class or by time, would hold out
    /// samples unlike the training samples.
    ///
    /// @param count in `[0, size)`
    public static Samples toTheEnd(Samples samples, int count, long seed) {
        if (count < 0 || count >= samples.size()) {
            throw new IllegalArgumentException("validation (%s) must be smaller than the training set (%s samples)"
                    .formatted(count, samples.size()));
        }
        if (count == 0) {
            return samples;
        }
        int[] shuffled = RandomStreams.permutation(samples.size(), RandomStreams.of(seed, "validation"));
        int[] order =
                samples.hasLabels() ? Subset.stratified(shuffled, samples.copyLabels(), samples.outputs()) : shuffled;
        int[] last = Arrays.copyOf(order, count);
        int[] rest = Arrays.copyOfRange(order, count, order.length);
        Arrays.sort(last);
        Arrays.sort(rest);
        int[] rows = Arrays.copyOf(rest, order.length);
        System.arraycopy(last, 0, rows, rest.length, count);
        return samples.select(rows);
    }

    /// The rows of so many samples in an order that the seed draws; the last rows may be held out.
    public static int[] shuffled(int size, long seed) {
        return RandomStreams.permutation(size, RandomStreams.of(seed, "validation"));
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
