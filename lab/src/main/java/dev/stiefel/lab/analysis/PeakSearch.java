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
/// Around it sets of means are drawn, normal with the variance of a mean at each place. The
/// significance is the share of sets, this one counted, whose greatest rise is at least as
/// great, rises being measured in standard errors, `(ȳ_j − ȳ_i) / √(v_i / n_i + v_j / n_j)`,
/// since small networks differ from run to run by far more than large ones.
///
/// The variance `v_i` of a run is that of the runs there, but at least the median of those of
/// the five places around it, divided by `(1 − 2 / (9 d))³`, which makes the median of a
/// variance of `d` degrees of freedom a mean (Wilson & Hilferty 1931): variances of two runs
/// may be small by chance. Where no place has two runs it is the square of
/// `median |y_i − (y_{i−1} + y_{i+1}) / 2| / (0.6745 √1.5)`, which a trend hardly changes
/// (after Gasser, Sroka & Jennen-Steinmetz 1986, doi:10.1093/biomet/73.3.625; the median is our
/// choice, because errors fall steeply at first).
final class PeakSearch {
    private static final double INTERPOLATED = 0.01;
    private static final int NEAR = 2; // places on either side
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
                significance(),
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

    private double significance() {
        double[] fit = antitonic(means, weights);
        double[] variances = variancesOfMeans();
        double height = greatestInErrors(means, variances);
        if (height <= 0) {
            return 1;
        }
        int reached = 1;
        double[] drawn = new double[means.length];
        for (int k = 0; k < resamples; k++) {
            for (int i = 0; i < drawn.length; i++) {
                drawn[i] = fit[i] + Math.sqrt(variances[i]) * random.nextGaussian();
            }
            reached += greatestInErrors(drawn, variances) >= height ? 1 : 0;
        }
        return reached / (resamples + 1.0);
    }

    /// The greatest rise in standard errors; infinite where it rises and there is no noise.
    private static double greatestInErrors(double[] values, double[] variances) {
        double greatest = 0;
        for (int j = 1; j < values.length; j++) {
            for (int i = 0; i < j; i++) {
                double rise = values[j] - values[i];
                if (rise > 0) {
                    greatest = Math.max(greatest, rise / Math.sqrt(variances[i] + variances[j]));
                }
            }
        }
        return greatest;
    }

    private double[] variancesOfMeans() {
        double[] own = new double[means.length];
        for (int i = 0; i < own.length; i++) {
            double deviation = Statistics.of(samples.get(i).errors()).standardDeviation();
            own[i] = deviation * deviation; // NaN for one run
        }
        double ofSingles = neighbourDeviation();
        double[] variances = new double[means.length];
        for (int i = 0; i < own.length; i++) {
            double least = Double.NaN;
            List<Double> near = new ArrayList<>();
            double freedom = 0;
            for (int k = Math.max(0, i - NEAR); k <= Math.min(own.length - 1, i + NEAR); k++) {
                if (!Double.isNaN(own[k])) {
                    near.add(own[k]);
                    freedom += weights[k] - 1;
                }
            }
            if (!near.isEmpty()) {
                double shrunk = 1 - 2 / (9 * freedom / near.size());
                least = Statistics.of(near).median() / (shrunk * shrunk * shrunk);
            }
            double variance = Double.isNaN(least) ? ofSingles * ofSingles : least;
            variances[i] = (Double.isNaN(own[i]) ? variance : Math.max(own[i], variance)) / weights[i];
        }
        return variances;
    }

    /// The standard deviation of single runs, from the distances of all places from the middle of their two
    /// neighbours.
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
