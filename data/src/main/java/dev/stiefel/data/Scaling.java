package dev.stiefel.data;

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

    /// Each channel of images is standardized with the mean and deviation of all its pixels in the training samples.
    /// Samples hold images plane by plane.
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
}
