package dev.stiefel.data.vision;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// Decodes JPEG images of one size.
final class JpegPlanes {
    private static final int COLOURS = 3;

    private JpegPlanes() {}

    /// The planes `[3, height, width]` of an image: red, green and blue, row by row. A grey image has the same in each.
    /// Values are those of the file; no colour profile is applied.
    ///
    /// @throws IOException if it is no JPEG image of this size; the size is checked before pixels are decoded
    static byte[] decode(byte[] file, int height, int width) throws IOException {
        ImageReader reader = ImageIO.getImageReadersByFormatName("jpeg").next();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            if (reader.getHeight(0) != height || reader.getWidth(0) != width) {
                throw new IOException("the image must have %s × %s pixels; got %s × %s"
                        .formatted(height, width, reader.getHeight(0), reader.getWidth(0)));
            }
            return planes(reader.read(0));
        } catch (RuntimeException e) { // exceptions of the decoder for damaged files have no common type
            throw new IOException("the image is damaged", e);
        } finally {
            reader.dispose();
        }
    }

    private static byte[] planes(BufferedImage image) throws IOException {
        Raster raster = image.getRaster();
        int bands = raster.getNumBands();
        if ((bands != 1 && bands != COLOURS) || raster.getSampleModel().getSampleSize(0) != Byte.SIZE) {
            throw new IOException(
                    "the image must be grey or in three colours, with 8 bits each; got %s bands of %s bits"
                            .formatted(bands, raster.getSampleModel().getSampleSize(0)));
        }
        int pixels = image.getWidth() * image.getHeight();
        byte[] planes = new byte[COLOURS * pixels];
        int[] samples = new int[pixels];
        for (int plane = 0; plane < COLOURS; plane++) {
            if (plane > 0 && bands == 1) {
                System.arraycopy(planes, 0, planes, plane * pixels, pixels);
                continue;
            }
            raster.getSamples(0, 0, image.getWidth(), image.getHeight(), plane, samples);
            for (int i = 0; i < pixels; i++) {
                planes[plane * pixels + i] = (byte) samples[i];
            }
        }
        return planes;
    }
}
