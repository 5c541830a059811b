package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.ImageAugmentation.Flips;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Variants of training images, compared with padded copies that are cut and mirrored pixel by pixel.
class ImageAugmentationTest {
    private static final Image SHAPE = new Image(3, 5, 3);
    private static final int WIDTH = 3 * 5 * 3;
    private static final int SIZE = 40;

    private static ImageAugmentation augmentation(Flips flips, int padding) {
        return new ImageAugmentation(SHAPE, flips, padding, 7);
    }

    private static Samples samples(int size) {
        SplittableRandom random = new SplittableRandom(1);
        float[] values = new float[size * WIDTH];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.1f + (float) random.nextDouble();
        }
        return VectorSamples.classified(values, WIDTH, new int[size], 2);
    }

    private static List<Float> input(Samples samples, int row) {
        float[] input = new float[WIDTH];
        samples.copyInput(row, input, 0);
        List<Float> list = new ArrayList<>();
        for (float value : input) {
            list.add(value);
        }
        return list;
    }

    /// The crop at an offset of the image in a border of zeros, mirrored or not.
    private static List<Float> variant(List<Float> image, int down, int right, boolean mirrored) {
        List<Float> variant = new ArrayList<>();
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < 3; y++) {
                for (int x = 0; x < 5; x++) {
                    int row = y + down;
                    int column = (mirrored ? 4 - x : x) + right;
                    boolean inside = row >= 0 && row < 3 && column >= 0 && column < 5;
                    variant.add(inside ? image.get((channel * 3 + row) * 5 + column) : 0f);
                }
            }
        }
        return variant;
    }

    /// How often each variant of one image came up in so many epochs.
    private static Map<List<Float>, Integer> counts(ImageAugmentation augmentation, int epochs) {
        Samples one = samples(1).augmented(augmentation);
        Map<List<Float>, Integer> counts = new HashMap<>();
        for (int epoch = 1; epoch <= epochs; epoch++) {
            counts.merge(input(one.atEpoch(epoch), 0), 1, Integer::sum);
        }
        return counts;
    }

    @Test
    void everyCropAndItsMirrorImageComeUpEquallyOften() {
        List<Float> image = input(samples(1), 0);

        Map<List<Float>, Integer> counts = counts(augmentation(Flips.HORIZONTAL, 2), 50_000);

        List<List<Float>> expected = new ArrayList<>();
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                expected.add(variant(image, down, right, false));
                expected.add(variant(image, down, right, true));
            }
        }
        assertThat(counts.keySet()).containsExactlyInAnyOrderElementsOf(expected);
        // 1000 of each are expected, with a deviation of 31.
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(840, 1160));
    }

    @Test
    void flipsAloneGiveTheImageAndItsMirrorImage() {
        List<Float> image = input(samples(1), 0);

        assertThat(counts(augmentation(Flips.HORIZONTAL, 0), 100).keySet())
                .containsExactlyInAnyOrder(image, variant(image, 0, 0, true));
        assertThat(counts(augmentation(Flips.NONE, 0), 100).keySet()).containsExactly(image);
    }

    @Test
    void aBorderWiderThanTheImageMayShowZerosOnly() {
        List<Float> image = input(samples(1), 0);

        Map<List<Float>, Integer> counts = counts(augmentation(Flips.NONE, 7), 4_000);

        List<List<Float>> expected = new ArrayList<>();
        for (int down = -7; down <= 7; down++) {
            for (int right = -7; right <= 7; right++) {
                expected.add(variant(image, down, right, false));
            }
        }
        assertThat(counts.keySet()).isSubsetOf(expected).contains(variant(image, 3, 0, false), image);
    }

    @Test
    void flipsDoNotChangeTheCrops() {
        Samples flipped =
                samples(SIZE).augmented(augmentation(Flips.HORIZONTAL, 1)).atEpoch(3);
        Samples cropped = samples(SIZE).augmented(augmentation(Flips.NONE, 1)).atEpoch(3);

        for (int i = 0; i < SIZE; i++) {
            List<Float> crop = input(cropped, i);
            assertThat(input(flipped, i)).isIn(crop, variant(crop, 0, 0, true));
        }
    }

    @Test
    void aVariantFollowsFromSeedEpochAndNumberAlone() {
        Samples epoch =
                samples(SIZE).augmented(augmentation(Flips.HORIZONTAL, 2)).atEpoch(2);
        int[] order = IntStream.range(0, SIZE).map(i -> i * 7 % SIZE).toArray();
        for (DType type : List.of(DType.FLOAT32, DType.FLOAT64)) {
            for (int count = 1; count <= 3; count++) {
                try (Threads threads = Threads.of(count);
                        Scope scope = Scope.open("test")) {
                    for (int from = 0; from < SIZE; from += 9) {
                        int to = Math.min(SIZE, from + 9);
                        double[] batch = epoch.gather(scope, threads, type, order, from, to)
                                .getFirst()
                                .values()
                                .toDoubles();
                        for (int i = from; i < to; i++) {
                            List<Float> expected = input(epoch, order[i]);
                            for (int j = 0; j < WIDTH; j++) {
                                assertThat((float) batch[(i - from) * WIDTH + j])
                                        .isEqualTo(expected.get(j));
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void seedsEpochsAndSamplesDiffer() {
        Samples samples = samples(1).select(new int[SIZE]); // one image, many times
        Samples first = samples.augmented(augmentation(Flips.HORIZONTAL, 2));
        Samples other = samples.augmented(new ImageAugmentation(SHAPE, Flips.HORIZONTAL, 2, 8));

        List<List<Float>> drawn = all(first.atEpoch(1));
        assertThat(drawn.stream().distinct().count()).isGreaterThan(SIZE / 2);
        assertThat(all(first.atEpoch(2))).isNotEqualTo(drawn);
        assertThat(all(other.atEpoch(1))).isNotEqualTo(drawn);
        assertThat(all(first.atEpoch(2).atEpoch(1))).isEqualTo(drawn);
    }

    @Test
    void outsideOfEpochsNothingIsVaried() {
        Samples plain = samples(SIZE);

        assertThat(all(plain.augmented(augmentation(Flips.HORIZONTAL, 2)))).isEqualTo(all(plain));
    }

    @Test
    void viewsOfAugmentedSamplesAreVariedToo() {
        Samples augmented = samples(SIZE).augmented(augmentation(Flips.HORIZONTAL, 2));
        Samples views = augmented.range(10, 20).mapInputs(values -> {
            for (int j = 0; j < values.length; j++) {
                values[j] -= 0.5f;
            }
        });

        for (int i = 0; i < 10; i++) {
            assertThat(input(views.atEpoch(1), i))
                    .isEqualTo(input(augmented.atEpoch(1), 10 + i).stream()
                            .map(value -> value - 0.5f)
                            .toList());
        }
        float[] pixels = new float[WIDTH];
        augmented.asImages(SHAPE).atEpoch(1).copyInput(4, pixels, 0);
        float[] planes = new float[WIDTH];
        augmented.atEpoch(1).copyInput(4, planes, 0);
        assertThat(pixels).isEqualTo(SHAPE.ofPlanes(planes)).isNotEqualTo(new float[WIDTH]);
    }

    @Test
    void whatDoesNotFitIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> augmentation(Flips.NONE, -1))
                .withMessage("augmentation: padding must be at least 0 pixels; got -1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> samples(1).augmented(new ImageAugmentation(new Image(2, 2, 1), Flips.NONE, 1, 0)))
                .withMessage("samples: images of [2, 2, 1] need 4 values each; got 45");
    }

    private static List<List<Float>> all(Samples samples) {
        return Arrays.stream(IntStream.range(0, samples.size()).toArray())
                .mapToObj(i -> input(samples, i))
                .toList();
    }
}
