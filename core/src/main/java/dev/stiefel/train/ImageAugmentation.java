package dev.stiefel.train;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Rng;
import java.util.Arrays;

/// Random variants of training images: crops of the image with a border of zeros, and mirror images, as
/// torchvision's `RandomCrop(size, padding)` followed by `RandomHorizontalFlip` makes them.
///
/// The variant of an image follows from the seed, the epoch and the number of the sample alone, whatever the batch or
/// the number of threads. Crops and flips are independent: the crops are the same with and without flips.
///
/// @param image shape of the images, which samples hold plane by plane, `[channels, height, width]`
/// @param flips whether and how images are flipped
/// @param padding width of the border of zeros that a crop may reach into, in pixels; 0: images are not cropped
/// @param seed of the variants
public record ImageAugmentation(SampleShape.Image image, Flips flips, int padding, long seed) {
    private static final int DRAWN_BITS = 31;
    private static final long DRAWN = (1L << DRAWN_BITS) - 1;

    /// The flips of an augmentation.
    public enum Flips {
        /// Images are not flipped.
        NONE,
        /// Left and right are swapped with probability ½.
        HORIZONTAL
    }

    /// Checks the padding.
    public ImageAugmentation {
        if (padding < 0) {
            throw new IllegalArgumentException("augmentation: padding must be at least 0 pixels; got " + padding);
        }
    }

    /// Random bits for a sample in an epoch.
    long draw(int epoch, int sample) {
        return Rng.restored(seed, ((long) epoch << Integer.SIZE) | sample).nextLong();
    }

    /// Makes a variant of an image.
    ///
    /// @param draw of the sample
    /// @param from all values of the image
    /// @param into values of the variant, all of which are written
    void apply(long draw, float[] from, float[] into) {
        int down = offset(draw & DRAWN);
        int right = offset((draw >>> DRAWN_BITS) & DRAWN);
        boolean flip = flips == Flips.HORIZONTAL && draw < 0;
        int height = image.height();
        int width = image.width();
        int begin = Math.clamp(-right, 0, width); // columns of the variant that lie in the image
        int end = Math.clamp(width - (long) right, begin, width);
        for (int row = 0; row < image.channels() * height; row++) {
            int at = row * width;
            int line = row % height + down;
            if (begin == end || line < 0 || line >= height) {
                Arrays.fill(into, at, at + width, 0);
                continue;
            }
            Arrays.fill(into, at, at + begin, 0);
            System.arraycopy(from, at + down * width + begin + right, into, at + begin, end - begin);
            Arrays.fill(into, at + end, at + width, 0);
            if (flip) {
                reverse(into, at, width);
            }
        }
    }

    /// A number in `[−padding, padding]`.
    private int offset(long drawn) {
        return (int) ((drawn * (2L * padding + 1)) >>> DRAWN_BITS) - padding;
    }

    private static void reverse(float[] values, int at, int count) {
        for (int i = at, j = at + count - 1; i < j; i++, j--) {
            float value = values[i];
            values[i] = values[j];
            values[j] = value;
        }
    }
}
