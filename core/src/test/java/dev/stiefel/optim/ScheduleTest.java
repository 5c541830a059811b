package dev.stiefel.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.optim.Schedule.Constant;
import dev.stiefel.optim.Schedule.Cosine;
import dev.stiefel.optim.Schedule.InverseSqrt;
import dev.stiefel.optim.Schedule.Step;
import dev.stiefel.optim.Schedule.WarmUp;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    @Test
    void aConstantIsConstant() {
        assertThat(new Constant(0.1).at(0)).isEqualTo(0.1);
        assertThat(new Constant(0.1).at(1_000_000_000_000L)).isEqualTo(0.1);
    }

    @Test
    void aCosineFallsFromTheRateThroughItsHalfToAThousandth() {
        Schedule cosine = new Cosine(0.2, 100);
        assertThat(cosine.at(0)).isEqualTo(0.2);
        assertThat(cosine.at(25)).isCloseTo(0.2 * (1 + Math.sqrt(0.5)) / 2, within(1e-15));
        assertThat(cosine.at(50)).isCloseTo(0.1, within(1e-15));
        for (int step = 1; step <= 97; step++) {
            assertThat(cosine.at(step)).isLessThan(cosine.at(step - 1));
        }
        assertThat(cosine.at(100)).isCloseTo(2e-4, within(1e-18));
        assertThat(cosine.at(Long.MAX_VALUE)).isCloseTo(2e-4, within(1e-18));
    }

    @Test
    void aStepScheduleDropsEveryFewSteps() {
        Schedule steps = new Step(0.4, 3, 0.5);
        assertThat(List.of(0L, 2L, 3L, 5L, 6L).stream().map(steps::at)).containsExactly(0.4, 0.4, 0.2, 0.2, 0.1);
        assertThat(steps.at(Long.MAX_VALUE)).isPositive();
        assertThat(new Step(0.4, 3, 1).at(Long.MAX_VALUE)).isEqualTo(0.4);
    }

    @Test
    void aWarmUpRisesLinearlyToWhatFollows() {
        Schedule warm = new WarmUp(4, new Constant(0.8));
        assertThat(warm.at(0)).isCloseTo(0.2, within(1e-15));
        assertThat(warm.at(1)).isCloseTo(0.4, within(1e-15));
        assertThat(warm.at(3)).isEqualTo(0.8);
        assertThat(warm.at(4)).isEqualTo(0.8);
        assertThat(new WarmUp(0, new Constant(0.8)).at(0)).isEqualTo(0.8);
        Schedule cosine = new Cosine(0.2, 100);
        assertThat(new WarmUp(10, cosine).at(4)).isCloseTo(cosine.at(4) / 2, within(1e-15));
        assertThat(new WarmUp(10, cosine).at(60)).isEqualTo(cosine.at(60));
    }

    @Test
    void anInverseSquareRootHoldsTheRateAndThenFalls() {
        Schedule falling = new InverseSqrt(0.6, 4);
        for (long step = 0; step < 4; step++) {
            assertThat(falling.at(step)).isEqualTo(0.6);
        }
        assertThat(falling.at(15)).isCloseTo(0.3, within(1e-15)); // the 16th step
        assertThat(falling.at(35)).isCloseTo(0.2, within(1e-15));
        assertThat(falling.at(4)).isCloseTo(0.6 * Math.sqrt(0.8), within(1e-15));
        assertThat(falling.at(Long.MAX_VALUE)).isCloseTo(0.6 * 2 / Math.sqrt(0x1p63), within(1e-24));
        assertThat(new InverseSqrt(0.6, 1).at(8)).isCloseTo(0.2, within(1e-15));
    }

    /// `width^{−1/2} min(n^{−1/2}, n steps^{−3/2})`, as printed.
    @Test
    void behindAWarmUpItIsThePublishedSchedule() {
        int width = 512;
        int steps = 4000;
        Schedule schedule = new WarmUp(steps, new InverseSqrt(1 / Math.sqrt((double) width * steps), steps));
        for (int n = 1; n <= 100_000; n += 37) {
            double published = Math.pow(width, -0.5) * Math.min(Math.pow(n, -0.5), n * Math.pow(steps, -1.5));
            assertThat(schedule.at(n - 1)).isCloseTo(published, within(1e-17));
        }
    }

    @Test
    void everyRateCanBeAStepSize() {
        List<Schedule> schedules = List.of(
                new Constant(Double.MIN_NORMAL),
                new Cosine(1, 1),
                new Step(1, 1, 1e-300),
                new InverseSqrt(Double.MIN_NORMAL, 1),
                new WarmUp(1_000_000, new Step(1, 1, 0.5)));
        for (Schedule schedule : schedules) {
            for (long step : new long[] {0, 1, 2, 50, 5000, 1L << 40}) {
                assertThat(schedule.at(step)).isPositive().isFinite();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, Double.NaN, Double.POSITIVE_INFINITY})
    void aRateIsAboveZero(double rate) {
        String message = "learning rate must be above 0 and finite; got " + rate;
        assertThatThrownBy(() -> new Constant(rate))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> new Cosine(rate, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> new Step(rate, 10, 0.5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> new InverseSqrt(rate, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void lengthsAndFactorsHaveTheirRanges() {
        assertThatThrownBy(() -> new Cosine(0.1, 0)).hasMessage("cosine schedule: steps must be at least 1; got 0");
        assertThatThrownBy(() -> new Step(0.1, 0, 0.5)).hasMessage("step schedule: steps must be at least 1; got 0");
        assertThatThrownBy(() -> new InverseSqrt(0.1, 0))
                .hasMessage("inverse-sqrt schedule: steps must be at least 1; got 0");
        for (double factor : new double[] {0, -1, 1.5, Double.NaN}) {
            assertThatThrownBy(() -> new Step(0.1, 5, factor))
                    .hasMessage("step schedule: factor must be in (0, 1]; got " + factor);
        }
        assertThatThrownBy(() -> new WarmUp(-1, new Constant(0.1)))
                .hasMessage("warm-up: steps must be at least 0; got -1");
    }
}
