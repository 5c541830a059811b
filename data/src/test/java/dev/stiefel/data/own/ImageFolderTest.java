package dev.stiefel.data.own;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stiefel.train.Samples;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class ImageFolderTest {
    private static final int MEBIBYTE = 1 << 20;

    @TempDir
    Path folder;

    // ---- pixels ----

    @ParameterizedTest
    @CsvSource({
        "png," + BufferedImage.TYPE_INT_RGB,
        "bmp," + BufferedImage.TYPE_INT_RGB,
        "gif," + BufferedImage.TYPE_BYTE_INDEXED
    })
    void colouredPixelsComeBackInThreePlanes(String format, int type) throws IOException {
        int[] colours = {0xffff0000, 0xff00ff00, 0xff0000ff, 0xff336699};
        BufferedImage image = new BufferedImage(16, 16, type);
        for (int i = 0; i < 256; i++) {
            image.setRGB(i % 16, i / 16, colours[i / 128 * 2 + i % 16 / 8]);
        }

        float[] planes = ImageFile.decode(write("a." + format, image, format), 2, 2);

        assertThat(planes).containsExactly(1, 0, 0, 0.2f, 0, 1, 0, 0.4f, 0, 0, 1, 0.6f);
    }

    @Test
    void greyPixelsAreNotBrightened() throws IOException {
        BufferedImage grey = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        grey.getRaster().setPixels(0, 0, 2, 1, new int[] {51, 204});
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setPixels(0, 0, 2, 1, new int[] {13107, 52428});
        for (BufferedImage image : List.of(grey, deep)) {
            assertThat(ImageFile.decode(write("a.png", image, "png"), 1, 2))
                    .containsExactly(0.2f, 0.8f, 0.2f, 0.8f, 0.2f, 0.8f);
        }
        assertThat(ImageFile.decode(write("a.jpg", grey, "jpg"), 1, 2)[0]).isCloseTo(0.2f, within(0.02f));
    }

    @Test
    void seeThroughPixelsLieOverWhite() throws IOException {
        BufferedImage image = image(BufferedImage.TYPE_INT_ARGB, 3, 1, 0x00ff0000, 0x66000000, 0xff0000ff);

        float[] planes = ImageFile.decode(write("a.png", image, "png"), 1, 3);

        assertThat(planes).containsExactly(new float[] {1, 0.6f, 0, 1, 0.6f, 0, 1, 0.6f, 1}, within(1e-6f));
    }

    @Test
    void bilevelImagesAreBlackAndWhite() throws IOException {
        BufferedImage image = image(BufferedImage.TYPE_BYTE_BINARY, 2, 1, 0xff000000, 0xffffffff);

        assertThat(ImageFile.decode(write("a.png", image, "png"), 1, 2)).containsExactly(0, 1, 0, 1, 0, 1);
    }

    @Test
    void imagesAreScaledAxisByAxis() throws IOException {
        BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 4, 2, new int[] {0, 255, 255, 255, 0, 0, 0, 255});
        Path file = write("a.png", image, "png");

        assertThat(Arrays.copyOf(ImageFile.decode(file, 1, 2), 2))
                .containsExactly(new float[] {0.25f, 0.75f}, within(1e-6f));
        assertThat(Arrays.copyOf(ImageFile.decode(file, 4, 4), 16))
                .containsExactly(
                        new float[] {0, 1, 1, 1, 0, .75f, .75f, 1, 0, .25f, .25f, 1, 0, 0, 0, 1}, within(1e-6f));
    }

    @Test
    void aJpegIsDecodedAlmostExactly() throws IOException {
        BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 1024; i++) {
            image.setRGB(i % 32, i / 32, 0x336699);
        }

        float[] planes = ImageFile.decode(write("a.JPEG", image, "jpg"), 8, 8);

        assertThat(planes[0]).isCloseTo(0.2f, within(0.02f));
        assertThat(planes[64]).isCloseTo(0.4f, within(0.02f));
        assertThat(planes[191]).isCloseTo(0.6f, within(0.02f));
    }

    @Test
    void aColouredImageIsGreyedForAGreyModel() throws IOException {
        Path file = write("a.png", image(BufferedImage.TYPE_INT_RGB, 2, 1, 0xff0000, 0x808080), "png");
        Schema grey = new Schema(new Schema.Image(1, 2, 1), new Schema.Classes(List.of("a", "b")));

        assertThat(grey.encodeImage(file)).containsExactly(new float[] {0.299f, 128 / 255f}, within(1e-6f));
        Schema coloured = new Schema(new Schema.Image(1, 2, 3), new Schema.Classes(List.of("a", "b")));
        assertThat(coloured.encodeImage(file)).hasSize(6);
    }

    // ---- folders ----

    @Test
    void foldersAreClassesAndGreyImagesHaveOneChannel() throws IOException {
        for (String name : List.of("10", "9", "2")) {
            for (int i = 0; i < 10; i++) {
                write("%s/%d.png".formatted(name, i), grey(Integer.parseInt(name), i), "png");
            }
        }

        OwnData data = OwnData.load(spec());

        assertThat(data.task()).isEqualTo(Task.CLASSIFICATION);
        assertThat(data.schema())
                .isEqualTo(new Schema(new Schema.Image(2, 2, 1), new Schema.Classes(List.of("2", "9", "10"))));
        assertThat(data.train().size()).isEqualTo(24);
        assertThat(data.test().size()).isEqualTo(6);
        assertThat(data.test().copyLabels()).containsExactly(0, 0, 1, 1, 2, 2);
        assertThat(data.remarks()).isEmpty();
        int[] names = {2, 9, 10};
        float[] pixels = new float[4];
        for (Samples samples : List.of(data.train(), data.test())) {
            for (int i = 0; i < samples.size(); i++) {
                samples.copyInput(i, pixels, 0);
                assertThat(pixels[0]).isEqualTo(names[samples.label(i)] / 255f, within(1e-6f));
            }
        }
    }

    @Test
    void oneColouredImageGivesAllThreeChannels() throws IOException {
        write("a/1.png", grey(51, 51), "png");
        write("a/2.png", grey(51, 51), "png");
        write("b/1.png", grey(51, 51), "png");
        write("b/2.gif", image(BufferedImage.TYPE_INT_RGB, 1, 1, 0xff0000), "gif");

        OwnData data = OwnData.load(spec().withTestFraction(0.5));

        assertThat(data.schema().inputs()).isEqualTo(new Schema.Image(2, 2, 3));
        float[] all = new float[24];
        data.train().copyInput(0, all, 0);
        assertThat(Arrays.copyOf(all, 12)).containsOnly(0.2f);
    }

    @Test
    void imagesHaveTheChannelsThatAreAskedFor() throws IOException {
        write("a/1.png", grey(51, 51), "png");
        write("a/2.png", image(BufferedImage.TYPE_INT_RGB, 1, 1, 0xff0000), "png");
        write("b/1.png", grey(51, 51), "png");
        write("b/2.png", grey(51, 51), "png");

        OwnData grey = OwnData.load(spec().withImageChannels(1).withTestFraction(0.5));

        assertThat(grey.schema().inputs()).isEqualTo(new Schema.Image(2, 2, 1));
        List<Float> seen = new ArrayList<>();
        for (Samples samples : List.of(grey.train(), grey.test())) {
            for (int i = 0; i < samples.size(); i++) {
                float[] pixels = new float[4];
                samples.copyInput(i, pixels, 0);
                seen.add(pixels[0]);
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(0.2f, 0.2f, 0.2f, 0.299f);

        Files.delete(folder.resolve("a/2.png"));
        OwnData colour = OwnData.load(spec().withImageChannels(3).withTestFraction(0.5));
        assertThat(colour.schema().inputs()).isEqualTo(new Schema.Image(2, 2, 3));
        float[] pixels = new float[12];
        colour.train().copyInput(0, pixels, 0);
        assertThat(pixels).containsOnly(0.2f);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec().withImageChannels(2))
                .withMessage("image channels must be 1 or 3; got 2");
    }

    @Test
    void trainAndTestFoldersDivide() throws IOException {
        for (String part : List.of("train", "test")) {
            for (String name : List.of("cat", "dog")) {
                write(part + "/" + name + "/1.png", grey(1, part.length()), "png");
                write(part + "/" + name + "/2.png", grey(1, part.length()), "png");
            }
        }
        Files.delete(folder.resolve("test/cat/1.png"));
        Files.delete(folder.resolve("test/cat/2.png"));

        OwnData data = OwnData.load(spec());

        assertThat(data.train().copyLabels()).containsExactly(0, 0, 1, 1);
        assertThat(data.test().copyLabels()).containsExactly(1, 1);
        write("test/bird/1.png", grey(1, 1), "png");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessage(
                        "cannot read %s: every class that tests must also train; test has 'bird', train has cat, dog",
                        folder);
    }

    @Test
    void otherThingsArePassedOverAndNamed() throws IOException {
        twoClasses();
        Files.writeString(folder.resolve("readme.txt"), "x");
        Files.writeString(folder.resolve("a/notes"), "x");
        Files.createDirectories(folder.resolve("b/deeper.png"));
        Files.createDirectories(folder.resolve("empty"));

        OwnData data = OwnData.load(spec());

        assertThat(data.train().size() + data.test().size()).isEqualTo(8);
        assertThat(data.remarks())
                .containsExactly("4 other files and folders were ignored: readme.txt, a/notes, b/deeper.png, empty");
    }

    @Test
    void filesOfSystemsAreIgnored() throws IOException {
        twoClasses();
        for (String name : List.of("a/Thumbs.db", ".DS_Store", "b/.DS_Store", "a/._1.png", "a/desktop.ini")) {
            Files.writeString(folder.resolve(name), "x");
        }
        Files.createDirectories(folder.resolve(".git"));
        write("__MACOSX/a/1.png", grey(1, 1), "png");
        Files.createDirectories(folder.resolve("c"));
        Files.writeString(folder.resolve("c/.DS_Store"), "x");

        OwnData data = OwnData.load(spec());

        assertThat(data.train().size() + data.test().size()).isEqualTo(8);
        assertThat(data.remarks()).containsExactly("1 other files and folders were ignored: c");
    }

    @Test
    void theHashIsThatOfTheListOfHashes() throws Exception {
        twoClasses();
        StringBuilder list = new StringBuilder();
        for (String name :
                List.of("a/1.png", "a/2.png", "a/3.png", "a/4.png", "b/1.png", "b/2.png", "b/3.png", "b/4.png")) {
            list.append(sha256(Files.readAllBytes(folder.resolve(name))))
                    .append("  ")
                    .append(name)
                    .append('\n');
        }

        assertThat(OwnData.load(spec()).sha256().values())
                .containsExactly(sha256(list.toString().getBytes(StandardCharsets.UTF_8)));
    }

    // ---- what cannot be read ----

    @Test
    void aBadImageIsLeftOutAndNamed() throws IOException {
        twoClasses();
        Path bad = Files.writeString(folder.resolve("a/0.png"), "no image");

        OwnData data = OwnData.load(spec());

        assertThat(data.train().size() + data.test().size()).isEqualTo(8);
        assertThat(data.remarks())
                .containsExactly("1 of 9 images were left out: 'a' text (1); the first: cannot read " + bad
                        + ": it must be a PNG, JPEG, BMP, GIF or WebP image; got text; download it again");
    }

    @Test
    void moreBadImagesThanGoodOnesAreRefused() throws IOException {
        twoClasses();
        for (int i = 0; i < 9; i++) {
            Files.writeString(folder.resolve("a/bad%d.jpg".formatted(i)), "no image");
        }

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessageStartingWith(
                        "cannot read %s: 9 of 17 images cannot be used; the first: cannot read %s: it must be a PNG"
                                .formatted(folder, folder.resolve("a/bad0.jpg")));
    }

    @Test
    void foldersWithoutTwoClassesAreRefused() throws IOException {
        String known = "known are DIR/CLASS/IMAGE, or DIR/train/CLASS/IMAGE with val/ or test/ beside train/";
        refused("it must have a folder of images for each of at least 2 classes; got none with images; " + known);
        Files.createDirectories(folder.resolve("empty"));
        refused("it must have a folder of images for each of at least 2 classes; got none with images; " + known);
        write("cat/1.png", grey(1, 1), "png");
        refused("it must have a folder of images for each of at least 2 classes; got cat");
        write("1.png", grey(1, 1), "png");
        refused("it must have a folder of images for each of at least 2 classes; got cat; 1 images lie in %s itself,"
                        .formatted(folder)
                + " without a class; " + known);
    }

    @Test
    void imagesThatDoNotFitAreRefusedThoughTheFirstOnesAreSmall() throws IOException {
        byte[] colours = bytes(image(BufferedImage.TYPE_INT_RGB, 2, 1, 0xff336699, 0xffff0010), "png");
        byte[] small = bytes(new BufferedImage(512, 512, BufferedImage.TYPE_BYTE_GRAY), "png");
        for (String name : List.of("a", "b")) {
            Files.createDirectories(folder.resolve(name));
        }
        // They would fit if all were grey and needed no scaling: a coloured one that is scaled needs 3 MiB.
        long count = Runtime.getRuntime().maxMemory() / (2 * MEBIBYTE);
        for (int i = 0; i < count; i++) {
            Files.write(
                    folder.resolve((i < count / 4 ? "a/" : "b/") + "%05d.png".formatted(i)),
                    i < count / 4 ? small : colours);
        }

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(OwnSpec.of(folder, 1).withImageSize(ImageSize.square(512))))
                .withMessageMatching(
                        "cannot read .*: about [0-9,]+ samples of 786,432 values need [0-9,]+ MiB of memory; [0-9,]+"
                                + " MiB are left; give Java more with JAVA_TOOL_OPTIONS=-Xmx[0-9]+m, or use a smaller"
                                + " file");
    }

    @Test
    void aLargeFirstImageDoesNotKeepOutSmallOnesThatFit() throws IOException {
        write("a/00000.png", image(BufferedImage.TYPE_INT_RGB, 2, 1, 0xff336699, 0xffff0010), "png");
        byte[] small = bytes(new BufferedImage(512, 512, BufferedImage.TYPE_BYTE_GRAY), "png");
        Files.createDirectories(folder.resolve("b"));
        int count = (int) (Runtime.getRuntime().maxMemory() / (3 * MEBIBYTE));
        for (int i = 0; i < count; i++) {
            Files.write(folder.resolve("b/%05d.png".formatted(i)), small);
        }

        OwnData data = OwnData.load(OwnSpec.of(folder, 1).withImageSize(ImageSize.square(512)));

        assertThat(data.train().size() + data.test().size()).isEqualTo(count + 1);
    }

    private void refused(String problem) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> OwnData.load(spec()))
                .withMessage("cannot read %s: %s", folder, problem);
    }

    @Test
    void theSizeMustBeGiven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(OwnSpec.of(folder, 1)))
                .withMessage("--image-size must give the size that images are scaled to; %s is a" + " folder", folder);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageSize.square(513))
                .withMessage("image size must be in [1, 512]; got 513");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ImageSize(48, 0))
                .withMessage("image size must be in [1, 512]; got 48x0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OwnData.load(spec().withTask(Task.REGRESSION)))
                .withMessageStartingWith("regression needs a table or arrays");
    }

    @Test
    void imagesNeedNotBeSquares() throws IOException {
        for (String name : List.of("a", "b")) { // 4 wide and 2 high; every value a number of its own
            for (int i = 0; i < 3; i++) {
                BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
                image.getRaster().setSamples(0, 0, 4, 2, 0, new int[] {0, 30, 60, 90, 120, 150, 180, 210});
                write("%s/%d.png".formatted(name, i), image, "png");
            }
        }
        OwnData data = OwnData.load(OwnSpec.of(folder, 1).withImageSize(new ImageSize(4, 2)));

        assertThat(data.schema().inputs()).isEqualTo(new Schema.Image(2, 4, 1));
        float[] values = new float[8];
        data.train().copyInput(0, values, 0);
        for (int i = 0; i < 8; i++) {
            assertThat(values[i]).isCloseTo(30 * i / 255f, within(1e-6f));
        }
        assertThat(data.schema().encodeImage(folder.resolve("a/0.png"))).containsExactly(values);

        // A target pixel of half the width and the whole height is the mean of four.
        OwnData narrow = OwnData.load(OwnSpec.of(folder, 1).withImageSize(new ImageSize(2, 1)));
        assertThat(narrow.schema().inputs()).isEqualTo(new Schema.Image(1, 2, 1));
        float[] means = new float[2];
        narrow.train().copyInput(0, means, 0);
        assertThat(means[0]).isCloseTo(75 / 255f, within(1e-6f));
        assertThat(means[1]).isCloseTo(135 / 255f, within(1e-6f));
    }

    @Test
    void sizesAreReadAndWritten() {
        assertThat(ImageSize.parse("32")).contains(ImageSize.square(32));
        assertThat(ImageSize.parse("48x32")).contains(new ImageSize(48, 32));
        assertThat(new ImageSize(48, 32)).hasToString("48x32");
        assertThat(new ImageSize(7, 7)).hasToString("7");
        for (String text : List.of("", "0", "513", "48x", "x32", "48x0", "48x32x3", "48×32", "-3", "4.5", "99999")) {
            assertThat(ImageSize.parse(text)).as(text).isEmpty();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("hostile")
    void aHostileImageIsNamedInBoundedMemory(String what, byte[] content, String problem) throws IOException {
        Path file = Files.write(folder.resolve("x.png"), content);

        assertThatExceptionOfType(IOException.class)
                .as(what)
                .isThrownBy(() -> ImageFile.decode(file, 32, 32))
                .withMessageStartingWith("cannot read " + file + ": ")
                .withMessageContaining(problem);
        assertThat(Allocation.of(() -> ImageFile.decode(file, 32, 32))).isLessThan(16 * MEBIBYTE + 8L * content.length);
    }

    static Stream<Arguments> hostile() throws IOException {
        byte[] png = bytes(noise(40), "png");
        byte[] bmp = bytes(noise(40), "bmp");
        byte[] gif = bytes(noise(40), "gif");
        byte[] jpeg = bytes(noise(40), "jpg");
        String size = "an image must have at most 100,000,000 pixels, at most 65,536 a side";
        return Stream.of(
                arguments("nothing", new byte[0], "got empty file; download it again"),
                arguments("text", "hello".getBytes(StandardCharsets.UTF_8), "got text; download it again"),
                arguments("a vector image", "<svg/>".getBytes(StandardCharsets.UTF_8), "got SVG; convert it to PNG"),
                arguments("a bitmap of bits", new byte[] {0, 0, 8, 8, 1, 2, 3, 4, 5, 6, 7, 8}, "image"),
                arguments(
                        "a TIFF",
                        HexFormat.of().parseHex("49492a0008000000"),
                        "it must be a PNG, JPEG, BMP, GIF or WebP image; got TIFF; convert it to PNG, JPEG or WebP"),
                arguments("2³¹ × 2³¹", png(Integer.MAX_VALUE, Integer.MAX_VALUE, 8, 6, new byte[10]), size),
                arguments("a negative size", png(-1, -1, 8, 6, new byte[10]), ""),
                arguments("no size", png(0, 10, 8, 6, new byte[10]), ""),
                arguments("a bomb of 400 megapixels", png(20_000, 20_000, 8, 2, new byte[10]), size),
                arguments("a long line", png(100_000, 10, 8, 0, new byte[10]), size),
                arguments("no pixels", png(10, 10, 8, 2, new byte[0]), ""),
                arguments("too few pixels", png(100, 100, 8, 2, new byte[500]), ""),
                arguments("an unknown colour type", png(10, 10, 8, 7, new byte[500]), ""),
                arguments("an unknown depth", png(10, 10, 99, 2, new byte[500]), ""),
                arguments("a palette that is missing", png(10, 10, 8, 3, new byte[500]), ""),
                arguments("a chunk that claims 2 GiB", changed(png, 33, 0x7f, 0xff, 0xff, 0xff), ""),
                arguments("a damaged checksum of pixels", changed(png, png.length / 2, 1, 2, 3, 4, 5), ""),
                arguments("a signature alone", Arrays.copyOf(png, 8), ""),
                arguments("a GIF's head", Arrays.copyOf(gif, 13), ""),
                arguments("half a GIF", Arrays.copyOf(gif, gif.length / 2), ""),
                arguments("a GIF of 65,535 × 65,535", gifOf(gif, 0xff), size),
                arguments("a BMP's head", Arrays.copyOf(bmp, 20), ""),
                arguments("half a BMP", Arrays.copyOf(bmp, bmp.length / 2), ""),
                arguments("a BMP of 2³¹ × 2³¹", changed(bmp, 18, 255, 255, 255, 127, 255, 255, 255, 127), ""),
                arguments("a BMP with a JPEG inside", changed(bmp, 30, 4), "this one embeds another format"),
                arguments("a BMP with a PNG inside", changed(bmp, 30, 5), "this one embeds another format"),
                arguments("a BMP with an absurd palette", changed(bmp, 10, 255, 255, 255, 127), ""),
                arguments("a JPEG's head", Arrays.copyOf(jpeg, 20), ""),
                arguments("half a JPEG", Arrays.copyOf(jpeg, jpeg.length / 2), "the image is truncated"),
                arguments("a JPEG of 61,680 × 61,680", jpegOf(jpeg, 0xf0), size),
                arguments("a JPEG without tables", jpegWithoutTables(jpeg), ""));
    }

    @ParameterizedTest
    @CsvSource({"10000,10000,1,0", "4000,8000,8,2", "65536,300,8,6"})
    void aSmallFileOfManyPixelsTakesBoundedMemory(int width, int height, int depth, int type) throws IOException {
        int channels = type == 2 ? 3 : type == 6 ? 4 : 1;
        Path file = Files.write(
                folder.resolve("bomb.png"),
                png(width, height, depth, type, (long) height * (1 + (width * depth * channels + 7) / 8)));
        assertThat(Files.size(file)).isLessThan(MEBIBYTE);

        assertThat(ImageFile.decode(file, 28, 28)).hasSize(3 * 28 * 28).containsOnly(type == 6 ? 1f : 0f);
        assertThat(Allocation.of(() -> ImageFile.decode(file, 28, 28))).isLessThan(96 * MEBIBYTE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpg"})
    void anImageCutOffAnywhereIsNamedOrWhole(String format) throws IOException {
        byte[] whole = bytes(noise(24), format);
        Path file = folder.resolve("x." + format);
        float[] pixels = ImageFile.decode(Files.write(file, whole), 24, 24);
        int refused = 0;
        for (int length = 0; length < whole.length; length += Math.max(1, whole.length / 300)) {
            Files.write(file, Arrays.copyOf(whole, length));
            try {
                assertThat(ImageFile.decode(file, 24, 24))
                        .as("%d of %d bytes", length, whole.length)
                        .isEqualTo(pixels);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("cannot read " + file + ": ");
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(250);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp", "jpg"})
    void anImageDamagedAnywhereIsNamedOrDecoded(String format) throws IOException {
        SplittableRandom random = new SplittableRandom(6);
        byte[] whole = bytes(noise(24), format);
        Path file = folder.resolve("x." + format);
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            for (int j = 0; j < 3; j++) {
                damaged[random.nextInt(i % 2 == 0 ? Math.min(100, whole.length) : whole.length)] =
                        (byte) random.nextInt(256);
            }
            Files.write(file, damaged);
            try {
                assertThat(ImageFile.decode(file, 24, 24)).hasSize(3 * 24 * 24);
            } catch (IOException e) {
                assertThat(e).hasMessageStartingWith("cannot read " + file + ": ");
            }
        }
    }

    @Test
    void whatIsNoFileIsNotEncoded() {
        Schema schema = new Schema(new Schema.Image(2, 2, 1), new Schema.Classes(List.of("a", "b")));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> schema.encodeImage(folder))
                .withMessage("cannot read %s: it is not a regular file", folder);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> schema.encodeImage(folder.resolve("no.png")))
                .withMessage("cannot read %s: it does not exist", folder.resolve("no.png"));
    }

    // ---- helpers ----

    private OwnSpec spec() {
        return OwnSpec.of(folder, 1).withImageSize(ImageSize.square(2));
    }

    private void twoClasses() throws IOException {
        for (String name : List.of("a", "b")) {
            for (int i = 1; i <= 4; i++) {
                write("%s/%d.png".formatted(name, i), grey(i, i), "png");
            }
        }
    }

    private Path write(String name, BufferedImage image, String format) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.write(file, bytes(image, format));
    }

    private static byte[] bytes(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, format, out)).isTrue();
        return out.toByteArray();
    }

    private static BufferedImage image(int type, int width, int height, int... colours) {
        BufferedImage image = new BufferedImage(width, height, type);
        image.setRGB(0, 0, width, height, colours, 0, width);
        return image;
    }

    /// One pixel row of `first` and one of `second`.
    private static BufferedImage grey(int first, int second) {
        BufferedImage image = new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY);
        image.getRaster().setPixels(0, 0, 2, 2, new int[] {first, first, second, second});
        return image;
    }

    private static BufferedImage noise(int size) {
        SplittableRandom random = new SplittableRandom(size);
        BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < size * size; i++) {
            image.setRGB(i % size, i / size, random.nextInt() & 0xf0f0f0);
        }
        return image;
    }

    private static byte[] changed(byte[] bytes, int at, int... values) {
        byte[] changed = bytes.clone();
        for (int i = 0; i < values.length; i++) {
            changed[at + i] = (byte) values[i];
        }
        return changed;
    }

    private static byte[] gifOf(byte[] gif, int size) {
        for (int i = 13; i < gif.length; i++) {
            if (gif[i] == 0x2c && gif[i + 5] == 40 && gif[i + 7] == 40) {
                return changed(changed(gif, i + 5, size, size, size, size), 6, size, size, size, size);
            }
        }
        throw new AssertionError("no image descriptor");
    }

    private static byte[] jpegOf(byte[] jpeg, int size) {
        for (int i = 0; i < jpeg.length; i++) {
            if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == 0xc0) {
                return changed(jpeg, i + 5, size, size, size, size);
            }
        }
        throw new AssertionError("no frame header");
    }

    private static byte[] jpegWithoutTables(byte[] jpeg) {
        for (int i = 0; i < jpeg.length; i++) {
            if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == 0xdb) {
                return changed(jpeg, i, 0xff, 0xfe);
            }
        }
        throw new AssertionError("no tables");
    }

    private static byte[] png(int width, int height, int depth, int type, byte[] pixels) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
            deflater.write(pixels);
        }
        return png(width, height, depth, type, data);
    }

    /// Pixels that are all zero.
    private static byte[] png(int width, int height, int depth, int type, long pixels) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        byte[] block = new byte[MEBIBYTE];
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(data)) {
            for (long left = pixels; left > 0; left -= block.length) {
                deflater.write(block, 0, (int) Math.min(left, block.length));
            }
        }
        return png(width, height, depth, type, data);
    }

    private static byte[] png(int width, int height, int depth, int type, ByteArrayOutputStream data)
            throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(HexFormat.of().parseHex("89504e470d0a1a0a"));
        chunk(
                out,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put((byte) depth)
                        .put((byte) type)
                        .array());
        chunk(out, "IDAT", data.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream out, String name, byte[] content) throws IOException {
        byte[] type = name.getBytes(StandardCharsets.US_ASCII);
        CRC32 crc = new CRC32();
        crc.update(type);
        crc.update(content);
        out.write(ByteBuffer.allocate(4).putInt(content.length).array());
        out.write(type);
        out.write(content);
        out.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
