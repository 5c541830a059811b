package dev.stiefel.data.own;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;

/// Red, green and blue of images in the colours of print, which JPEG files of four channels hold:
///
///     R = C K / 255,  G = M K / 255,  B = Y K / 255
///
/// where 255 is no ink, as Adobe's programs write it, and browsers and Pillow take all such files. Where the first
/// three are luma and chroma (YCCK), they become 255 − R, 255 − G, 255 − B by the JFIF's equations first. Profiles
/// of printers are not applied.
final class PrintColours {
    private static final int CHANNELS = 4;
    private static final int MOST = 255;
    private static final int NO_CHROMA = 128;

    private PrintColours() {}

    /// An image of three channels.
    ///
    /// @param raster of four channels of a byte, as the file has them
    static BufferedImage toRgb(Raster raster, boolean isYcck) {
        int width = raster.getWidth();
        BufferedImage image = new BufferedImage(width, raster.getHeight(), BufferedImage.TYPE_INT_RGB);
        int[] samples = new int[CHANNELS * width];
        int[] row = new int[width];
        for (int y = 0; y < raster.getHeight(); y++) {
            raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
            for (int x = 0; x < width; x++) {
                int at = CHANNELS * x;
                row[x] = isYcck
                        ? ofYcck(samples[at], samples[at + 1], samples[at + 2], samples[at + 3])
                        : ofCmyk(samples[at], samples[at + 1], samples[at + 2], samples[at + 3]);
            }
            image.setRGB(0, y, width, 1, row, 0, width);
        }
        return image;
    }

    private static int ofYcck(int luma, int blue, int red, int black) {
        double cb = blue - NO_CHROMA;
        double cr = red - NO_CHROMA;
        return ofCmyk(
                MOST - level(luma + 1.402 * cr),
                MOST - level(luma - 0.344136 * cb - 0.714136 * cr),
                MOST - level(luma + 1.772 * cb),
                black);
    }

    private static int level(double value) {
        return Math.clamp(Math.round(value), 0, MOST);
    }

    private static int ofCmyk(int cyan, int magenta, int yellow, int black) {
        return printed(cyan, black) << 16 | printed(magenta, black) << 8 | printed(yellow, black);
    }

    private static int printed(int ink, int black) {
        return (ink * black + MOST / 2) / MOST;
    }
}
