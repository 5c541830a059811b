package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ResamplingTest {
    @Test
    void downIsTheMeanOverTheAreaAndUpIsLinearBetweenCentres() {
        assertThat(scaled(2, 1, 3, 5, 7)).containsExactly(2, 6);
        assertThat(scaled(3, 1, 3, 5)).containsExactly(1, 3, 5);
        assertThat(scaled(2, 0, 3, 6)).containsExactly(new double[] {1, 5}, within(1e-9));
        assertThat(scaled(1, 2, 4, 9)).containsExactly(new double[] {5}, within(1e-9));
        assertThat(scaled(4, 0, 8)).containsExactly(0, 2, 6, 8);
        assertThat(scaled(5, 3)).containsExactly(3, 3, 3, 3, 3);
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1,7", "7,1", "13,7", "7,13", "100,99", "99,100", "4096,28", "65536,3", "3,512"})
    void weightsAddUpToOneAndStayInside(int source, int target) {
        Resampling axis = Resampling.of(source, target);
        double[] covered = new double[source];
        for (int i = 0; i < target; i++) {
            double sum = 0;
            boolean inside = true;
            for (int j = 0; j < axis.length(i); j++) {
                double weight = axis.weight(i, j);
                inside &= weight > 0 && weight <= 1;
                sum += weight;
                covered[axis.start(i) + j] += weight;
            }
            assertThat(inside).isTrue();
            assertThat(sum).isCloseTo(1, within(1e-9));
        }
        if (source >= target) {
            double wanted = (double) target / source;
            assertThat(Arrays.stream(covered).allMatch(part -> Math.abs(part - wanted) < 1e-9))
                    .isTrue();
        }
    }

    private static double[] scaled(int target, float... row) {
        double[] into = new double[target];
        Resampling.of(row.length, target).apply(row, into);
        return into;
    }
}
