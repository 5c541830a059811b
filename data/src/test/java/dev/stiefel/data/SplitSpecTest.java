package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.train.ImageAugmentation;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SplitSpecTest {
    private final Samples train = SubsetTest.numbered(200, 10);
    private final Samples test = SubsetTest.numbered(53, 10);

    @Test
    void nothingIsChangedUnlessAsked() {
        Splits splits = SplitSpec.of(1).apply(train, test);

        assertThat(splits.train()).isSameAs(train);
        assertThat(splits.validation()).isEmpty();
        assertThat(splits.test()).isSameAs(test);
        assertThat(splits.standardization()).isEmpty();
    }

    @Test
    void onlySamplesThatTrainAreVariedAndStatisticsAreOfTheUnvaried() {
        SplittableRandom random = new SplittableRandom(4);
        float[] values = new float[60 * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble();
        }
        Samples images = VectorSamples.classified(values, 8, new int[60], 1);
        SplitSpec plain = SplitSpec.of(1).withValidation(20).withScaling(new Scaling.Normalized(2));
        ImageAugmentation augmentation =
                new ImageAugmentation(new SampleShape.Image(2, 2, 2), ImageAugmentation.Flips.HORIZONTAL, 1, 3);

        Splits unvaried = plain.apply(images, images);
        Splits varied = plain.withAugmentation(augmentation).apply(images, images);

        Standardization fitted = varied.standardization().orElseThrow();
        assertThat(fitted.copyMeans())
                .isEqualTo(unvaried.standardization().orElseThrow().copyMeans());
        assertThat(fitted.copyMeans())
                .isEqualTo(Standardization.fitPlanes(images.range(0, 40), 2).copyMeans());
        assertThat(inputs(varied.train())).isEqualTo(inputs(unvaried.train()));
        assertThat(inputs(varied.test().atEpoch(1))).isEqualTo(inputs(unvaried.test()));
        assertThat(inputs(varied.validation().orElseThrow().atEpoch(1)))
                .isEqualTo(inputs(unvaried.validation().orElseThrow()));
        // The border is of raw zeros: it is scaled like any other pixel.
        assertThat(inputs(varied.train().atEpoch(1)))
                .isNotEqualTo(inputs(unvaried.train()))
                .isEqualTo(inputs(
                        fitted.apply(images.range(0, 40).augmented(augmentation).atEpoch(1))));
        assertThat(inputs(varied.train().atEpoch(1))).contains(-fitted.copyMeans()[0] / fitted.copyDeviations()[0]);
    }

    @Test
    void channelsAreNormalizedWithGivenNumbersWhateverTheSamples() {
        float[] values = {0, 1, 2, 3, 4, 5, 6, 7};
        Samples images = VectorSamples.classified(values, 4, new int[] {0, 1}, 2);
        SplitSpec spec = SplitSpec.of(1)
                .withValidation(1)
                .withScaling(new Scaling.NormalizedBy(List.of(1.0, 0.5), List.of(2.0, 0.25)));

        Splits splits = spec.apply(images, images);

        assertThat(inputs(splits.test())).containsExactly(-0.5f, 0, 6, 10, 1.5f, 2, 22, 26);
        assertThat(inputs(splits.train())).containsExactly(-0.5f, 0, 6, 10);
        assertThat(inputs(splits.validation().orElseThrow())).containsExactly(1.5f, 2, 22, 26);
        assertThat(splits.standardization().orElseThrow().isOfPlanes(2)).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Scaling.NormalizedBy(List.of(1.0), List.of()))
                .withMessage("scaling: as many deviations as means are needed, at least one; got 0 and 1");
        SplitSpec three = spec.withScaling(new Scaling.NormalizedBy(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> three.apply(images, images))
                .withMessage("scaling: samples of 4 values cannot be cut into 3 channels");
        SplitSpec flat = spec.withScaling(new Scaling.NormalizedBy(List.of(0.0, 0.0), List.of(1.0, 0.0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> flat.apply(images, images))
                .withMessageContaining("deviations above 0");
    }

    private static float[] inputs(Samples samples) {
        float[] inputs = new float[samples.size() * samples.width()];
        samples.copyInputs(0, samples.size(), inputs, 0);
        return inputs;
    }

    @Test
    void theLastTrainingSamplesAreHeldOut() {
        Splits splits = SplitSpec.of(1).withValidation(30).apply(train, test);

        assertThat(SubsetTest.rowsOf(splits.train()))
                .isEqualTo(IntStream.range(0, 170).boxed().toList());
        assertThat(SubsetTest.rowsOf(splits.validation().orElseThrow()))
                .isEqualTo(IntStream.range(170, 200).boxed().toList());
    }

    @Test
    void samplesThatValidateMayTrainAsWellWithNoisyLabels() {
        Splits splits = SplitSpec.of(1)
                .withValidation(30)
                .withValidationSplit(ValidationSplit.INSIDE)
                .withLabelNoise(1)
                .apply(train, test);

        assertThat(SubsetTest.rowsOf(splits.train()))
                .isEqualTo(IntStream.range(0, 200).boxed().toList());
        assertThat(SubsetTest.rowsOf(splits.validation().orElseThrow()))
                .isEqualTo(IntStream.range(170, 200).boxed().toList());
        assertThat(splits.validation().orElseThrow().label(0)).isEqualTo(train.label(170));
        assertThat(splits.train().label(170)).isNotEqualTo(train.label(170));
    }

    @Test
    void theSeedDrawsWhatValidates() {
        SplitSpec spec = SplitSpec.of(1).withValidation(30).withValidationSplit(ValidationSplit.DRAWN);
        Splits splits = spec.apply(train, test);
        Splits others = SplitSpec.of(2)
                .withValidation(30)
                .withValidationSplit(ValidationSplit.DRAWN)
                .apply(train, test);

        List<Integer> validating = SubsetTest.rowsOf(splits.validation().orElseThrow());
        assertThat(validating).hasSize(30).doesNotHaveDuplicates().isSorted();
        assertThat(SubsetTest.rowsOf(splits.train())).hasSize(170).isSorted().doesNotContainAnyElementsOf(validating);
        assertThat(SubsetTest.rowsOf(spec.apply(train, test).validation().orElseThrow()))
                .isEqualTo(validating);
        assertThat(SubsetTest.rowsOf(others.validation().orElseThrow())).isNotEqualTo(validating);
    }

    @Test
    void theTrainFractionIsOfWhatIsNotHeldOut() {
        Splits splits =
                SplitSpec.of(1).withValidation(100).withTrainFraction(0.25).apply(train, test);

        assertThat(splits.train().size()).isEqualTo(25);
        assertThat(SubsetTest.rowsOf(splits.train())).allMatch(row -> row < 100);
        assertThat(splits.validation().orElseThrow().size()).isEqualTo(100);
        assertThat(splits.test()).isSameAs(test);
    }

    @Test
    void theEvaluationFractionIsOfValidationAndTest() {
        Splits splits =
                SplitSpec.of(1).withValidation(100).withEvaluationFraction(0.1).apply(train, test);

        assertThat(splits.train().size()).isEqualTo(100);
        assertThat(splits.validation().orElseThrow().size()).isEqualTo(10);
        assertThat(splits.test().size()).isEqualTo(5);
    }

    @Test
    void sharesMayBeTheFirstSamplesWhateverTheSeed() {
        for (long seed : new long[] {1, 2}) {
            Splits splits = SplitSpec.of(seed)
                    .withValidation(100)
                    .withTrainFraction(0.25)
                    .withEvaluationFraction(0.1)
                    .withSampling(Sampling.FIRST)
                    .apply(train, test);

            assertThat(SubsetTest.rowsOf(splits.train()))
                    .isEqualTo(IntStream.range(0, 25).boxed().toList());
            assertThat(SubsetTest.rowsOf(splits.validation().orElseThrow()))
                    .isEqualTo(IntStream.range(100, 110).boxed().toList());
            assertThat(SubsetTest.rowsOf(splits.test())).containsExactly(0, 1, 2, 3, 4);
        }
    }

    @Test
    void onlyLabelsThatTrainAreRedrawn() {
        Splits plain = SplitSpec.of(1).withValidation(50).withTrainFraction(0.5).apply(train, test);
        Splits noisy = SplitSpec.of(1)
                .withValidation(50)
                .withTrainFraction(0.5)
                .withLabelNoise(1)
                .apply(train, test);

        for (int i = 0; i < plain.train().size(); i++) {
            assertThat(noisy.train().label(i)).isNotEqualTo(plain.train().label(i));
        }
        assertThat(SubsetTest.rowsOf(noisy.train())).isEqualTo(SubsetTest.rowsOf(plain.train()));
        assertThat(noisy.validation().orElseThrow().copyLabels())
                .isEqualTo(plain.validation().orElseThrow().copyLabels());
        assertThat(noisy.test().copyLabels()).isEqualTo(test.copyLabels());
    }

    @Test
    void allAreScaledByStatisticsOfWhatTrains() {
        Splits splits = SplitSpec.of(1)
                .withValidation(190)
                .withScaling(Scaling.STANDARDIZED)
                .apply(train, test);

        // Rows 0 … 9 train.
        float deviation = (float) Math.sqrt(8.25);
        assertThat(splits.standardization().orElseThrow().copyMeans()).containsExactly(4.5f);
        assertThat(splits.standardization().orElseThrow().copyDeviations()).containsExactly(deviation);
        assertThat(firstInput(splits.train())).isEqualTo(-4.5f / deviation);
        assertThat(firstInput(splits.validation().orElseThrow())).isEqualTo((10 - 4.5f) / deviation);
        assertThat(firstInput(splits.test())).isEqualTo(-4.5f / deviation);
    }

    @Test
    void theSameSpecGivesTheSameSamples() {
        SplitSpec spec = new SplitSpec(20, 0.5, 0.5, 0.3, Scaling.NONE, 42);

        Splits one = spec.apply(train, test);
        Splits other = spec.apply(train, test);

        assertThat(SubsetTest.rowsOf(other.train())).isEqualTo(SubsetTest.rowsOf(one.train()));
        assertThat(other.train().copyLabels()).isEqualTo(one.train().copyLabels());
        assertThat(SubsetTest.rowsOf(other.test())).isEqualTo(SubsetTest.rowsOf(one.test()));
    }

    @Test
    void badValuesAreRejected() {
        SplitSpec whole = SplitSpec.of(0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.withValidation(-1))
                .withMessage("validation must be at least 0 samples; got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.withTrainFraction(0))
                .withMessage("train fraction must be in (0, 1]; got 0.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.withEvaluationFraction(1.5))
                .withMessage("evaluation fraction must be in (0, 1]; got 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.withLabelNoise(Double.NaN))
                .withMessage("label noise must be in [0, 1]; got NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> whole.withValidation(200).apply(train, test))
                .withMessage("validation (200) must be smaller than the training set (200 samples)");
    }

    private static float firstInput(Samples samples) {
        float[] input = new float[1];
        samples.copyInput(0, input, 0);
        return input[0];
    }
}
