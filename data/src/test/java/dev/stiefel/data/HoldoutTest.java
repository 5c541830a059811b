package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HoldoutTest {
    @ParameterizedTest
    @CsvSource({"2, 0.01, 1", "2, 0.99, 1", "10, 0.2, 2", "1000, 0.333, 333", "7, 0.9, 6"})
    void theShareIsHeldOutButSomethingIsLeftOnBothSides(int size, double share, int expected) {
        int[] rows = Holdout.random(size, share, 5);

        assertThat(rows).hasSize(expected).isSorted().doesNotHaveDuplicates();
        assertThat(Arrays.stream(rows).allMatch(row -> row >= 0 && row < size)).isTrue();
    }

    @Test
    void everyClassKeepsItsShareToWithinASample() {
        int[] labels = IntStream.range(0, 1000)
                .map(i -> i % 10 == 0 ? 1 : i % 100 == 1 ? 2 : 0)
                .toArray();

        int[] rows = Holdout.stratified(labels, 3, 0.2, 3);

        assertThat(rows).hasSize(200).isSorted();
        for (int label = 0; label < 3; label++) {
            int wanted = label;
            double size = Arrays.stream(labels).filter(l -> l == wanted).count();
            double held =
                    Arrays.stream(rows).filter(row -> labels[row] == wanted).count();
            assertThat(Math.abs(held - 0.2 * size)).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void theSeedDecides() {
        assertThat(Holdout.random(1000, 0.5, 1)).isEqualTo(Holdout.random(1000, 0.5, 1));
        assertThat(Holdout.random(1000, 0.5, 1)).isNotEqualTo(Holdout.random(1000, 0.5, 2));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.5, Double.NaN})
    void aShareOutsideIsRejected(double share) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Holdout.random(10, share, 1))
                .withMessage("test fraction must be in (0, 1); got " + share);
    }

    @Test
    void oneSampleCannotBeDivided() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Holdout.random(1, 0.5, 1))
                .withMessageContaining("at least 2 samples are needed");
    }
}
