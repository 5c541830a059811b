package dev.stiefel.data.own;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;

/// Decodes one image file of which nothing is believed.
///
/// The size is read from the header and checked before any pixel is decoded. Beyond 16 megapixels
/// only every k-th row and column is decoded, so that an image takes at most some 64 MiB of memory.
final class ImageFile {
    private static final Set<String> EXTENSIONS = Set.of("png", "jpg", "jpeg", "bmp", "gif");
    private static final Set<String> FORMATS = Set.of("png", "jpeg", "bmp", "gif");
    private static final long MOST_PIXELS = 100_000_000;
    private static final int LONGEST_SIDE = 1 << 16;
    private static final long MOST_DECODED = 16 << 20;
    private static final int BMP_COMPRESSION = 30;
    private static final int BMP_EMBEDS = 4; // 4: a JPEG inside, 5: a PNG, each with a size of its own

    private ImageFile() {}

    /// Whether a file is called like an image.
    static boolean isCalledImage(Path file) {
        String name = String.valueOf(file.getFileName());
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return EXTENSIONS.contains(extension);
    }

    /// The inputs of a schema: grey or three planes, of its size.
    static float[] encode(Path file, Schema.Image image) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("cannot read %s: it %s"
                    .formatted(file, Files.exists(file) ? "is no plain file" : "does not exist"));
        }
        float[] planes = decode(file, image.rows(), image.columns());
        return image.channels() == 1 ? Pixels.grey(planes) : planes;
    }

    /// Red, green and blue `[3, rows, columns]` of the scaled image.
    static float[] decode(Path file, int rows, int columns) throws IOException {
        try {
            return new Pixels(decode(file.toFile())).scaled(rows, columns);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        } catch (RuntimeException e) { // what decoders throw at damaged files has no common type
            throw new IOException("cannot read %s: the image is damaged".formatted(file), e);
        }
    }

    private static BufferedImage decode(File file) throws IOException {
        requireNothingEmbedded(file);
        try (FileImageInputStream in = new FileImageInputStream(file)) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new IOException("it must be a PNG, JPEG, BMP or GIF image; its first bytes are of none");
            }
            ImageReader reader = readers.next();
            try {
                return decode(reader, in);
            } finally {
                reader.dispose();
            }
        }
    }

    private static BufferedImage decode(ImageReader reader, FileImageInputStream in) throws IOException {
        String format = reader.getFormatName().toLowerCase(Locale.ROOT);
        if (!FORMATS.contains(format)) {
            throw new IOException("it must be a PNG, JPEG, BMP or GIF image; got " + format);
        }
        TruncationWarnings warnings = new TruncationWarnings();
        reader.addIIOReadWarningListener(warnings);
        reader.setInput(in, true, true);
        long width = reader.getWidth(0);
        long height = reader.getHeight(0);
        if (Math.min(width, height) < 1 || Math.max(width, height) > LONGEST_SIDE || width * height > MOST_PIXELS) {
            throw new IOException(MessageText.format(
                    "an image must have at most %,d pixels, at most %,d a side; its header says %,d × %,d",
                    MOST_PIXELS, LONGEST_SIDE, width, height));
        }
        ImageReadParam parameters = reader.getDefaultReadParam();
        int every = (int) Math.ceil(Math.sqrt((double) (width * height) / MOST_DECODED));
        if (every > 1) {
            parameters.setSourceSubsampling(every, every, 0, 0);
        }
        BufferedImage image = reader.read(0, parameters);
        warnings.requireNone();
        return image;
    }

    private static void requireNothingEmbedded(File file) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file, "r")) {
            if (bytes.length() > BMP_COMPRESSION && bytes.read() == 'B' && bytes.read() == 'M') {
                bytes.seek(BMP_COMPRESSION);
                if (bytes.read() >= BMP_EMBEDS) {
                    throw new IOException("a BMP image must hold plain pixels; this one embeds another format");
                }
            }
        }
    }
}
