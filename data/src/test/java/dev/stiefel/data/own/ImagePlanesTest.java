package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.train.SampleReader;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ImagePlanesTest {
    @Test
    void everyEightBitValueTakesAByteAndComesBackToTheBit() {
        float[] all = new float[256];
        IntStream.range(0, 256).forEach(value -> all[value] = value / 255f);
        ImagePlanes images = new ImagePlanes(1, 256);

        images.set(0, all);

        assertThat(images.bytes(0)).isEqualTo(256);
        assertThat(read(images, new int[] {0}, 0, 1, 256)).containsExactly(all);
    }

    @Test
    void otherValuesTakeAFloatAndComeBackToTheBit() {
        float[] between = {0, 0.5f, Math.nextUp(1 / 255f), 1};
        ImagePlanes images = new ImagePlanes(1, 4);

        images.set(0, between);

        assertThat(images.bytes(0)).isEqualTo(16);
        assertThat(read(images, new int[] {0}, 0, 1, 4)).containsExactly(between);
    }

    @Test
    void aGreyImageAmongColouredOnesFillsAllPlanes() {
        ImagePlanes images = new ImagePlanes(4, 2);
        images.set(0, new float[] {0, 1});
        images.set(2, new float[] {0.3f, 0.2f, 0, 1, 0.6f, 0.4f});
        images.set(3, new float[] {0.7f, 1});

        assertThat(images.channels()).isEqualTo(3);
        assertThat(images.values(1)).isZero(); // could not be decoded
        int[] good = {0, 2, 3};
        assertThat(read(images, good, 0, 3, 6)).containsExactly(0, 1, 0, 1, 0, 1);
        assertThat(read(images, good, 1, 3, 6)).containsExactly(0.3f, 0.2f, 0, 1, 0.6f, 0.4f);
        assertThat(read(images, good, 2, 3, 6)).containsExactly(0.7f, 1, 0.7f, 1, 0.7f, 1);
    }

    private static float[] read(ImagePlanes images, int[] numbers, int sample, int channels, int values) {
        SampleReader reader = images.reader(numbers, channels);
        float[] into = new float[values + 1];
        into[0] = 9;
        reader.copy(sample, into, 1);
        assertThat(into[0]).isEqualTo(9);
        float[] image = new float[values];
        System.arraycopy(into, 1, image, 0, values);
        return image;
    }
}
