package dev.stiefel.train;

import java.util.Optional;

/// The samples of a run.
///
/// @param train what the network learns from, at least one sample
/// @param validation what decides which epoch was the best
/// @param test what is only looked at
public record TrainData(Samples train, Optional<Samples> validation, Optional<Samples> test) {
    /// Checks that the samples are of one kind.
    public TrainData {
        if (train.size() == 0) {
            throw new IllegalArgumentException("training data: there must be at least one training sample");
        }
        validation = validation.filter(samples -> samples.size() > 0);
        test = test.filter(samples -> samples.size() > 0);
        validation.ifPresent(samples -> requireAlike(train, samples));
        test.ifPresent(samples -> requireAlike(train, samples));
    }

    private static void requireAlike(Samples a, Samples b) {
        if (a.width() != b.width() || a.outputs() != b.outputs() || a.hasLabels() != b.hasLabels()) {
            throw new IllegalArgumentException("training data: all samples must have the same width and outputs; got "
                    + describe(a) + " and " + describe(b));
        }
    }

    private static String describe(Samples samples) {
        return "%d values → %d %s"
                .formatted(samples.width(), samples.outputs(), samples.hasLabels() ? "classes" : "values");
    }
}
