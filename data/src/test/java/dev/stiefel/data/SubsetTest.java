package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SubsetTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.1, 1.0 / 3, 0.5, 0.777, 0.999})
    void aShareHasTheRoundedNumberOfDistinctRowsInTheirOrder(double share) {
        Samples samples = numbered(997, 7);

        List<Integer> rows = rowsOf(Subset.fraction(samples, share, 5));

        assertThat(rows).hasSize((int) Math.max(1, Math.round(share * 997)));
        assertThat(rows).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void eachRowKeepsItsClass() {
        Samples samples = numbered(100, 7);

        Samples part = Subset.fraction(samples, 0.4, 5);

        for (int i = 0; i < part.size(); i++) {
            assertThat(part.label(i)).isEqualTo(samples.label(rowsOf(part).get(i)));
        }
    }

    @Test
    void everyClassKeepsItsShareToWithinOneSample() {
        Samples samples = numbered(3001, 10);
        for (double share : new double[] {0.01, 0.1, 0.37, 0.9}) {
            int[] whole = counts(samples);
            int[] part = counts(Subset.fraction(samples, share, 11));
            for (int c = 0; c < 10; c++) {
                assertThat((double) part[c]).isBetween(share * whole[c] - 1, share * whole[c] + 1);
            }
        }
    }

    @Test
    void aSmallerShareIsPartOfALargerOneOfTheSameSeed() {
        Samples samples = numbered(500, 10);
        Set<Integer> larger = new HashSet<>(rowsOf(Subset.fraction(samples, 0.5, 3)));

        assertThat(larger).containsAll(rowsOf(Subset.fraction(samples, 0.13, 3)));
    }

    @Test
    void theSeedDecides() {
        Samples samples = numbered(500, 10);

        assertThat(rowsOf(Subset.fraction(samples, 0.2, 3))).isEqualTo(rowsOf(Subset.fraction(samples, 0.2, 3)));
        assertThat(rowsOf(Subset.fraction(samples, 0.2, 3))).isNotEqualTo(rowsOf(Subset.fraction(samples, 0.2, 4)));
    }

    @Test
    void theWholeShareIsTheSamplesThemselves() {
        Samples samples = numbered(10, 2);

        assertThat(Subset.fraction(samples, 1, 3)).isSameAs(samples);
    }

    @Test
    void samplesWithTargetVectorsHaveSharesToo() {
        float[] inputs = new float[20];
        float[] targets = new float[40];
        for (int i = 0; i < 20; i++) {
            inputs[i] = i;
            targets[2 * i] = i;
            targets[2 * i + 1] = 100 + i;
        }
        Samples part = Subset.fraction(VectorSamples.regression(inputs, 1, targets, 2), 0.25, 9);

        assertThat(part.size()).isEqualTo(5);
        float[] target = new float[2];
        for (int i = 0; i < part.size(); i++) {
            part.copyTarget(i, target, 0);
            float row = rowsOf(part).get(i);
            assertThat(target).containsExactly(row, 100 + row);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.0001, Double.NaN, Double.POSITIVE_INFINITY})
    void aShareOutsideItsRangeIsRejected(double share) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Subset.fraction(numbered(10, 2), share, 0))
                .withMessage("fraction must be in (0, 1]; got " + share);
    }

    /// Samples whose one input is their row and whose class is random.
    static Samples numbered(int size, int classes) {
        float[] inputs = new float[size];
        IntStream.range(0, size).forEach(i -> inputs[i] = i);
        return VectorSamples.classified(
                inputs, 1, new SplittableRandom(size).ints(size, 0, classes).toArray(), classes);
    }

    /// The rows that samples of [#numbered] had there.
    static List<Integer> rowsOf(Samples samples) {
        float[] input = new float[1];
        return IntStream.range(0, samples.size())
                .map(i -> {
                    samples.copyInput(i, input, 0);
                    return (int) input[0];
                })
                .boxed()
                .toList();
    }

    static int[] counts(Samples samples) {
        int[] counts = new int[samples.outputs()];
        Arrays.stream(samples.copyLabels()).forEach(label -> counts[label]++);
        return counts;
    }
}
