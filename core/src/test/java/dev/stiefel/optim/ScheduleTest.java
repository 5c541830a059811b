package dev.stiefel.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.optim.Schedule.Constant;
import dev.stiefel.optim.Schedule.Cosine;
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
    void everyRateCanBeAStepSize() {
        List<Schedule> schedules = List.of(
                new Constant(Double.MIN_NORMAL),
                new Cosine(1, 1),
                new Step(1, 1, 1e-300),
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
    }

    @Test
    void lengthsAndFactorsHaveTheirRanges() {
        assertThatThrownBy(() -> new Cosine(0.1, 0)).hasMessage("cosine schedule: steps must be at least 1; got 0");
        assertThatThrownBy(() -> new Step(0.1, 0, 0.5)).hasMessage("step schedule: steps must be at least 1; got 0");
        for (double factor : new double[] {0, -1, 1.5, Double.NaN}) {
            assertThatThrownBy(() -> new Step(0.1, 5, factor))
                    .hasMessage("step schedule: factor must be in (0, 1]; got " + factor);
        }
        assertThatThrownBy(() -> new WarmUp(-1, new Constant(0.1)))
                .hasMessage("warm-up: steps must be at least 0; got -1");
    }
}
