package dev.stiefel.data.own;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import javax.imageio.stream.ImageInputStream;

/// Decodes one image file of which nothing is believed, not even its name.
///
/// The size is read from the header and checked before any pixel is decoded. Beyond 16 megapixels
/// only every k-th row and column is decoded, so that an image takes at most some 64 MiB of memory.
/// A WebP image is decoded whole, and must have at most 32 megapixels.
final class ImageFile {
    private static final Set<String> READ = Set.of("png", "jpg", "jpeg", "jpe", "jfif", "bmp", "dib", "gif", "webp");
    private static final Set<String> KNOWN = Set.of(
            "apng", "avif", "heic", "heif", "tif", "tiff", "svg", "svgz", "psd", "jp2", "j2k", "jpf", "jpx", "jxl",
            "jxr", "ico", "cur", "tga", "pbm", "pgm", "ppm", "pnm", "pam", "pcx", "xcf", "exr", "hdr", "dds", "qoi",
            "wmf", "emf", "xbm", "xpm", "dcm", "raw", "cr2", "cr3", "nef", "arw", "dng", "orf", "rw2", "raf", "eps");
    private static final long MOST_PIXELS = 100_000_000;
    private static final long MOST_WEBP_PIXELS = 32 << 20;
    private static final int LONGEST_SIDE = 1 << 16;
    private static final long MOST_DECODED = 16 << 20;
    private static final int BMP_COMPRESSION = 30;
    private static final int BMP_EMBEDS = 4; // 4: a JPEG inside, 5: a PNG, each with a size of its own
    private static final int PRINT_CHANNELS = 4;

    private ImageFile() {}

    /// Pixels as they are stored, and how they are to be turned.
    private record Stored(BufferedImage image, ImageOrientation orientation) {}

    /// Returns whether a file is called like an image, also one of a format that is not read.
    static boolean isCalledImage(Path file) {
        String extension = extension(file);
        return READ.contains(extension) || KNOWN.contains(extension);
    }

    /// Returns whether a file is called like an image of a format that is read.
    static boolean isCalledReadable(Path file) {
        return READ.contains(extension(file));
    }

    private static String extension(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /// The inputs of a schema: grey or three planes, of its size.
    static float[] encode(Path file, Schema.Image image) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("cannot read %s: it %s"
                    .formatted(file, Files.exists(file) ? "is not a regular file" : "does not exist"));
        }
        float[] planes = decode(file, image.rows(), image.columns());
        return image.channels() == 1 ? Pixels.grey(planes) : planes;
    }

    /// Red, green and blue `[3, rows, columns]` of the scaled image, upright.
    static float[] decode(Path file, int rows, int columns) throws IOException {
        try {
            Stored stored = decode(file);
            ImageOrientation orientation = stored.orientation();
            Pixels pixels = new Pixels(stored.image());
            return orientation.swapsAxes()
                    ? orientation.upright(pixels.scaled(columns, rows), rows, columns)
                    : orientation.upright(pixels.scaled(rows, columns), rows, columns);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        } catch (RuntimeException e) { // exceptions of decoders for damaged files have no common type
            throw new IOException("cannot read %s: the image is damaged".formatted(file), e);
        }
    }

    private static Stored decode(Path file) throws IOException {
        FileContent content = FileContent.of(file);
        if (!content.isReadable()) {
            throw new IOException(content.problem());
        }
        if (content.equals(FileContent.WEBP)) {
            return decodeWebp(file);
        }
        requireNothingEmbedded(file.toFile());
        ImageReader reader = ImageIO.getImageReadersByFormatName(content.name().toLowerCase(Locale.ROOT))
                .next();
        try (FileImageInputStream in = new FileImageInputStream(file.toFile())) {
            if (content.equals(FileContent.JPEG)) {
                return decodeJpeg(reader, in);
            }
            if (content.equals(FileContent.GIF)) {
                return new Stored(decodeGif(reader, in), ImageOrientation.AS_STORED);
            }
            ImageOrientation orientation =
                    content.equals(FileContent.PNG) ? ImageChunks.orientationOfPng(in) : ImageOrientation.AS_STORED;
            return new Stored(decode(reader, in), orientation);
        } finally {
            reader.dispose();
        }
    }

    private static Stored decodeWebp(Path file) throws IOException {
        byte[] bytes = ImageChunks.webpWithoutProfile(file);
        ImageReader reader = new WebPImageReaderSpi().createReaderInstance();
        try (ImageInputStream in = ImageChunks.stream(bytes)) {
            reader.setInput(in, true, true);
            requireSize(reader.getWidth(0), reader.getHeight(0), MOST_WEBP_PIXELS);
            return new Stored(reader.read(0), ImageChunks.orientationOfWebp(bytes));
        } finally {
            reader.dispose();
        }
    }

    /// Four channels are colours of print, which the decoder does not know.
    private static Stored decodeJpeg(ImageReader reader, FileImageInputStream in) throws IOException {
        JpegHeader header = JpegHeader.read(in);
        if (header.components() != PRINT_CHANNELS) {
            return new Stored(decode(reader, in), header.orientation());
        }
        TruncationWarnings warnings = opened(reader, in);
        ImageReadParam parameters = thinned(reader, every(reader.getWidth(0), reader.getHeight(0)));
        BufferedImage image = PrintColours.toRgb(reader.readRaster(0, parameters), header.isYcck());
        warnings.requireNone();
        return new Stored(image, header.orientation());
    }

    private static BufferedImage decodeGif(ImageReader reader, FileImageInputStream in) throws IOException {
        TruncationWarnings warnings = opened(reader, in);
        GifFrame frame = GifFrame.first(reader, in);
        requireSize(frame.screenWidth(), frame.screenHeight(), MOST_PIXELS);
        int every = every(frame.screenWidth(), frame.screenHeight());
        BufferedImage image = reader.read(0, thinned(reader, every));
        warnings.requireNone();
        return frame.onScreen(image, every);
    }

    private static BufferedImage decode(ImageReader reader, FileImageInputStream in) throws IOException {
        TruncationWarnings warnings = opened(reader, in);
        BufferedImage image = reader.read(0, thinned(reader, every(reader.getWidth(0), reader.getHeight(0))));
        warnings.requireNone();
        return image;
    }

    /// Opens an image of a size that can be decoded.
    private static TruncationWarnings opened(ImageReader reader, FileImageInputStream in) throws IOException {
        TruncationWarnings warnings = new TruncationWarnings();
        reader.addIIOReadWarningListener(warnings);
        in.seek(0);
        reader.setInput(in, true, true);
        requireSize(reader.getWidth(0), reader.getHeight(0), MOST_PIXELS);
        return warnings;
    }

    private static void requireSize(long width, long height, long mostPixels) throws IOException {
        if (Math.min(width, height) < 1 || Math.max(width, height) > LONGEST_SIDE || width * height > mostPixels) {
            throw new IOException(MessageText.format(
                    "an image must have at most %,d pixels, at most %,d a side; its header says %,d × %,d",
                    mostPixels, LONGEST_SIDE, width, height));
        }
    }

    /// The step between decoded rows and columns.
    private static int every(long width, long height) {
        return Math.max(1, (int) Math.ceil(Math.sqrt((double) (width * height) / MOST_DECODED)));
    }

    private static ImageReadParam thinned(ImageReader reader, int every) {
        ImageReadParam parameters = reader.getDefaultReadParam();
        if (every > 1) {
            parameters.setSourceSubsampling(every, every, 0, 0);
        }
        return parameters;
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
