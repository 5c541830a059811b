package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/// Parts of a set of samples.
public final class Subset {
    private Subset() {}

    /// A seeded random share of `samples`: `max(1, round(share · N))` of them, in their original order.
    ///
    /// Stratified: each class keeps its share to within one sample or so. Nested: with the same seed, a smaller
    /// share is a part of a larger one. Samples with target vectors are drawn without regard to them. A share of
    /// 1 is `samples` itself, any other a view.
    public static Samples fraction(Samples samples, double share, long seed) {
        requireShare("fraction", share);
        if (share == 1) {
            return samples;
        }
        if (samples.size() == 0) {
            return samples;
        }
        int[] shuffled = RandomStreams.permutation(samples.size(), RandomStreams.of(seed, "fraction"));
        int[] order = samples.hasLabels() ? stratified(shuffled, samples.copyLabels(), samples.outputs()) : shuffled;
        int[] rows = Arrays.copyOf(order, count(samples, share));
        Arrays.sort(rows);
        return samples.select(rows);
    }

    /// The first `max(1, round(share · N))` of `samples`.
    public static Samples first(Samples samples, double share) {
        requireShare("fraction", share);
        return share == 1 || samples.size() == 0 ? samples : samples.range(0, count(samples, share));
    }

    private static int count(Samples samples, double share) {
        return (int) Math.max(1, Math.round(share * samples.size()));
    }

    static void requireShare(String name, double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(name + " must be in (0, 1]; got " + share);
        }
    }

    /// An order of all rows of which every beginning is stratified: the j-th shuffled row of a class of n rows gets the
    /// place (j + ½)/n, and rows are ordered by place.
    static int[] stratified(int[] shuffled, int[] labels, int classes) {
        int[] sizes = new int[classes];
        for (int row : shuffled) {
            sizes[labels[row]]++;
        }
        int[] seen = new int[classes];
        double[] place = new double[labels.length];
        for (int row : shuffled) {
            int label = labels[row];
            place[row] = (seen[label]++ + 0.5) / sizes[label];
        }
        return IntStream.of(shuffled)
                .boxed()
                .sorted(Comparator.comparingDouble(row -> place[row]))
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
