package dev.stiefel.data;

import java.util.List;

/// Scaling of the inputs before training.
public sealed interface Scaling {
    /// Inputs stay as the data set gives them: in `[0, 1]` for images.
    Scaling NONE = new None();

    /// Each feature is standardized with its mean and deviation over the training samples.
    Scaling STANDARDIZED = new Standardized();

    /// See [#NONE].
    record None() implements Scaling {}

    /// See [#STANDARDIZED].
    record Standardized() implements Scaling {}

    /// Each channel of images is standardized with the mean and deviation of all its pixels in the training
    /// samples. Samples hold images plane by plane.
    ///
    /// @param channels planes of an image, at least 1
    record Normalized(int channels) implements Scaling {
        /// Checks the number.
        public Normalized {
            if (channels < 1) {
                throw new IllegalArgumentException("scaling: channels must be at least 1; got " + channels);
            }
        }
    }

    /// Each channel of images is standardized with a mean and a deviation that are given, whatever the samples
    /// are: those that a network was trained with elsewhere. Samples hold images plane by plane.
    ///
    /// @param means one a channel, finite
    /// @param deviations likewise, above 0
    record NormalizedBy(List<Double> means, List<Double> deviations) implements Scaling {
        /// Copies the lists, and checks the numbers.
        public NormalizedBy {
            means = List.copyOf(means);
            deviations = List.copyOf(deviations);
            if (means.isEmpty() || means.size() != deviations.size()) {
                throw new IllegalArgumentException(
                        "scaling: as many deviations as means are needed, at least one; got %s and %s"
                                .formatted(deviations.size(), means.size()));
            }
        }
    }
}
