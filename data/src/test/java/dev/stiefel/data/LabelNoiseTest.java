package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelNoiseTest {
    private final Samples samples = SubsetTest.numbered(1009, 10);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.0001, 0.1, 0.2, 0.5, 0.999, 1})
    void exactlyTheShareOfLabelsIsDifferent(double share) {
        Samples noisy = LabelNoise.redraw(samples, share, 1);

        assertThat(differences(samples, noisy)).isEqualTo((int) Math.round(share * 1009));
    }

    @Test
    void theNewClassesAreUniformOverTheOthers() {
        Samples sevens = VectorSamples.classified(new float[90_000], 1, filled(90_000, 7), 10);

        int[] counts = SubsetTest.counts(LabelNoise.redraw(sevens, 1, 2));

        assertThat(counts[7]).isZero();
        for (int c = 0; c < 10; c++) {
            if (c != 7) {
                // Binomial(90000, 1/9) has deviation 94: five of them.
                assertThat(counts[c]).isBetween(10_000 - 470, 10_000 + 470);
            }
        }
    }

    @Test
    void inputsAndTheGivenSamplesAreUntouched() {
        int[] before = samples.copyLabels();

        Samples noisy = LabelNoise.redraw(samples, 0.5, 1);

        assertThat(samples.copyLabels()).isEqualTo(before);
        assertThat(SubsetTest.rowsOf(noisy)).isEqualTo(SubsetTest.rowsOf(samples));
    }

    @Test
    void theSeedDecides() {
        int[] once = LabelNoise.redraw(samples, 0.3, 1).copyLabels();

        assertThat(LabelNoise.redraw(samples, 0.3, 1).copyLabels()).isEqualTo(once);
        assertThat(LabelNoise.redraw(samples, 0.3, 2).copyLabels()).isNotEqualTo(once);
    }

    @Test
    void whatALittleNoiseChangesMoreNoiseChangesAlike() {
        Samples little = LabelNoise.redraw(samples, 0.1, 1);
        Samples more = LabelNoise.redraw(samples, 0.4, 1);

        for (int i = 0; i < samples.size(); i++) {
            if (little.label(i) != samples.label(i)) {
                assertThat(more.label(i)).isEqualTo(little.label(i));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void aShareOutsideItsRangeIsRejected(double share) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelNoise.redraw(samples, share, 0))
                .withMessage("label noise must be in [0, 1]; got " + share);
    }

    @Test
    void samplesWithoutAnotherClassAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelNoise.redraw(VectorSamples.regression(new float[3], 1, new float[3], 1), 0.1, 0))
                .withMessage("label noise: samples need at least two classes; these have target vectors");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LabelNoise.redraw(SubsetTest.numbered(5, 1), 0.1, 0))
                .withMessage("label noise: samples need at least two classes; these have one");
    }

    private static int differences(Samples a, Samples b) {
        int differences = 0;
        for (int i = 0; i < a.size(); i++) {
            differences += a.label(i) == b.label(i) ? 0 : 1;
        }
        return differences;
    }

    private static int[] filled(int size, int value) {
        int[] values = new int[size];
        Arrays.fill(values, value);
        return values;
    }
}
