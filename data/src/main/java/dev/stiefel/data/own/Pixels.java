package dev.stiefel.data.own;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.util.Arrays;

/// The pixels of a decoded image, row by row, as red, green and blue in `[0, 1]`.
///
/// Samples are taken as the file has them, divided by the greatest that they can be: colour
/// profiles and gamma are not applied. A see-through pixel is laid over white.
final class Pixels {
    private final BufferedImage image;
    private final Raster raster;
    private final int[] samples;
    private final float[] greatest;

    Pixels(BufferedImage image) {
        this.image = image;
        raster = image.getRaster();
        greatest = new float[raster.getNumBands()];
        for (int band = 0; band < greatest.length; band++) {
            greatest[band] = (1L << raster.getSampleModel().getSampleSize(band)) - 1;
        }
        samples = new int[image.getWidth() * greatest.length];
    }

    int rows() {
        return image.getHeight();
    }

    int columns() {
        return image.getWidth();
    }

    /// Copies row `y` into three planes of one row.
    void copyRow(int y, float[][] planes) {
        if (image.getColorModel() instanceof IndexColorModel) {
            image.getRGB(0, y, columns(), 1, samples, 0, columns());
            for (int x = 0; x < columns(); x++) {
                int argb = samples[x];
                float alpha = (argb >>> 24) / 255f;
                for (int plane = 0; plane < planes.length; plane++) {
                    planes[plane][x] = over((argb >> (16 - 8 * plane) & 0xff) / 255f, alpha);
                }
            }
            return;
        }
        raster.getPixels(raster.getMinX(), raster.getMinY() + y, columns(), 1, samples);
        int bands = greatest.length;
        boolean grey = bands < planes.length;
        boolean alpha = bands % 2 == 0;
        for (int x = 0; x < columns(); x++) {
            int at = x * bands;
            float opacity = alpha ? samples[at + bands - 1] / greatest[bands - 1] : 1;
            for (int plane = 0; plane < planes.length; plane++) {
                int band = grey ? 0 : plane;
                planes[plane][x] = over(samples[at + band] / greatest[band], opacity);
            }
        }
    }

    private static float over(float value, float opacity) {
        return opacity == 1 ? value : 1 - opacity * (1 - value);
    }

    /// The image in three planes `[3, rows, columns]`, one after another.
    float[] scaled(int rows, int columns) {
        Resampling down = Resampling.of(rows(), rows);
        Resampling across = Resampling.of(columns(), columns);
        float[][] source = new float[3][columns()];
        double[] row = new double[columns];
        double[] sums = new double[3 * rows * columns];
        int first = 0;
        for (int y = 0; y < rows(); y++) {
            while (first < rows && down.start(first) + down.length(first) <= y) {
                first++;
            }
            copyRow(y, source);
            for (int plane = 0; plane < source.length; plane++) {
                across.apply(source[plane], row);
                for (int target = first; target < rows && down.start(target) <= y; target++) {
                    int i = y - down.start(target);
                    if (i < down.length(target)) {
                        add(down.weight(target, i), row, sums, (plane * rows + target) * columns);
                    }
                }
            }
        }
        float[] planes = new float[sums.length];
        for (int i = 0; i < planes.length; i++) {
            planes[i] = (float) Math.min(sums[i], 1);
        }
        return planes;
    }

    private static void add(double weight, double[] row, double[] into, int at) {
        for (int x = 0; x < row.length; x++) {
            into[at + x] += weight * row[x];
        }
    }

    /// Returns whether three planes are alike, so that one tells all.
    static boolean isGrey(float[] planes) {
        int size = planes.length / 3;
        return Arrays.equals(planes, 0, size, planes, size, 2 * size)
                && Arrays.equals(planes, 0, size, planes, 2 * size, planes.length);
    }

    /// One plane of three: their luma by ITU-R BT.601.
    static float[] grey(float[] planes) {
        int size = planes.length / 3;
        float[] grey = Arrays.copyOf(planes, size);
        if (!isGrey(planes)) {
            for (int i = 0; i < size; i++) {
                grey[i] = 0.299f * planes[i] + 0.587f * planes[size + i] + 0.114f * planes[2 * size + i];
            }
        }
        return grey;
    }
}
