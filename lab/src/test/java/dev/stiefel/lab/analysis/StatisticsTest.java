package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/// Statistics against known answers.
class StatisticsTest {
    @Test
    void theMeanAndTheDeviationOfASample() {
        Statistics statistics = Statistics.of(List.of(2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0));
        assertThat(statistics.count()).isEqualTo(8);
        assertThat(statistics.mean()).isEqualTo(5);
        assertThat(statistics.standardDeviation()).isCloseTo(Math.sqrt(32 / 7.0), within(1e-15));
    }

    @Test
    void quantilesAreThoseOfTypeSeven() {
        Statistics statistics = Statistics.of(List.of(40.0, 10.0, 20.0, 30.0));
        assertThat(statistics.quantile(0)).isEqualTo(10);
        assertThat(statistics.quantile(0.25)).isEqualTo(17.5); // R: quantile(c(10, 20, 30, 40), 0.25)
        assertThat(statistics.median()).isEqualTo(25);
        assertThat(statistics.quantile(0.9)).isCloseTo(37, within(1e-12));
        assertThat(statistics.quantile(1)).isEqualTo(40);
        assertThat(statistics.least()).isEqualTo(10);
        assertThat(statistics.greatest()).isEqualTo(40);
    }

    @Test
    void missingNumbersAreLeftOutAndNeverZero() {
        Statistics statistics = Statistics.of(List.of(1.0, Double.NaN, 3.0));
        assertThat(statistics.count()).isEqualTo(2);
        assertThat(statistics.mean()).isEqualTo(2);
        Statistics none = Statistics.of(List.of(Double.NaN));
        assertThat(none.count()).isZero();
        assertThat(none.mean()).isNaN();
        assertThat(none.median()).isNaN();
        assertThat(none.least()).isNaN();
        assertThat(Statistics.of(List.of(1.0)).standardDeviation()).isNaN();
        assertThat(Statistics.of(List.of(1.0)).bootstrap(0.95, 10, 1).low()).isNaN();
    }

    /// Of 100 normal numbers the interval is that of the normal theory, mean ± 1.96 s/√n,
    /// within a few percent of its width: the standard error of an end from 4,000 resamples is
    /// about 0.03 s/√n.
    @Test
    void theBootstrapAgreesWithTheNormalTheory() {
        SplittableRandom random = new SplittableRandom(7);
        Statistics statistics =
                Statistics.of(DoubleStream.generate(random::nextGaussian).limit(100));
        double error = statistics.standardDeviation() / 10;
        Interval interval = statistics.bootstrap(0.95, 4000, 1);
        assertThat(interval.low()).isCloseTo(statistics.mean() - 1.96 * error, within(0.15 * error));
        assertThat(interval.high()).isCloseTo(statistics.mean() + 1.96 * error, within(0.15 * error));
        assertThat(statistics.bootstrap(0.95, 4000, 1)).isEqualTo(interval);
        assertThat(statistics.bootstrap(0.95, 4000, 2)).isNotEqualTo(interval);
    }

    /// Against definitions written out, of 1 to 40 numbers of very different sizes, of which
    /// some are missing.
    @Test
    void everyStatisticIsThatOfItsDefinition() {
        SplittableRandom random = new SplittableRandom(3);
        for (int count = 1; count <= 40; count++) {
            List<Double> values = new ArrayList<>();
            List<Double> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                values.add((random.nextDouble() - 0.5) * Math.pow(10, random.nextInt(-6, 7)));
                all.add(values.getLast());
                all.add(Double.NaN);
            }
            Statistics statistics = Statistics.of(all);
            List<Double> sorted = values.stream().sorted().toList();
            double size = Math.max(Math.abs(sorted.getFirst()), Math.abs(sorted.getLast()));
            double sum = 0;
            for (double value : values) {
                sum += value;
            }
            double squares = 0;
            for (double value : values) {
                squares += (value - sum / count) * (value - sum / count);
            }
            assertThat(statistics.count()).isEqualTo(count);
            assertThat(statistics.mean()).isCloseTo(sum / count, within(1e-14 * size));
            if (count > 1) {
                assertThat(statistics.standardDeviation())
                        .isCloseTo(Math.sqrt(squares / (count - 1)), within(1e-13 * size));
            }
            assertThat(statistics.least()).isEqualTo(sorted.getFirst());
            assertThat(statistics.greatest()).isEqualTo(sorted.getLast());
            for (int percent = 0; percent <= 100; percent += 5) {
                double place = percent * (count - 1) / 100.0;
                int below = percent * (count - 1) / 100;
                double above = sorted.get(Math.min(count - 1, below + 1));
                double expected = sorted.get(below) + (place - below) * (above - sorted.get(below));
                assertThat(statistics.quantile(percent / 100.0)).isCloseTo(expected, within(1e-12 * size));
            }
        }
    }

    /// Drawing two numbers from 0 and 1 has a mean of 0, ½, ½ or 1, each as often: the middle
    /// 90 % of means reaches from 0 to 1, the middle 40 % is ½.
    @Test
    void theBootstrapOfTwoNumbersIsKnown() {
        Statistics statistics = Statistics.of(List.of(0.0, 1.0));
        assertThat(statistics.bootstrap(0.4, 4000, 1)).isEqualTo(new Interval(0.5, 0.5));
        assertThat(statistics.bootstrap(0.9, 4000, 1)).isEqualTo(new Interval(0, 1));
        Interval equal = Statistics.of(List.of(0.25, 0.25, 0.25)).bootstrap(0.95, 100, 9);
        assertThat(equal).isEqualTo(new Interval(0.25, 0.25));
    }

    @Test
    void theOrderOfTheNumbersDoesNotMatter() {
        Statistics one = Statistics.of(List.of(3.0, 1.0, 2.0));
        Statistics other = Statistics.of(List.of(1.0, 2.0, 3.0));
        assertThat(one.bootstrap(0.8, 200, 4)).isEqualTo(other.bootstrap(0.8, 200, 4));
        assertThat(one).hasToString("3 numbers, mean 2.0, standard deviation 1.0");
    }

    @Test
    void whatIsNotAllowedIsSaid() {
        Statistics statistics = Statistics.of(List.of(1.0, 2.0));
        assertThatThrownBy(() -> statistics.quantile(1.5)).hasMessage("quantile must be in [0, 1]; got 1.5");
        assertThatThrownBy(() -> statistics.bootstrap(1, 10, 1)).hasMessage("confidence must be in (0, 1); got 1.0");
        assertThatThrownBy(() -> statistics.bootstrap(0.9, 0, 1)).hasMessage("resamples must be at least 1; got 0");
    }
}
