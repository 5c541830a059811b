package dev.stiefel.lab.analysis;

import dev.stiefel.lab.spec.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/// The peak of double descent: an error that rises again as a network grows.
///
/// The first minimum and the peak are the pair of places with the greatest rise from left to right.
///
/// @param firstMinimum start of the rise
/// @param peak end of the rise
/// @param end the last place
/// @param rise from the first minimum to the peak; 0 if the error never rises
/// @param drop from the peak to the lowest place after it
/// @param significance probability of a rise as large as this if the true error never rose: below 0.05, say, it is
///     significant
/// @param threshold the interpolation threshold: the first place whose mean train error is
///     below 1 %
public record Peak(
        Place firstMinimum,
        Place peak,
        Place end,
        double rise,
        double drop,
        double significance,
        OptionalDouble threshold) {
    /// A place on the axis.
    ///
    /// @param x position: a width, a rank, a number of parameters
    /// @param error the mean over the runs there
    public record Place(double x, double error) {}

    /// The runs at a place.
    ///
    /// @param x position
    /// @param errors one a run; missing ones are NaN
    /// @param trainErrors the same on the training samples; may be empty
    public record Sample(double x, List<Double> errors, List<Double> trainErrors) {
        /// Takes copies.
        public Sample {
            errors = List.copyOf(errors);
            trainErrors = List.copyOf(trainErrors);
        }
    }

    /// The errors of configurations along an axis at the end of training, and the train errors
    /// where they were measured: each run's mean over its last ten epochs, since single epochs are
    /// noisy.
    ///
    /// @param configurations configurations that differ in nothing else
    /// @param axis of numbers; configurations that have none there are left out
    /// @param measure an error
    public static List<Sample> samples(List<Configuration> configurations, Option<?> axis, RunMeasure measure) {
        List<Sample> samples = new ArrayList<>();
        for (Configuration each : configurations) {
            if (each.axes().get(axis) instanceof Number x) {
                samples.add(new Sample(
                        x.doubleValue(),
                        each.outcomes(measure).stream().map(RunOutcome::last10).toList(),
                        each.outcomes(RunMeasure.TRAIN_ERROR).stream()
                                .map(RunOutcome::last10)
                                .toList()));
            }
        }
        return samples;
    }

    /// The same places, each with the running mean of the means of those around it, as the thesis
    /// has its peaks. The places at the ends count as often as others are missing beyond them.
    ///
    /// @param samples by rising places
    /// @param each number of places on either side: 2 for a mean of five
    public static List<Sample> smoothed(List<Sample> samples, int each) {
        List<Sample> smooth = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            double error = 0;
            double trainError = 0;
            for (int k = i - each; k <= i + each; k++) {
                Sample near = samples.get(Math.clamp(k, 0, samples.size() - 1));
                error += Statistics.of(near.errors()).mean();
                trainError += Statistics.of(near.trainErrors()).mean();
            }
            int count = 2 * each + 1;
            smooth.add(new Sample(samples.get(i).x(), List.of(error / count), List.of(trainError / count)));
        }
        return smooth;
    }

    /// The peak over these places.
    ///
    /// @param samples in any order; places where all errors are missing are left out
    /// @param resamples number of samples from the null hypothesis, at least 1: 1000, say
    /// @param seed decides what is drawn
    /// @throws IllegalArgumentException if fewer than three places have an error, or two are
    ///     the same
    public static Peak of(List<Sample> samples, int resamples, long seed) {
        return new PeakSearch(samples, resamples, seed).peak();
    }
}
