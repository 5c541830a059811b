package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.SplittableRandom;

/// Wrong labels on purpose, as the experiments on double descent need them.
public final class LabelNoise {
    private LabelNoise() {}

    /// The same inputs with exactly `round(share · N)` of the labels replaced, each by a *different* class drawn
    /// uniformly from the others.
    ///
    /// Nested: with the same seed, the labels that a smaller share replaces are replaced by a larger one too, by
    /// the same classes. A share of 0 is `samples` itself. Inputs are shared.
    public static Samples redraw(Samples samples, double share, long seed) {
        requireShare(share);
        if (share == 0) {
            return samples;
        }
        if (!samples.hasLabels() || samples.outputs() < 2) {
            throw new IllegalArgumentException("label noise: samples need at least two classes; these have "
                    + (samples.hasLabels() ? "one" : "target vectors"));
        }
        int[] labels = samples.copyLabels();
        int[] order = RandomStreams.permutation(labels.length, RandomStreams.of(seed, "label noise rows"));
        SplittableRandom random = RandomStreams.of(seed, "label noise classes");
        long replaced = Math.round(share * labels.length);
        for (int i = 0; i < replaced; i++) {
            labels[order[i]] = otherClass(labels[order[i]], samples.outputs(), random);
        }
        return samples.withLabels(labels);
    }

    static void requireShare(double share) {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("label noise must be in [0, 1]; got " + share);
        }
    }

    private static int otherClass(int label, int classes, SplittableRandom random) {
        int drawn = random.nextInt(classes - 1);
        return drawn < label ? drawn : drawn + 1;
    }
}
