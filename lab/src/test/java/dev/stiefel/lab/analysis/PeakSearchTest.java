package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Where errors peak, and whether they do.
class PeakSearchTest {
    @Test
    void thePeakIsTheGreatestRise() {
        Peak peak = Peak.of(exactly(0.9, 0.5, 0.3, 0.35, 0.32, 0.6, 0.2, 0.1), 50, 1);
        assertThat(peak.firstMinimum().x()).isEqualTo(3);
        assertThat(peak.peak().x()).isEqualTo(6);
        assertThat(peak.end().x()).isEqualTo(8);
        assertThat(peak.rise()).isCloseTo(0.3, within(1e-15));
        assertThat(peak.drop()).isCloseTo(0.5, within(1e-15));
        assertThat(peak.threshold()).isEmpty();
    }

    @Test
    void anErrorThatNeverRisesHasNone() {
        Peak peak = Peak.of(exactly(0.9, 0.5, 0.3, 0.3), 50, 1);
        assertThat(peak.rise()).isZero();
        assertThat(peak.significance()).isEqualTo(1);
        assertThat(peak.peak()).isEqualTo(peak.firstMinimum());
    }

    @Test
    void aTruePeakIsSignificantAndNoiseIsNot() {
        DoubleUnaryOperator bump = x -> 0.5 / x + 0.1 * Math.exp(-(x - 10) * (x - 10) / 8);
        assertThat(Peak.of(noisy(bump, 5, 3), 400, 1).significance()).isLessThan(0.01);
        assertThat(Peak.of(noisy(bump, 1, 3), 400, 1).significance()).isLessThan(0.05);
    }

    /// Small networks differ from run to run by far more than large ones.
    @Test
    void aNoisyPlaceHidesNoPeakElsewhere() {
        List<Peak.Sample> samples =
                new ArrayList<>(noisy(x -> 0.3 - 0.005 * x + 0.08 * Math.exp(-(x - 10) * (x - 10) / 8), 2, 7));
        samples.set(0, new Peak.Sample(1, List.of(0.25, 0.55), List.of()));
        assertThat(Peak.of(samples, 400, 1).significance()).isLessThan(0.05);
    }

    /// Under the null hypothesis the significance is below 0.1 in at most about a tenth of all
    /// cases: of 100, more than 20 have a probability of 0.1 %.
    @Test
    void fallingErrorsAreRarelyTakenForAPeak() {
        long significant = IntStream.range(0, 100)
                .filter(seed -> Peak.of(noisy(x -> 0.5 / x, 5, seed), 99, seed).significance() < 0.1)
                .count();
        assertThat(significant).isLessThanOrEqualTo(20);
    }

    @Test
    void theThresholdIsTheFirstPlaceThatIsLearntByHeart() {
        List<Peak.Sample> samples = List.of(
                new Peak.Sample(30, List.of(0.2), List.of(0.0)),
                new Peak.Sample(10, List.of(0.4), List.of(0.3)),
                new Peak.Sample(20, List.of(0.3), List.of(0.008, 0.011)));
        assertThat(Peak.of(samples, 10, 1).threshold()).hasValue(20);
    }

    @Test
    void theNearestFallingSequencePoolsWhatRises() {
        assertThat(PeakSearch.antitonic(new double[] {4, 1, 3, 2, 5}, new double[] {1, 1, 1, 1, 3}))
                .containsExactly(4, 3.5, 3.5, 3.5, 3.5);
    }

    /// Against comparing every pair of places, in 300 sequences with many ties.
    @Test
    void noOtherPairOfPlacesRisesMore() {
        SplittableRandom random = new SplittableRandom(11);
        for (int trial = 0; trial < 300; trial++) {
            double[] errors = random.doubles(3 + random.nextInt(12))
                    .map(x -> Math.rint(9 * x) / 9)
                    .toArray();
            double rise = 0;
            double drop = 0;
            int from = 0;
            int to = 0;
            for (int i = 0; i < errors.length; i++) {
                for (int j = i; j < errors.length; j++) {
                    rise = Math.max(rise, errors[j] - errors[i]);
                }
            }

            Peak peak = Peak.of(exactly(errors), 5, 1);

            from = (int) peak.firstMinimum().x() - 1;
            to = (int) peak.peak().x() - 1;
            for (int j = to; j < errors.length; j++) {
                drop = Math.max(drop, errors[to] - errors[j]);
            }
            assertThat(peak.rise()).isEqualTo(rise);
            assertThat(errors[to] - errors[from]).isEqualTo(rise);
            assertThat(peak.peak().error()).isEqualTo(errors[to]);
            assertThat(peak.drop()).isEqualTo(drop);
            assertThat(from).isLessThanOrEqualTo(to);
            assertThat(peak.end()).isEqualTo(new Peak.Place(errors.length, errors[errors.length - 1]));
        }
    }

    /// The nearest falling sequence by its formula, `min over k ≤ i of max over l ≥ i of the
    /// mean from k to l` (Barlow et al. 1972).
    @Test
    void theNearestFallingSequenceIsThatOfItsFormula() {
        SplittableRandom random = new SplittableRandom(12);
        for (int trial = 0; trial < 200; trial++) {
            int size = 1 + random.nextInt(12);
            double[] values = random.doubles(size).toArray();
            double[] weights = random.ints(size, 1, 6).asDoubleStream().toArray();
            double[] fit = PeakSearch.antitonic(values, weights);
            for (int i = 0; i < size; i++) {
                double least = Double.POSITIVE_INFINITY;
                for (int k = 0; k <= i; k++) {
                    double most = Double.NEGATIVE_INFINITY;
                    for (int l = i; l < size; l++) {
                        most = Math.max(most, mean(values, weights, k, l));
                    }
                    least = Math.min(least, most);
                }
                assertThat(fit[i]).isCloseTo(least, within(1e-13));
            }
        }
    }

    private static double mean(double[] values, double[] weights, int from, int to) {
        double sum = 0;
        double all = 0;
        for (int i = from; i <= to; i++) {
            sum += weights[i] * values[i];
            all += weights[i];
        }
        return sum / all;
    }

    @Test
    void runningMeansRepeatTheEnds() {
        List<Peak.Sample> smooth = Peak.smoothed(exactly(0.1, 0.2, 0.6, 0.4), 2);
        assertThat(smooth).extracting(Peak.Sample::x).containsExactly(1.0, 2.0, 3.0, 4.0);
        double[] expected = {1.1 / 5, 1.4 / 5, 1.7 / 5, 2.0 / 5};
        for (int i = 0; i < 4; i++) {
            assertThat(smooth.get(i).errors().getFirst()).isCloseTo(expected[i], within(1e-15));
        }
        assertThat(Peak.smoothed(exactly(0.1, 0.2), 0))
                .extracting(sample -> sample.errors().getFirst())
                .containsExactly(0.1, 0.2);
    }

    @Test
    void placesWithoutAnErrorAreLeftOut() {
        List<Peak.Sample> samples = new ArrayList<>(exactly(0.5, 0.2, 0.4, 0.1));
        samples.add(new Peak.Sample(2.5, List.of(Double.NaN), List.of(0.0)));
        samples.add(new Peak.Sample(2.7, List.of(), List.of()));
        Peak peak = Peak.of(samples, 20, 1);
        assertThat(peak.rise()).isCloseTo(0.2, within(1e-15));
        assertThat(peak.threshold()).as("a place without an error is none").isEmpty();
        samples.set(1, new Peak.Sample(2, List.of(Double.NaN, 0.2, Double.NaN), List.of(Double.NaN)));
        assertThat(Peak.of(samples, 20, 1)).isEqualTo(peak);
    }

    @Test
    void equalErrorsHaveNoPeak() {
        Peak peak = Peak.of(exactly(0.25, 0.25, 0.25, 0.25, 0.25), 100, 1);
        assertThat(peak.rise()).isZero();
        assertThat(peak.drop()).isZero();
        assertThat(peak.significance()).isEqualTo(1);
    }

    /// No noise at all: a rise of any height is none that chance could make, and the share of
    /// such sets is that of the one that was found.
    @Test
    void whereThereIsNoNoiseAnyRiseIsOne() {
        List<Peak.Sample> samples = IntStream.rangeClosed(1, 6)
                .mapToObj(x -> new Peak.Sample(x, List.of(x == 4 ? 0.4 : 0.3, x == 4 ? 0.4 : 0.3), List.of()))
                .toList();
        assertThat(Peak.of(samples, 99, 1).significance()).isEqualTo(0.01);
    }

    @Test
    void whatIsNotAllowedIsSaid() {
        assertThatThrownBy(() -> Peak.of(exactly(0.1, 0.2), 10, 1))
                .hasMessage("a peak needs at least 3 places with an error; got 2");
        assertThatThrownBy(() -> Peak.of(exactly(0.1, 0.2, 0.3), 0, 1))
                .hasMessage("resamples must be at least 1; got 0");
        List<Peak.Sample> twice = new ArrayList<>(exactly(0.1, 0.2, 0.3));
        twice.add(new Peak.Sample(2, List.of(0.1), List.of()));
        assertThatThrownBy(() -> Peak.of(twice, 10, 1)).hasMessage("a peak needs places that differ; got 2.0 twice");
    }

    private static List<Peak.Sample> exactly(double... errors) {
        return IntStream.range(0, errors.length)
                .mapToObj(i -> new Peak.Sample(i + 1.0, List.of(errors[i]), List.of()))
                .toList();
    }

    private static List<Peak.Sample> noisy(DoubleUnaryOperator error, int runs, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.rangeClosed(1, 20)
                .mapToObj(x -> new Peak.Sample(
                        x,
                        IntStream.range(0, runs)
                                .mapToObj(_ -> error.applyAsDouble(x) + 0.01 * random.nextGaussian())
                                .toList(),
                        List.of()))
                .toList();
    }
}
