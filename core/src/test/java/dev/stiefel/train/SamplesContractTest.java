package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The contract for each data set and each view of one.
class SamplesContractTest {
    private static final int SIZE = 13;
    private static final int WIDTH = 12;
    private static final SampleShape.Image IMAGE = new SampleShape.Image(2, 2, 3);

    private static final float[] FLOATS = floats(SIZE * WIDTH);
    private static final float[] VECTORS = floats(SIZE * 2);
    private static final byte[] BYTES = new byte[SIZE * WIDTH];
    private static final int[] LABELS = new SplittableRandom(2).ints(SIZE, 0, 4).toArray();
    private static final int[][] TOKENS = new int[SIZE][];
    private static final int[][] SOURCES = new int[SIZE][];
    private static final int[][] TOKEN_LABELS = new int[SIZE][];

    static {
        SplittableRandom random = new SplittableRandom(3);
        random.nextBytes(BYTES);
        for (int i = 0; i < SIZE; i++) {
            TOKENS[i] = random.ints(1 + i % 4, 0, 50_000).toArray();
            SOURCES[i] = random.ints(5 - i % 3, 0, 9).toArray();
            TOKEN_LABELS[i] = random.ints(1 + i % 4, -1, 6).toArray();
        }
    }

    private static float[] floats(int count) {
        SplittableRandom random = new SplittableRandom(count);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static double[] row(float[] values, int row, int width) {
        return IntStream.range(0, width)
                .mapToDouble(j -> values[row * width + j])
                .toArray();
    }

    private static double[] quotients(int sample, float greatest) {
        return IntStream.range(0, WIDTH)
                .mapToDouble(j -> (BYTES[sample * WIDTH + j] & 0xff) / greatest)
                .toArray();
    }

    /// Pixel by pixel what is plane by plane.
    private static double[] interleaved(double[] planes) {
        double[] pixels = new double[WIDTH];
        for (int channel = 0; channel < 3; channel++) {
            for (int pixel = 0; pixel < 4; pixel++) {
                pixels[pixel * 3 + channel] = planes[channel * 4 + pixel];
            }
        }
        return pixels;
    }

    private static Samples bytes() {
        return ByteSamples.of(BYTES, WIDTH, 255, SampleTargets.classes(LABELS, 4));
    }

    abstract static class Classified extends SamplesContract {
        @Override
        double[] target(int sample) {
            return new double[] {LABELS[sample]};
        }
    }

    @Nested
    class ClassifiedVectors extends Classified {
        @Override
        Samples samples() {
            return VectorSamples.classified(FLOATS, WIDTH, LABELS, 4);
        }

        @Override
        double[] input(int sample, int input) {
            return row(FLOATS, sample, WIDTH);
        }
    }

    @Nested
    class VectorsWithTargetVectors extends SamplesContract {
        @Override
        Samples samples() {
            return VectorSamples.regression(FLOATS, WIDTH, VECTORS, 2);
        }

        @Override
        double[] input(int sample, int input) {
            return row(FLOATS, sample, WIDTH);
        }

        @Override
        double[] target(int sample) {
            return row(VECTORS, sample, 2);
        }
    }

    @Nested
    class Bytes extends Classified {
        @Override
        Samples samples() {
            return bytes();
        }

        @Override
        double[] input(int sample, int input) {
            return quotients(sample, 255);
        }
    }

    @Nested
    class BytesWithTargetVectorsByAnotherGreatestValue extends SamplesContract {
        @Override
        Samples samples() {
            return ByteSamples.of(BYTES, WIDTH, 16, SampleTargets.vectors(VECTORS, 2));
        }

        @Override
        double[] input(int sample, int input) {
            return quotients(sample, 16);
        }

        @Override
        double[] target(int sample) {
            return row(VECTORS, sample, 2);
        }
    }

    @Nested
    class ColourImages extends Classified {
        @Override
        Samples samples() {
            return bytes().asImages(IMAGE);
        }

        @Override
        double[] input(int sample, int input) {
            return interleaved(quotients(sample, 255));
        }
    }

    @Nested
    class GreyImages extends Classified {
        @Override
        Samples samples() {
            return bytes().asImages(new SampleShape.Image(3, 4, 1));
        }

        @Override
        double[] input(int sample, int input) {
            return quotients(sample, 255);
        }
    }

    @Nested
    class ImagesAsVectors extends Classified {
        @Override
        Samples samples() {
            return bytes().asImages(IMAGE).asVectors();
        }

        @Override
        double[] input(int sample, int input) {
            return interleaved(quotients(sample, 255));
        }
    }

    @Nested
    class AugmentedOutsideOfEpochs extends Classified {
        @Override
        Samples samples() {
            return bytes().augmented(new ImageAugmentation(IMAGE, ImageAugmentation.Flips.HORIZONTAL, 1, 5));
        }

        @Override
        double[] input(int sample, int input) {
            return quotients(sample, 255);
        }
    }

    @Nested
    class OtherLabels extends SamplesContract {
        @Override
        Samples samples() {
            return bytes().withLabels(
                            Arrays.stream(LABELS).map(label -> 3 - label).toArray());
        }

        @Override
        double[] input(int sample, int input) {
            return quotients(sample, 255);
        }

        @Override
        double[] target(int sample) {
            return new double[] {3 - LABELS[sample]};
        }
    }

    @Nested
    class ChangedInputs extends Classified {
        @Override
        Samples samples() {
            return bytes().mapInputs(values -> {
                for (int j = 0; j < values.length; j++) {
                    values[j] = (values[j] - 0.3f) / 0.7f;
                }
            });
        }

        @Override
        double[] input(int sample, int input) {
            return Arrays.stream(quotients(sample, 255))
                    .map(value -> ((float) value - 0.3f) / 0.7f)
                    .toArray();
        }
    }

    @Nested
    class ChangedTargetVectors extends SamplesContract {
        @Override
        Samples samples() {
            return VectorSamples.regression(FLOATS, WIDTH, VECTORS, 2).mapTargets(target -> target[1] *= 2);
        }

        @Override
        double[] input(int sample, int input) {
            return row(FLOATS, sample, WIDTH);
        }

        @Override
        double[] target(int sample) {
            return new double[] {VECTORS[2 * sample], 2 * VECTORS[2 * sample + 1]};
        }
    }

    @Nested
    class VectorsThatAreRead extends Classified {
        @Override
        Samples samples() {
            return VectorSamples.read(
                    WIDTH,
                    (sample, into, at) -> System.arraycopy(FLOATS, sample * WIDTH, into, at, WIDTH),
                    SampleTargets.classes(LABELS, 4));
        }

        @Override
        double[] input(int sample, int input) {
            return row(FLOATS, sample, WIDTH);
        }
    }

    @Nested
    class SequencesWithATargetForEachToken extends SamplesContract {
        @Override
        Samples samples() {
            return TokenSequences.of(TOKENS, 50_000, TOKEN_LABELS, 6);
        }

        @Override
        double[] input(int sample, int input) {
            return Arrays.stream(TOKENS[sample]).asDoubleStream().toArray();
        }

        @Override
        double[] target(int sample) {
            return Arrays.stream(TOKEN_LABELS[sample]).asDoubleStream().toArray();
        }
    }

    @Nested
    class PairsOfSequences extends SamplesContract {
        @Override
        Samples samples() {
            return TokenSequences.pairs(SOURCES, 9, TOKENS, 50_000, TOKEN_LABELS, 6);
        }

        @Override
        double[] input(int sample, int input) {
            return Arrays.stream(input == 0 ? SOURCES[sample] : TOKENS[sample])
                    .asDoubleStream()
                    .toArray();
        }

        @Override
        double[] target(int sample) {
            return Arrays.stream(TOKEN_LABELS[sample]).asDoubleStream().toArray();
        }
    }

    @Nested
    class SequencesWithOneTargetEach extends Classified {
        @Override
        Samples samples() {
            int[][] labels =
                    Arrays.stream(LABELS).mapToObj(label -> new int[] {label}).toArray(int[][]::new);
            return TokenSequences.of(TOKENS, 50_000, labels, 4);
        }

        @Override
        double[] input(int sample, int input) {
            return Arrays.stream(TOKENS[sample]).asDoubleStream().toArray();
        }

        @Test
        void theirClassesCanBeCopied() {
            assertThat(samples().copyLabels()).isEqualTo(LABELS);
            assertThat(samples().output()).isEqualTo(new SampleShape.Vector(4));
        }
    }

    /// A user's own data set: inputs are computed when they are asked for.
    @Nested
    class ComputedSamples extends SamplesContract {
        @Override
        Samples samples() {
            return new Computed();
        }

        @Override
        double[] input(int sample, int input) {
            return new double[] {sample, 2 * sample, 3 * sample, 4 * sample, 5 * sample, 6 * sample};
        }

        @Override
        double[] target(int sample) {
            return new double[] {sample % 2};
        }

        @Test
        void valuesAndClassesCanBeCopied() {
            float[] some = new float[7];
            samples().copyInput(3, some, 1);
            assertThat(some).containsExactly(0, 3, 6, 9, 12, 15, 18);
            assertThat(samples().label(5)).isOne();
            assertThat(samples().width()).isEqualTo(6);
        }
    }

    private static final class Computed implements Samples {
        private static final SampleShape SHAPE = new SampleShape.Matrix(3, 2);

        @Override
        public int size() {
            return SIZE;
        }

        @Override
        public List<SampleShape> inputs() {
            return List.of(SHAPE);
        }

        @Override
        public Targets.Kind targetKind() {
            return Targets.Kind.CLASSES;
        }

        @Override
        public SampleShape output() {
            return new SampleShape.Vector(2);
        }

        @Override
        public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
            return List.of(Gathering.fixed(scope, threads, type, SHAPE, SIZE, order, from, to, (sample, into, at) -> {
                for (int j = 0; j < 6; j++) {
                    into[at + j] = sample * (j + 1);
                }
            }));
        }

        @Override
        public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
            return new Targets.Classes(
                    Arrays.stream(order, from, to).map(sample -> sample % 2).toArray());
        }
    }
}
