package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.stream.ImageInputStream;

/// Facts that a JPEG file states ahead of its pixels.
///
/// @param components channels of a pixel: 1 grey, 3 coloured, 4 for printing
/// @param isYcck true if, by Adobe's marker, four channels are luma, two of chroma, and black
/// @param orientation by Exif
record JpegHeader(int components, boolean isYcck, ImageOrientation orientation) {
    private static final int FIRST_FRAME = 0xc0;
    private static final int LAST_FRAME = 0xcf;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int RESERVED = 0xc8;
    private static final int ARITHMETIC_TABLES = 0xcc;
    private static final int SCAN = 0xda;
    private static final int APP1 = 0xe1;
    private static final int APP14 = 0xee;
    private static final int COMPONENTS_AT = 5;
    private static final int TRANSFORM_AT = 11;
    private static final int YCCK = 2;
    private static final byte[] EXIF = "Exif\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

    /// Reads up to the first scan; a file that ends before has no components.
    static JpegHeader read(ImageInputStream in) throws IOException {
        JpegHeader header = new JpegHeader(0, false, ImageOrientation.AS_STORED);
        in.seek(2);
        boolean hasExif = false;
        int marker = nextMarker(in);
        while (marker > 0 && marker != SCAN) {
            int length = in.readUnsignedShort() - 2;
            byte[] segment = new byte[Math.max(0, length)];
            in.readFully(segment);
            if (isFrame(marker) && segment.length > COMPONENTS_AT) {
                header = new JpegHeader(segment[COMPONENTS_AT] & 0xff, header.isYcck, header.orientation);
            } else if (marker == APP14 && startsWith(segment, ADOBE) && segment.length > TRANSFORM_AT) {
                header = new JpegHeader(header.components, segment[TRANSFORM_AT] == YCCK, header.orientation);
            } else if (marker == APP1 && !hasExif && startsWith(segment, EXIF)) {
                hasExif = true;
                byte[] exif = Arrays.copyOfRange(segment, EXIF.length, segment.length);
                header = new JpegHeader(header.components, header.isYcck, ImageOrientation.ofExif(exif));
            }
            marker = nextMarker(in);
        }
        return header;
    }

    /// The next marker; 0 at the end.
    private static int nextMarker(ImageInputStream in) throws IOException {
        int each = in.read();
        while (each >= 0 && each != 0xff) {
            each = in.read();
        }
        while (each == 0xff) { // any number may fill up
            each = in.read();
        }
        return Math.max(0, each);
    }

    private static boolean isFrame(int marker) {
        return marker >= FIRST_FRAME
                && marker <= LAST_FRAME
                && marker != HUFFMAN_TABLES
                && marker != RESERVED
                && marker != ARITHMETIC_TABLES;
    }

    private static boolean startsWith(byte[] bytes, byte[] start) {
        return bytes.length >= start.length && Arrays.equals(bytes, 0, start.length, start, 0, start.length);
    }
}
