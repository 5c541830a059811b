package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class StandardizationTest {
    @Test
    void meanAndDeviationAreThoseOfThePopulation() {
        Standardization fitted = Standardization.fit(column(2, 4, 4, 4, 5, 5, 7, 9));

        assertThat(fitted.copyMeans()).containsExactly(5f);
        assertThat(fitted.copyDeviations()).containsExactly(2f);
    }

    @Test
    void fittedSamplesHaveMeanZeroAndDeviationOne() {
        int rows = 1001;
        int width = 13;
        SplittableRandom random = new SplittableRandom(1);
        float[] inputs = new float[rows * width];
        for (int i = 0; i < inputs.length; i++) {
            // Means up to 1000 with deviations of 1 … 13: where a one-pass formula in floats would fail.
            inputs[i] = (float) (1000 * (i % width) + (1 + i % width) * random.nextGaussian());
        }
        Samples samples = VectorSamples.classified(inputs, width, new int[rows], 1);

        Standardization again = Standardization.fit(Standardization.fit(samples).apply(samples));

        for (int j = 0; j < width; j++) {
            // The mean is stored as a float: off by at most 2⁻²⁴ of 12,000, over a deviation of at least 1.
            assertThat(again.copyMeans()[j]).isCloseTo(0, within(1e-3f));
            assertThat(again.copyDeviations()[j]).isCloseTo(1, within(1e-5f));
        }
    }

    @Test
    void aPlaneHasOneMeanAndDeviationForAllItsPixels() {
        // Two images of two planes of four pixels; the second plane is constant.
        float[] inputs = {2, 4, 4, 4, 0.1f, 0.1f, 0.1f, 0.1f, 5, 5, 7, 9, 0.1f, 0.1f, 0.1f, 0.1f};
        Samples images = VectorSamples.classified(inputs, 8, new int[2], 1);

        Standardization fitted = Standardization.fitPlanes(images, 2);

        assertThat(fitted.copyMeans()).containsExactly(5, 5, 5, 5, 0.1f, 0.1f, 0.1f, 0.1f);
        assertThat(fitted.copyDeviations()).containsExactly(2, 2, 2, 2, 1, 1, 1, 1);
        assertThat(inputs(fitted.apply(images))).startsWith(-1.5f, -0.5f).endsWith(0, 0);
        assertThat(fitted.isOfPlanes(2)).isTrue();
        assertThat(fitted.isOfPlanes(1)).isFalse();
        assertThat(fitted.isOfPlanes(3)).isFalse();
        assertThat(Standardization.fit(images).isOfPlanes(2)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.fitPlanes(images, 3))
                .withMessage("standardization: samples of 8 values cannot be cut into 3 planes");
    }

    @Test
    void statisticsOfAPlaneAreExactToTheLastBitOfAFloat() {
        int rows = 1000;
        int pixels = 101;
        SplittableRandom random = new SplittableRandom(2);
        float[] inputs = new float[rows * 2 * pixels];
        for (int i = 0; i < inputs.length; i++) {
            // A mean that is large beside the deviation, where a one-pass formula would fail.
            inputs[i] = (float) (i / pixels % 2 * 3000 + random.nextGaussian());
        }
        double[] sums = new double[2];
        double[] squares = new double[2];
        for (int i = 0; i < inputs.length; i++) {
            sums[i / pixels % 2] += inputs[i];
        }
        for (int i = 0; i < inputs.length; i++) {
            squares[i / pixels % 2] += Math.pow(inputs[i] - sums[i / pixels % 2] / (rows * pixels), 2);
        }

        Standardization fitted =
                Standardization.fitPlanes(VectorSamples.classified(inputs, 2 * pixels, new int[rows], 1), 2);

        for (int plane = 0; plane < 2; plane++) {
            float mean = (float) (sums[plane] / (rows * pixels));
            float deviation = (float) Math.sqrt(squares[plane] / (rows * pixels));
            assertThat(fitted.copyMeans()[plane * pixels]).isCloseTo(mean, within(Math.ulp(mean)));
            assertThat(fitted.copyDeviations()[plane * pixels]).isCloseTo(deviation, within(Math.ulp(deviation)));
        }
    }

    @Test
    void aConstantFeatureBecomesZeroAndIsOnlyShiftedElsewhere() {
        Standardization fitted = Standardization.fit(column(0.1f, 0.1f, 0.1f));

        assertThat(inputs(fitted.apply(column(0.1f, 1.1f)))).containsExactly(0f, 1.1f - 0.1f);
    }

    @Test
    void aMissingValueCountsInNoStatisticAndBecomesTheMean() {
        Standardization fitted = Standardization.fit(column(Float.NaN, 2, Float.NaN, 6));

        assertThat(fitted.copyMeans()).containsExactly(4f);
        assertThat(fitted.copyDeviations()).containsExactly(2f);
        assertThat(inputs(fitted.apply(column(Float.NaN, 8)))).containsExactly(0f, 2f);
    }

    @Test
    void aFeatureWithoutAnyValueBecomesZero() {
        Standardization fitted = Standardization.fit(column(Float.NaN, Float.NaN));

        assertThat(inputs(fitted.apply(column(Float.NaN, 3)))).containsExactly(0f, 3f);
    }

    @Test
    void targetVectorsAreStandardizedByThemselvesAndGivenBack() {
        Samples samples = VectorSamples.regression(new float[] {7, 8, 9}, 1, new float[] {10, 1, 20, 1, 30, 1}, 2);
        Standardization fitted = Standardization.fitTargets(samples);

        Samples scaled = fitted.applyToTargets(samples);
        float[] first = new float[2];
        scaled.copyTarget(0, first, 0);

        assertThat(fitted.copyMeans()).containsExactly(20f, 1f);
        assertThat(first[0]).isCloseTo(-(float) Math.sqrt(1.5), within(1e-6f));
        assertThat(first[1]).isZero();
        assertThat(inputs(scaled)).containsExactly(7f, 8f, 9f);
        fitted.undoInPlace(first, 0);
        assertThat(first[0]).isCloseTo(10, within(1e-5f));
        assertThat(first[1]).isEqualTo(1);
    }

    @Test
    void oneSampleIsEnough() {
        assertThat(inputs(Standardization.fit(column(3)).apply(column(3, 4)))).containsExactly(0f, 1f);
    }

    @Test
    void classesStayAndTheGivenSamplesAreUntouched() {
        Samples samples = SubsetTest.numbered(50, 5);

        Samples scaled = Standardization.fit(samples).apply(samples);

        assertThat(scaled.copyLabels()).isEqualTo(samples.copyLabels());
        assertThat(SubsetTest.rowsOf(samples).getLast()).isEqualTo(49);
    }

    @Test
    void oneMadeOfTheNumbersOfAnotherDoesTheSame() {
        Samples samples = SubsetTest.numbered(50, 5);
        Standardization fitted = Standardization.fit(samples);

        Standardization restored = Standardization.of(fitted.copyMeans(), fitted.copyDeviations());

        assertThat(restored.width()).isEqualTo(1);
        assertThat(inputs(restored.apply(samples))).isEqualTo(inputs(fitted.apply(samples)));
    }

    @Test
    void badNumbersAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.of(new float[2], new float[3]))
                .withMessage("standardization: as many deviations as means are needed, at least one; got 3 and 2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.of(new float[] {1, 2}, new float[] {1, 0}))
                .withMessage("standardization: means must be finite and deviations above 0; feature 1 has 2.0 and 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.fit(column(1, Float.POSITIVE_INFINITY)))
                .withMessageStartingWith("standardization: means must be finite and deviations above 0; feature 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.fit(column()))
                .withMessage("standardization: at least one sample is needed; got none");
    }

    @Test
    void samplesOfAnotherWidthAreRejected() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Standardization.fit(column(1, 2))
                        .apply(VectorSamples.classified(new float[6], 3, new int[2], 1)))
                .withMessage("standardization: input width must be 1; got [2, 3]");
    }

    private static Samples column(float... inputs) {
        return VectorSamples.classified(inputs, 1, new int[inputs.length], 1);
    }

    private static float[] inputs(Samples samples) {
        float[] inputs = new float[samples.size() * samples.width()];
        for (int i = 0; i < samples.size(); i++) {
            samples.copyInput(i, inputs, i * samples.width());
        }
        return inputs;
    }
}
