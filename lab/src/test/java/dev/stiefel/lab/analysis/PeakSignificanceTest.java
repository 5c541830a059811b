package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.report.PlainRun;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The significance of a peak against a second, slow reckoning of what its documentation says.
class PeakSignificanceTest {
    private static final int RESAMPLES = 200;

    /// Places with 1 to 5 runs each, some of which are missing.
    private static List<Peak.Sample> samples(SplittableRandom random, int most) {
        List<Peak.Sample> samples = new ArrayList<>();
        int places = 3 + random.nextInt(12);
        for (int x = 1; x <= places; x++) {
            List<Double> errors = new ArrayList<>();
            int runs = 1 + random.nextInt(most);
            for (int run = 0; run < runs; run++) {
                errors.add(0.5 / x + 0.05 * Math.exp(-(x - 6) * (x - 6) / 4.0) + 0.02 * random.nextGaussian());
            }
            errors.add(Double.NaN);
            samples.add(new Peak.Sample(x, errors, List.of()));
        }
        return samples;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void theSignificanceIsTheShareOfFallingErrorsThatRiseAsMuch(int most) {
        SplittableRandom random = new SplittableRandom(most);
        for (int trial = 0; trial < 25; trial++) {
            List<Peak.Sample> samples = samples(random, most);
            Peak peak = Peak.of(samples, RESAMPLES, trial);
            assertThat(peak.significance()).isCloseTo(expected(samples, trial), within(1e-12));
        }
    }

    private static double expected(List<Peak.Sample> samples, long seed) {
        int size = samples.size();
        double[] means = new double[size];
        double[] counts = new double[size];
        for (int i = 0; i < size; i++) {
            means[i] = PlainRun.mean(samples.get(i).errors());
            counts[i] = PlainRun.present(samples.get(i).errors()).size();
        }
        double[] variances = variances(samples, means, counts);
        double observed = rise(means, variances);
        if (observed == 0) {
            return 1;
        }
        double[] fit = falling(means, counts);
        SplittableRandom random = new SplittableRandom(seed);
        int reached = 1;
        for (int k = 0; k < RESAMPLES; k++) {
            double[] drawn = new double[size];
            for (int i = 0; i < size; i++) {
                drawn[i] = fit[i] + Math.sqrt(variances[i]) * random.nextGaussian();
            }
            reached += rise(drawn, variances) >= observed ? 1 : 0;
        }
        return reached / (RESAMPLES + 1.0);
    }

    private static double rise(double[] values, double[] variances) {
        double most = 0;
        for (int i = 0; i < values.length; i++) {
            for (int j = i + 1; j < values.length; j++) {
                most = Math.max(most, (values[j] - values[i]) / Math.sqrt(variances[i] + variances[j]));
            }
        }
        return most;
    }

    /// Of the means: those of the runs there, at least the corrected median of the five places
    /// around; where no place near has two runs, from how far places lie from their neighbours.
    private static double[] variances(List<Peak.Sample> samples, double[] means, double[] counts) {
        List<Double> distances = new ArrayList<>();
        for (int i = 1; i + 1 < means.length; i++) {
            distances.add(Math.abs(means[i] - (means[i - 1] + means[i + 1]) / 2));
        }
        double single = Math.pow(PlainRun.median(distances) / (0.6745 * Math.sqrt(1.5)), 2);
        double[] variances = new double[means.length];
        for (int i = 0; i < means.length; i++) {
            List<Double> near = new ArrayList<>();
            double freedom = 0;
            for (int k = i - 2; k <= i + 2; k++) {
                if (k >= 0 && k < means.length && counts[k] > 1) {
                    near.add(Math.pow(PlainRun.deviation(samples.get(k).errors()), 2));
                    freedom += counts[k] - 1;
                }
            }
            double least =
                    near.isEmpty() ? single : PlainRun.median(near) / Math.pow(1 - 2 / (9 * freedom / near.size()), 3);
            double own =
                    counts[i] > 1 ? Math.pow(PlainRun.deviation(samples.get(i).errors()), 2) : 0;
            variances[i] = Math.max(own, least) / counts[i];
        }
        return variances;
    }

    /// The nearest falling sequence, by its formula.
    private static double[] falling(double[] means, double[] counts) {
        double[] fit = new double[means.length];
        for (int i = 0; i < means.length; i++) {
            fit[i] = Double.POSITIVE_INFINITY;
            for (int k = 0; k <= i; k++) {
                double most = Double.NEGATIVE_INFINITY;
                for (int l = i; l < means.length; l++) {
                    double sum = 0;
                    double all = 0;
                    for (int m = k; m <= l; m++) {
                        sum += means[m] * counts[m];
                        all += counts[m];
                    }
                    most = Math.max(most, sum / all);
                }
                fit[i] = Math.min(fit[i], most);
            }
        }
        return fit;
    }
}
