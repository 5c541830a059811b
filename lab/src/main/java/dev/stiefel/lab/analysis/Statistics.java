package dev.stiefel.lab.analysis;

import java.util.Arrays;
import java.util.Collection;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;

/// Statistics of some numbers, such as the results of repeated runs. Missing numbers (NaN) are left out and never
/// taken for 0; statistics that the others do not determine are NaN.
///
/// ```java
/// Statistics errors = Statistics.of(List.of(0.021, 0.019, 0.024));
/// Interval likely = errors.bootstrap(0.95, 2000, 1);
/// ```
///
/// With `n` numbers `x`: mean `Σx / n`; standard deviation `√(Σ(x − mean)² / (n − 1))`;
/// quantiles by linear interpolation between the sorted numbers at `q (n − 1)` (type 7 of
/// Hyndman & Fan 1996, doi:10.2307/2684934).
public final class Statistics {
    private final double[] sorted;

    private Statistics(double[] sorted) {
        this.sorted = sorted;
    }

    /// The statistics of these numbers.
    public static Statistics of(Collection<Double> values) {
        return of(values.stream().mapToDouble(Double::doubleValue));
    }

    /// The statistics of these numbers.
    public static Statistics of(DoubleStream values) {
        return new Statistics(
                values.filter(value -> !Double.isNaN(value)).sorted().toArray());
    }

    /// The number of values, without missing ones.
    public int count() {
        return sorted.length;
    }

    /// Their mean; NaN if there are none.
    public double mean() {
        return mean(sorted);
    }

    /// The standard deviation of a sample; NaN for fewer than two.
    public double standardDeviation() {
        if (sorted.length < 2) {
            return Double.NaN;
        }
        double mean = mean();
        double squares = 0;
        for (double value : sorted) {
            squares += (value - mean) * (value - mean);
        }
        return Math.sqrt(squares / (sorted.length - 1));
    }

    /// The least; NaN if there are none.
    public double least() {
        return sorted.length == 0 ? Double.NaN : sorted[0];
    }

    /// The greatest; NaN if there are none.
    public double greatest() {
        return sorted.length == 0 ? Double.NaN : sorted[sorted.length - 1];
    }

    /// The median; NaN if there are none.
    public double median() {
        return quantile(0.5);
    }

    /// The `q` quantile: a fraction `q` of the values does not exceed it; NaN if there are none.
    ///
    /// @throws IllegalArgumentException if `q` is not in `[0, 1]`
    public double quantile(double q) {
        if (!(q >= 0 && q <= 1)) {
            throw new IllegalArgumentException("quantile must be in [0, 1]; got " + q);
        }
        return quantile(sorted, q);
    }

    /// A confidence interval of the mean by the percentile bootstrap (Efron & Tibshirani 1993, §13.3): the middle
    /// `level` of the means of as many numbers drawn from these, again and again. Both ends are NaN for fewer than
    /// two numbers, for which drawing is meaningless.
    ///
    /// @param level the confidence, in `(0, 1)`: 0.95, say
    /// @param resamples number of draws, at least 1: 2000, say
    /// @param seed decides what is drawn
    /// @throws IllegalArgumentException if one of them is not allowed
    public Interval bootstrap(double level, int resamples, long seed) {
        if (!(level > 0 && level < 1)) {
            throw new IllegalArgumentException("confidence must be in (0, 1); got " + level);
        }
        if (resamples < 1) {
            throw new IllegalArgumentException("resamples must be at least 1; got " + resamples);
        }
        if (sorted.length < 2) {
            return new Interval(Double.NaN, Double.NaN);
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] means = new double[resamples];
        for (int i = 0; i < resamples; i++) {
            double sum = 0;
            for (int k = 0; k < sorted.length; k++) {
                sum += sorted[random.nextInt(sorted.length)];
            }
            means[i] = sum / sorted.length;
        }
        Arrays.sort(means);
        return new Interval(quantile(means, (1 - level) / 2), quantile(means, (1 + level) / 2));
    }

    private static double mean(double[] values) {
        return values.length == 0 ? Double.NaN : Arrays.stream(values).sum() / values.length;
    }

    private static double quantile(double[] ascending, double q) {
        if (ascending.length == 0) {
            return Double.NaN;
        }
        double position = q * (ascending.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, ascending.length - 1);
        double part = position - below;
        return part == 0 ? ascending[below] : ascending[below] + part * (ascending[above] - ascending[below]);
    }

    @Override
    public String toString() {
        return "%s numbers, mean %s, standard deviation %s".formatted(count(), mean(), standardDeviation());
    }
}
