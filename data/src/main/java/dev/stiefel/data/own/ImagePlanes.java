package dev.stiefel.data.own;

import dev.stiefel.train.SampleReader;
import org.jspecify.annotations.Nullable;

/// The pixels of images of one size. A grey image has one plane, others have three. A pixel takes a byte in an
/// image whose values are all `k / 255`, which most images are that need not be scaled; else it takes a float.
final class ImagePlanes {
    private static final float BRIGHTEST = 255;

    private final int pixels;
    private final byte[] @Nullable [] bytes;
    private final float[] @Nullable [] floats;

    /// None yet of `count` images.
    ///
    /// @param pixels of a plane
    ImagePlanes(int count, int pixels) {
        this.pixels = pixels;
        this.bytes = new byte[count][];
        this.floats = new float[count][];
    }

    /// Takes the planes of an image, one or three. Threads may set different images at once.
    void set(int image, float[] planes) {
        byte[] exact = new byte[planes.length];
        boolean fits = true;
        for (int i = 0; fits && i < planes.length; i++) {
            int value = Math.round(planes[i] * BRIGHTEST);
            exact[i] = (byte) value;
            fits = value / BRIGHTEST == planes[i];
        }
        if (fits) {
            bytes[image] = exact;
        } else {
            floats[image] = planes;
        }
    }

    /// The number of values kept of an image.
    int values(int image) {
        byte[] exact = bytes[image];
        float[] planes = floats[image];
        return exact != null ? exact.length : planes != null ? planes.length : 0;
    }

    /// The memory that an image takes, in bytes.
    long bytes(int image) {
        return (long) values(image) * (floats[image] == null ? 1 : Float.BYTES);
    }

    /// One if every image is grey, else three.
    int channels() {
        for (int image = 0; image < bytes.length; image++) {
            if (values(image) > pixels) {
                return 3;
            }
        }
        return 1;
    }

    /// Reads some of the images, a grey one into each of so many planes.
    ///
    /// @param images their numbers
    SampleReader reader(int[] images, int channels) {
        return (sample, into, at) -> copy(images[sample], channels, into, at);
    }

    private void copy(int image, int channels, float[] into, int at) {
        byte[] exact = bytes[image];
        float[] planes = floats[image];
        int values = values(image);
        if (exact != null) {
            for (int i = 0; i < values; i++) {
                into[at + i] = (exact[i] & 0xff) / BRIGHTEST;
            }
        } else if (planes != null) {
            System.arraycopy(planes, 0, into, at, values);
        }
        for (int filled = values; filled < channels * pixels; filled += values) {
            System.arraycopy(into, at, into, at + filled, values);
        }
    }
}
