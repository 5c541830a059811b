package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files whose pixels are not simply what the decoder gives: colours of print, turned images, frames, WebP.
@Timeout(120)
final class ImageFormatsTest {
    // Written by libwebp: red and #336699; 16 × 16 of #c82814; see-through red, then black of 40 %; Exif's 6.
    private static final String LOSSLESS = "UklGRiAAAABXRUJQVlA4TBQAAAAvAQAAAA8wZqf5n8z5Dy1UIKL/AQ==";
    private static final String LOSSY =
            "UklGRkAAAABXRUJQVlA4IDQAAADwAQCdASoQABAAAMASJaACdLoB+AAETAAA/vgEP/9nd+nd+nd/gY//b4f7jy/b4f/t2QAA";
    private static final String ALPHA = "UklGRh4AAABXRUJQVlA4TBEAAAAvAQAAEA8Q+x9jFokKRPQ/AAA=";
    private static final String TURNED =
            "UklGRlQAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TBQAAAAvAQAAAA8wZqf5n8z5Dy1UIKL/AUVYSUYaAAAATU0AKgAA"
                    + "AAgAAQESAAMAAAABAAYAAAAAAAA=";
    private static final String TURNED_PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAIAAAB7QOjdAAAAGmVYSWZNTQAqAAAACAABARIAAwAAAAEABgAAAAAAANZnS2kAAAAP"
                    + "SURBVHicY/jPwGCcNhMAB/8CMjBKZlwAAAAASUVORK5CYII=";

    @TempDir
    Path folder;

    // ---- colours of print ----

    @ParameterizedTest
    @CsvSource({"0,false", "0,true", "-1,false", "2,false", "2,true"})
    void coloursOfPrintBecomeRedGreenAndBlue(int transform, boolean isProgressive) throws IOException {
        // No ink is 255, as Adobe writes it: #c82814, black by black ink, and half of it over white.
        int[][] inks = {{200, 40, 20, 255}, {255, 255, 255, 0}, {255, 255, 255, 128}};
        int[][] colours = {{200, 40, 20}, {0, 0, 0}, {128, 128, 128}};
        for (int i = 0; i < inks.length; i++) {
            Path file = write("a.jpg", print(inks[i], transform, isProgressive));

            float[] planes = ImageFile.decode(file, 1, 1);

            for (int plane = 0; plane < 3; plane++) {
                assertThat(planes[plane] * 255).isEqualTo(colours[i][plane], within(3f));
            }
        }
    }

    @Test
    void aCutOffImageInColoursOfPrintIsNamed() throws IOException {
        byte[] whole = print(new int[] {200, 40, 20, 255}, 0, false);
        Path file = write("a.jpg", Arrays.copyOf(whole, whole.length - 20));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ImageFile.decode(file, 1, 1))
                .withMessageStartingWith("cannot read " + file);
    }

    // ---- orientation ----

    @ParameterizedTest
    @CsvSource({
        // what stands at the top left, top right, bottom left and bottom right of 10 20 / 30 40
        "1,10,20,30,40",
        "2,20,10,40,30",
        "3,40,30,20,10",
        "4,30,40,10,20",
        "5,10,30,20,40",
        "6,30,10,40,20",
        "7,40,20,30,10",
        "8,20,40,10,30",
        "0,10,20,30,40",
        "9,10,20,30,40"
    })
    void imagesAreTurnedAsExifSays(int orientation, int first, int second, int third, int fourth) throws IOException {
        BufferedImage stored = new BufferedImage(32, 16, BufferedImage.TYPE_BYTE_GRAY);
        for (int i = 0; i < 512; i++) {
            stored.getRaster().setSample(i % 32, i / 32, 0, 10 + i % 32 / 16 * 10 + i / 256 * 20);
        }
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Path file = write("a.jpg", withExif(bytes(stored, "jpg"), exif(orientation, order)));

            float[] planes = ImageFile.decode(file, 2, 2);

            int[] levels = {first, second, third, fourth};
            for (int i = 0; i < 4; i++) {
                assertThat(planes[i] * 255).isEqualTo(levels[i], within(2f));
            }
        }
    }

    @Test
    void aTurnedImageIsScaledAlongItsOwnAxes() throws IOException {
        BufferedImage stored = new BufferedImage(3, 1, BufferedImage.TYPE_BYTE_GRAY);
        stored.getRaster().setPixels(0, 0, 3, 1, new int[] {0, 51, 255});
        Path lying = write("a.png", bytes(stored, "png"));
        Path turned = write("b.png", pngWithExif(bytes(stored, "png"), exif(6, ByteOrder.BIG_ENDIAN)));

        assertThat(ImageFile.decode(lying, 1, 3)).startsWith(0, 0.2f, 1);
        assertThat(ImageFile.decode(turned, 3, 1)).startsWith(0, 0.2f, 1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "II",
                "II*\0",
                "XX*\0\0\0\0\0",
                "II*\0\u00ff\u00ff\u00ff\u007f",
                "MM\0*\0\0\0\u0008\u00ff\u00ff"
            })
    void damagedExifDataTurnsNothing(String exif) {
        assertThat(ImageOrientation.ofExif(exif.getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(ImageOrientation.AS_STORED);
    }

    @Test
    void pngAndWebpImagesAreTurned() throws IOException {
        for (String content : new String[] {TURNED_PNG, TURNED}) {
            float[] planes = ImageFile.decode(write("a", Base64.getDecoder().decode(content)), 2, 1);

            assertThat(planes).containsExactly(1, 0.2f, 0, 0.4f, 0, 0.6f);
        }
    }

    // ---- frames ----

    @Test
    void aFrameLiesOnItsScreen() throws IOException {
        BufferedImage frame = new BufferedImage(1, 2, BufferedImage.TYPE_BYTE_GRAY);
        byte[] gif = bytes(frame, "gif");
        gif[6] = 4; // a screen of 4 × 3
        gif[8] = 3;
        int at = descriptor(gif);
        gif[at + 1] = 2; // from the left
        gif[at + 3] = 1; // from above

        float[] planes = ImageFile.decode(write("a.gif", gif), 3, 4);

        assertThat(Arrays.copyOf(planes, 12)).containsExactly(1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1);
    }

    @Test
    void aFrameBeyondItsScreenMakesItLarger() throws IOException {
        byte[] gif = bytes(new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY), "gif");
        gif[descriptor(gif) + 1] = 2;

        assertThat(Arrays.copyOf(ImageFile.decode(write("a.gif", gif), 1, 4), 4))
                .containsExactly(1, 1, 0, 0);
    }

    // ---- WebP ----

    @Test
    void webpImagesAreRead() throws IOException {
        assertThat(ImageFile.decode(webp(LOSSLESS), 1, 2)).containsExactly(1, 0.2f, 0, 0.4f, 0, 0.6f);
        assertThat(ImageFile.decode(webp(ALPHA), 1, 2))
                .containsExactly(new float[] {1, .6f, 1, .6f, 1, .6f}, within(1e-6f));
        float[] lossy = ImageFile.decode(webp(LOSSY), 1, 1);
        assertThat(lossy[0] * 255).isEqualTo(200, within(3f));
        assertThat(lossy[1] * 255).isEqualTo(40, within(3f));
        assertThat(lossy[2] * 255).isEqualTo(20, within(3f));
    }

    @Test
    void colourProfilesOfWebpImagesAreNotApplied() throws IOException {
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] lossless = Base64.getDecoder().decode(LOSSLESS);
        byte[] pixels = Arrays.copyOfRange(lossless, 12, lossless.length);
        ByteBuffer file = ByteBuffer.allocate(12 + 18 + 8 + profile.length + profile.length % 2 + pixels.length)
                .order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
        file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10).putInt(0x20);
        file.put(new byte[] {1, 0, 0, 0, 0, 0}); // width and height, less one
        file.put("ICCP".getBytes(StandardCharsets.US_ASCII))
                .putInt(profile.length)
                .put(profile);
        file.position(file.capacity() - pixels.length).put(pixels);

        assertThat(ImageFile.decode(write("a.webp", file.array()), 1, 2)).containsExactly(1, 0.2f, 0, 0.4f, 0, 0.6f);
    }

    @ParameterizedTest
    @ValueSource(strings = {LOSSLESS, LOSSY, ALPHA, TURNED})
    void aWebpImageCutOffOrDamagedIsNamedOrDecoded(String content) throws IOException {
        byte[] whole = Base64.getDecoder().decode(content);
        Path file = folder.resolve("x.webp");
        for (int i = 0; i < whole.length; i++) {
            for (int value : new int[] {0, 0x7f, 0xff, -1}) {
                byte[] damaged = value < 0 ? Arrays.copyOf(whole, i) : whole.clone();
                if (value >= 0) {
                    damaged[i] = (byte) value;
                }
                Files.write(file, damaged);
                try {
                    assertThat(ImageFile.decode(file, 4, 4)).hasSize(48);
                } catch (IOException e) {
                    assertThat(e).hasMessageStartingWith("cannot read " + file + ": ");
                }
            }
        }
    }

    // ---- what files are ----

    @ParameterizedTest
    @CsvSource({
        "89504e470d0a1a0a, PNG",
        "ffd8ffe0, JPEG",
        "474946383961, GIF",
        "424d4600000000000000360000002800, BMP",
        "424d57206e6f746573206f6e20636172732e2e2e2e2e, text",
        "52494646000000005745425056503820, WebP",
        "524946460000000041564920, AVI video",
        "0000001c6674797061766966, AVIF",
        "0000001c667479706d69663100000000617669666d696631, AVIF",
        "000000186674797068656963, HEIC",
        "000000186674797069736f6d, MP4 video",
        "00000014667479707174202000000000, QuickTime video",
        "49492a0008000000, TIFF",
        "4d4d002a00000008, TIFF",
        "49492b0008000000, BigTIFF",
        "38425053000100, Photoshop (PSD)",
        "0000000c6a5020200d0a870a, JPEG 2000",
        "ff0afa7f, JPEG XL",
        "0000010001002020, icon (ICO)",
        "0000020000000000, Targa (TGA)",
        "0000020001002020, cursor (CUR)",
        "255044462d312e37, PDF",
        "504b030414000000, zip",
        "1f8b0800, gzip",
        "50350a3220320a3235350a0001, Netpbm",
        "762f310102000000, OpenEXR",
        "0000000000000000, file of zero bytes",
        "deadbeef00, unknown format"
    })
    void filesAreKnownByTheirFirstBytes(String hex, String name) {
        assertThat(FileContent.of(HexFormat.of().parseHex(hex)).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<svg xmlns='http://www.w3.org/2000/svg'/>|SVG",
                "<?xml version='1.0'?><!-- made --><svg/>|SVG",
                "<!DOCTYPE html><title>404</title><svg/>|HTML",
                "<html><body>|HTML",
                "<?xml version='1.0'?><annotation/>|XML",
                "version https://git-lfs.github.com/spec/v1|Git LFS pointer",
                "{\"a\": 1}|text",
                "''|empty file"
            })
    void textsAreKnownByTheirBeginning(String text, String name) {
        assertThat(FileContent.of(text.getBytes(StandardCharsets.UTF_8)).name()).isEqualTo(name);
    }

    // ---- helpers ----

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private Path webp(String content) throws IOException {
        return write("a.webp", Base64.getDecoder().decode(content));
    }

    private static byte[] bytes(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static int descriptor(byte[] gif) {
        for (int i = 13; i < gif.length; i++) {
            if (gif[i] == 0x2c && gif[i + 1] == 0 && gif[i + 6] == 0) {
                return i;
            }
        }
        throw new AssertionError("no image descriptor");
    }

    /// A JPEG file of four channels, 16 × 16 of one colour.
    ///
    /// @param transform of Adobe's marker: 0 as they are, 2 luma and chroma; −1: without the marker
    private static byte[] print(int[] inks, int transform, boolean isProgressive) throws IOException {
        int[] stored = inks.clone();
        if (transform == 2) { // of 255 less the inks
            double red = 255 - inks[0];
            double green = 255 - inks[1];
            double blue = 255 - inks[2];
            stored[0] = (int) Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
            stored[1] = (int) Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue);
            stored[2] = (int) Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue);
        }
        WritableRaster raster = Raster.createInterleavedRaster(0, 16, 16, 4, null);
        for (int i = 0; i < 256; i++) {
            raster.setPixel(i % 16, i / 16, stored);
        }
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        parameters.setCompressionQuality(1);
        parameters.setProgressiveMode(isProgressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
            writer.setOutput(stream);
            writer.write(null, new IIOImage(raster, null, null), parameters);
        } finally {
            writer.dispose();
        }
        byte[] adobe = {(byte) 0xff, (byte) 0xee, 0, 14, 'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return transform < 0 ? out.toByteArray() : inserted(out.toByteArray(), 2, adobe);
    }

    private static byte[] inserted(byte[] bytes, int at, byte[] more) {
        return ByteBuffer.allocate(bytes.length + more.length)
                .put(bytes, 0, at)
                .put(more)
                .put(bytes, at, bytes.length - at)
                .array();
    }

    private static byte[] exif(int orientation, ByteOrder order) {
        return ByteBuffer.allocate(38)
                .order(order)
                .put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 42)
                .putInt(8)
                .putShort((short) 2)
                .putShort((short) 0x0100) // width
                .putShort((short) 4)
                .putInt(1)
                .putInt(32)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .array();
    }

    private static byte[] withExif(byte[] jpeg, byte[] exif) {
        byte[] segment = ByteBuffer.allocate(10 + exif.length)
                .putShort((short) 0xffe1)
                .putShort((short) (8 + exif.length))
                .put("Exif\0\0".getBytes(StandardCharsets.US_ASCII))
                .put(exif)
                .array();
        return inserted(jpeg, 2, segment);
    }

    private static byte[] pngWithExif(byte[] png, byte[] exif) {
        CRC32 crc = new CRC32();
        byte[] name = "eXIf".getBytes(StandardCharsets.US_ASCII);
        crc.update(name);
        crc.update(exif);
        byte[] chunk = ByteBuffer.allocate(12 + exif.length)
                .putInt(exif.length)
                .put(name)
                .put(exif)
                .putInt((int) crc.getValue())
                .array();
        return inserted(png, 33, chunk);
    }
}
