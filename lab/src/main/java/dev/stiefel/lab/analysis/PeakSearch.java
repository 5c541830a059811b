package dev.stiefel.lab.analysis;

import dev.stiefel.lab.analysis.Peak.Place;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/// Finds the greatest rise of an error and tests it against an error that never rises.
///
/// Null hypothesis: the true error falls or stays. Its estimate is the antitonic regression of
/// the means, weighted by the number of runs (pool adjacent violators, Barlow et al. 1972).
/// From it sets of means are drawn by the bootstrap: its value at a place, plus the mean of as
/// many residuals as there are runs, drawn from those of the place, scaled by `√(n / (n −
/// 1))`; from those of all places where there are fewer than three runs; and where no place
/// has two, from a normal distribution whose deviation is `median |y_i − (y_{i−1} + y_{i+1}) /
/// 2| / (0.6745 √1.5)`, which a trend hardly changes (after Gasser, Sroka & Jennen-Steinmetz
/// 1986, doi:10.1093/biomet/73.3.625; the median is our choice, because errors fall steeply at
/// first). The significance is the share of sets, this one counted, whose greatest rise is at
/// least as great.
final class PeakSearch {
    private static final double INTERPOLATED = 0.01;
    private static final int OWN_RESIDUALS = 3;
    private static final double NORMAL_MEDIAN = 0.6745; // of the size of a standard normal number

    private final List<Peak.Sample> samples;
    private final int resamples;
    private final SplittableRandom random;
    private final double[] means;
    private final double[] weights;

    PeakSearch(List<Peak.Sample> samples, int resamples, long seed) {
        if (resamples < 1) {
            throw new IllegalArgumentException("resamples must be at least 1; got " + resamples);
        }
        this.samples = samples.stream()
                .filter(sample -> Statistics.of(sample.errors()).count() > 0)
                .sorted(Comparator.comparingDouble(Peak.Sample::x))
                .toList();
        if (this.samples.size() < 3) {
            throw new IllegalArgumentException(
                    "a peak needs at least 3 places with an error; got " + this.samples.size());
        }
        for (int i = 1; i < this.samples.size(); i++) {
            if (this.samples.get(i).x() == this.samples.get(i - 1).x()) {
                throw new IllegalArgumentException("a peak needs places that differ; got %s twice"
                        .formatted(this.samples.get(i).x()));
            }
        }
        this.resamples = resamples;
        this.random = new SplittableRandom(seed);
        this.means = this.samples.stream()
                .mapToDouble(sample -> Statistics.of(sample.errors()).mean())
                .toArray();
        this.weights = this.samples.stream()
                .mapToDouble(sample -> Statistics.of(sample.errors()).count())
                .toArray();
    }

    Peak peak() {
        Rise rise = Rise.greatest(means);
        int end = means.length - 1;
        double after = means[rise.to];
        for (int i = rise.to; i <= end; i++) {
            after = Math.min(after, means[i]);
        }
        return new Peak(
                place(rise.from),
                place(rise.to),
                place(end),
                rise.height,
                means[rise.to] - after,
                significance(rise.height),
                threshold());
    }

    private Place place(int i) {
        return new Place(samples.get(i).x(), means[i]);
    }

    private OptionalDouble threshold() {
        return samples.stream()
                .filter(sample -> Statistics.of(sample.trainErrors()).mean() < INTERPOLATED)
                .mapToDouble(Peak.Sample::x)
                .findFirst();
    }

    private double significance(double height) {
        if (height <= 0) {
            return 1;
        }
        double[] fit = antitonic(means, weights);
        List<double[]> residuals = new ArrayList<>();
        samples.forEach(sample -> residuals.add(residuals(sample.errors())));
        double[] pooled = residuals.stream().flatMapToDouble(Arrays::stream).toArray();
        double deviation = neighbourDeviation();
        int reached = 1;
        double[] drawn = new double[means.length];
        for (int k = 0; k < resamples; k++) {
            for (int i = 0; i < drawn.length; i++) {
                double[] own = residuals.get(i).length >= OWN_RESIDUALS ? residuals.get(i) : pooled;
                drawn[i] = fit[i] + noise(own, (int) weights[i], deviation);
            }
            reached += Rise.greatest(drawn).height >= height ? 1 : 0;
        }
        return reached / (resamples + 1.0);
    }

    private double noise(double[] residuals, int count, double deviation) {
        if (residuals.length == 0) {
            return deviation * random.nextGaussian() / Math.sqrt(count);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += residuals[random.nextInt(residuals.length)];
        }
        return sum / count;
    }

    private static double[] residuals(List<Double> errors) {
        Statistics statistics = Statistics.of(errors);
        int count = statistics.count();
        return count < 2
                ? new double[0]
                : errors.stream()
                        .filter(error -> !Double.isNaN(error))
                        .mapToDouble(error -> (error - statistics.mean()) * Math.sqrt(count / (count - 1.0)))
                        .toArray();
    }

    /// Of single runs: from how far each place lies from the middle of its two neighbours.
    private double neighbourDeviation() {
        double[] distances = new double[means.length - 2];
        for (int i = 0; i < distances.length; i++) {
            distances[i] = Math.abs(means[i + 1] - (means[i] + means[i + 2]) / 2);
        }
        return Statistics.of(Arrays.stream(distances)).median() / (NORMAL_MEDIAN * Math.sqrt(1.5));
    }

    /// The falling sequence that is nearest in weighted least squares.
    static double[] antitonic(double[] values, double[] weights) {
        double[] level = new double[values.length];
        double[] weight = new double[values.length];
        int[] length = new int[values.length];
        int blocks = 0;
        for (int i = 0; i < values.length; i++) {
            level[blocks] = values[i];
            weight[blocks] = weights[i];
            length[blocks] = 1;
            blocks++;
            while (blocks > 1 && level[blocks - 2] < level[blocks - 1]) {
                double sum = weight[blocks - 2] + weight[blocks - 1];
                level[blocks - 2] =
                        (level[blocks - 2] * weight[blocks - 2] + level[blocks - 1] * weight[blocks - 1]) / sum;
                weight[blocks - 2] = sum;
                length[blocks - 2] += length[blocks - 1];
                blocks--;
            }
        }
        double[] fit = new double[values.length];
        int at = 0;
        for (int block = 0; block < blocks; block++) {
            for (int k = 0; k < length[block]; k++) {
                fit[at++] = level[block];
            }
        }
        return fit;
    }

    /// A rise from one place to another further right.
    private record Rise(int from, int to, double height) {
        /// The greatest, the first of equals; where nothing rises, none at the lowest place.
        static Rise greatest(double[] values) {
            int lowest = 0;
            Rise greatest = new Rise(0, 0, 0);
            for (int i = 1; i < values.length; i++) {
                if (values[i] - values[lowest] > greatest.height) {
                    greatest = new Rise(lowest, i, values[i] - values[lowest]);
                }
                if (values[i] < values[lowest]) {
                    lowest = i;
                }
            }
            return greatest.height > 0 ? greatest : new Rise(lowest, lowest, 0);
        }
    }
}
