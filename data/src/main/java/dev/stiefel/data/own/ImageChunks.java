package dev.stiefel.data.own;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/// The parts that PNG and WebP files consist of, each with a name and a length.
final class ImageChunks {
    private static final int PNG_CHUNKS_AT = 8;
    private static final int RIFF_CHUNKS_AT = 12;
    private static final int MOST_CHUNKS = 100_000;
    private static final int MOST_EXIF = 1 << 20;
    private static final long MOST_BYTES = 256 << 20;
    private static final int FLAGS_AT = 20;
    private static final int HAS_PROFILE = 0x20;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);

    private ImageChunks() {}

    /// The orientation that a chunk `eXIf` says.
    static ImageOrientation orientationOfPng(ImageInputStream in) throws IOException {
        long at = PNG_CHUNKS_AT;
        long end = in.length();
        for (int i = 0; i < MOST_CHUNKS && at + RIFF_CHUNKS_AT <= end; i++) {
            in.seek(at);
            int length = in.readInt();
            byte[] name = new byte[Integer.BYTES];
            in.readFully(name);
            if (length < 0) {
                break;
            }
            if (new String(name, StandardCharsets.ISO_8859_1).equals("eXIf")) {
                byte[] exif = new byte[Math.clamp(Math.min(length, end - in.getStreamPosition()), 0, MOST_EXIF)];
                in.readFully(exif);
                return ImageOrientation.ofExif(exif);
            }
            at += RIFF_CHUNKS_AT + (long) length;
        }
        return ImageOrientation.AS_STORED;
    }

    /// A WebP file that says it had no colour profile, so that none is applied.
    static byte[] webpWithoutProfile(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(MessageText.format(
                    "a WebP image must have at most %,d bytes; got %,d", MOST_BYTES, Files.size(file)));
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > FLAGS_AT && name(bytes, RIFF_CHUNKS_AT).equals("VP8X")) {
            bytes[FLAGS_AT] &= (byte) ~HAS_PROFILE;
        }
        return bytes;
    }

    static ImageInputStream stream(byte[] bytes) {
        return new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes));
    }

    /// The orientation that a chunk `EXIF` says.
    static ImageOrientation orientationOfWebp(byte[] bytes) {
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long at = RIFF_CHUNKS_AT;
        while (at + 2 * Integer.BYTES <= bytes.length) {
            int start = (int) at + 2 * Integer.BYTES;
            int length = data.getInt((int) at + Integer.BYTES);
            if (length < 0) {
                break;
            }
            if (name(bytes, (int) at).equals("EXIF")) {
                byte[] exif = Arrays.copyOfRange(bytes, start, (int) Math.min(bytes.length, start + (long) length));
                boolean isPrefixed =
                        exif.length > EXIF.length && Arrays.equals(exif, 0, EXIF.length, EXIF, 0, EXIF.length);
                return ImageOrientation.ofExif(isPrefixed ? Arrays.copyOfRange(exif, EXIF.length, exif.length) : exif);
            }
            at = start + (long) length + (length & 1);
        }
        return ImageOrientation.AS_STORED;
    }

    private static String name(byte[] bytes, int at) {
        return new String(bytes, at, Integer.BYTES, StandardCharsets.ISO_8859_1);
    }
}
