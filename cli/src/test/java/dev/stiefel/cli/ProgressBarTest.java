package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressBarTest {
    private static final ProgressBar BAR = new ProgressBar(
            3, 10, 0.25, 0.1234, 0.9712, Map.of(), Optional.of(0.965), List.of(23, 18, 17, 17), OptionalDouble.of(83));

    @ParameterizedTest
    @CsvSource({
        "5, 3/10…",
        "20, 3/10  loss 0.1234",
        "30, 3/10  ━━━┄┄┄┄┄┄┄┄  loss 0.1234",
        "40, 3/10  ━━━┄┄┄┄┄┄┄  loss 0.1234  1:23 left",
        "80, 3/10  ━━━━━┄┄┄┄┄┄┄┄┄┄┄┄┄  loss 0.1234  acc 97.12 %  ranks 23 18 17 17  1:23 left",
    })
    void tellsTheMostThatFits(int columns, String line) {
        assertThat(BAR.render(columns, false, true)).isEqualTo(line);
    }

    @Test
    void tellsEverythingWhereThereIsRoom() {
        assertThat(BAR.render(200, false, false))
                .isEqualTo("epoch 3/10  ##########..............................  loss 0.1234  accuracy 97.12 %"
                        + "  validation 96.50 %  ranks 23 18 17 17  1:23 left");
    }

    @Test
    void furtherMeasuresStandBetweenAccuracyAndValidation() {
        ProgressBar measured = new ProgressBar(
                3,
                10,
                0.25,
                0.1234,
                0.9712,
                Map.of("top_5_accuracy", 0.9987),
                Optional.of(0.965),
                List.of(),
                OptionalDouble.of(83));
        assertThat(measured.render(200, false, false))
                .endsWith("  accuracy 97.12 %  top_5_accuracy 0.9987  validation 96.50 %  1:23 left");
        assertThat(measured.render(70, false, false)).endsWith("..  loss 0.1234  accuracy 97.12 %  1:23 left");
    }

    @Test
    void isNeverWiderThanTheTerminal() {
        ProgressBar large = new ProgressBar(
                123,
                1000,
                1,
                1e30,
                1,
                Map.of(),
                Optional.of(1.0),
                Collections.nCopies(40, 5120),
                OptionalDouble.of(360_000));
        for (int columns = -3; columns < 250; columns++) {
            for (boolean unicode : new boolean[] {false, true}) {
                int room = Math.max(0, columns);
                assertThat(DisplayWidth.of(BAR.render(columns, false, unicode))).isLessThanOrEqualTo(room);
                assertThat(DisplayWidth.of(large.render(columns, false, unicode)))
                        .isLessThanOrEqualTo(room);
                assertThat(DisplayWidth.of(large.render(columns, true, unicode).replaceAll("\u001b\\[[0-9]*m", "")))
                        .isLessThanOrEqualTo(room);
            }
        }
    }

    @Test
    void hasNoColoursWhereTheyAreNotWanted() {
        assertThat(BAR.render(100, false, true)).doesNotContain("\u001b");
        assertThat(BAR.render(100, true, true)).contains("\u001b[32m");
    }

    @Test
    void leavesOutWhatDoesNotExist() {
        ProgressBar dense = new ProgressBar(
                1, 2, 0, Double.NaN, Double.NaN, Map.of(), Optional.empty(), List.of(), OptionalDouble.empty());
        assertThat(dense.render(60, false, false)).isEqualTo("epoch 1/2  " + ".".repeat(40) + "  loss –");
    }
}
