package dev.stiefel.data.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.FolderSource;
import dev.stiefel.data.own.Schema;
import dev.stiefel.train.Samples;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The layout of tiny-ImageNet-200 in small: three classes of images of 8 × 16 pixels, 5 to train and 4 to test.
final class TinyImageNetTest {
    private static final String ZIP = "tiny.zip";
    private static final String ROOT = "tiny-200/";
    private static final int PIXELS = 8 * 16;

    @TempDir
    Path given;

    @TempDir
    Path cache;

    private final Map<String, byte[]> files = new LinkedHashMap<>();

    /// Images of one colour, of which JPEG keeps all but the last bits; one is grey, also in its file.
    @BeforeEach
    void makeFiles() throws IOException {
        files.put("wnids.txt", text("n03\nn01\nn02\n"));
        files.put("words.txt", text("n00\tentity\nn01\tgoldfish, Carassius auratus\nn02\tcrane\nn03\tcrane\n"));
        files.put("train/n03/n03_boxes.txt", text("n03_0.JPEG\t0\t0\t9\t9\n"));
        files.put("train/n03/images/n03_0.JPEG", jpeg(new Color(200, 10, 30), BufferedImage.TYPE_INT_RGB));
        files.put("train/n01/images/n01_10.JPEG", jpeg(new Color(20, 200, 40), BufferedImage.TYPE_INT_RGB));
        files.put("train/n01/images/n01_2.JPEG", jpeg(new Color(120, 120, 120), BufferedImage.TYPE_BYTE_GRAY));
        files.put("train/n02/images/n02_0.JPEG", jpeg(new Color(50, 60, 70), BufferedImage.TYPE_INT_RGB));
        files.put("train/n02/images/n02_1.JPEG", jpeg(new Color(250, 250, 0), BufferedImage.TYPE_INT_RGB));
        files.put("val/val_annotations.txt", text("""
            val_1.JPEG\tn02\t0\t0\t9\t9
            val_0.JPEG\tn01\t0\t0\t9\t9
            val_3.JPEG\tn03\t1\t2\t3\t4
            val_2.JPEG\tn01\t1\t2\t3\t4
            """));
        for (int i = 0; i < 4; i++) {
            files.put("val/images/val_%d.JPEG".formatted(i), jpeg(new Color(60 * i, 5, 5), BufferedImage.TYPE_INT_RGB));
        }
        files.put("test/images/test_0.JPEG", text("no image, and not read"));
    }

    private DataSets toys(DataFile zip) {
        DataSetInfo info = new DataSetInfo(
                "toy", "a toy", 5, 4, 8, 16, 3, 255, List.of("0", "1", "2"), "none", "here", List.of(), List.of(zip));
        return new DataSets(
                List.of(new CatalogueEntry.Zipped(
                        info, "tiny-200", List.of(new FolderSource(given.resolve("server"))))),
                DataFolders.in(cache).withFolder(given));
    }

    private DataSets toys() throws IOException {
        return toys(DataFile.describing(ZIP, zip()));
    }

    @Test
    void aFolderIsReadWhereItLies() throws IOException {
        unpack(given.resolve("tiny-200"));

        VisionData toy = toys().load("toy");

        assertToy(toy);
        assertThat(cache).isEmptyDirectory();
        assertThat(toys().checkGiven("toy").getFirst()).isInstanceOf(FileCheck.Unofficial.class);
    }

    @Test
    void theArchiveIsReadWhereItLiesAndSaysTheSameAsTheFolder() throws IOException {
        unpack(Files.createDirectory(given.resolve("toy")));
        Map<String, String> unpacked = toys().load("toy").sha256();
        deleteFiles(given.resolve("toy"));
        Files.write(given.resolve(ZIP), zip());

        VisionData toy = toys().load("toy");

        assertToy(toy);
        assertThat(toy.sha256()).isEqualTo(unpacked);
        assertThat(toy.remarks()).isEmpty();
        assertThat(cache).isEmptyDirectory();
        assertThat(toys().checkGiven("toy").getFirst()).isInstanceOf(FileCheck.Whole.class);
    }

    @Test
    void anotherArchiveIsTakenWithARemark() throws IOException {
        Files.write(given.resolve(ZIP), zip());

        VisionData toy = toys(DataFile.describing(ZIP, new byte[9])).load("toy");

        assertToy(toy);
        assertThat(toy.remarks())
                .containsExactly(
                        "data set 'toy': not the published file by its SHA-256: %s".formatted(given.resolve(ZIP)));
    }

    @Test
    void theArchiveIsFetchedOnceAndADamagedOneAgain() throws IOException {
        Path server = Files.createDirectory(given.resolve("server"));
        Files.write(server.resolve(ZIP), zip());
        DataSets toys = toys();

        assertToy(toys.load("toy"));
        assertThat(toys.check("toy")).hasSize(1).allMatch(FileCheck.Whole.class::isInstance);

        Path cached = cache.resolve("data/toy").resolve(ZIP);
        byte[] content = Files.readAllBytes(cached);
        content[100]++;
        Files.write(cached, content);
        assertToy(toys.load("toy"));

        Files.delete(server.resolve(ZIP));
        assertToy(toys.load("toy"));
        Files.write(cached, content);
        assertThatIOException()
                .isThrownBy(() -> toys.load("toy"))
                .withMessageContaining("cannot fetch data set 'toy': no source gave tiny.zip");
    }

    @Test
    void withoutWordsClassesHaveTheirIds() throws IOException {
        files.remove("words.txt");
        unpack(given.resolve("tiny-200"));

        assertThat(toys().load("toy").info().classNames()).containsExactly("n01", "n02", "n03");
    }

    @Test
    void whatIsMissingOrDamagedIsNamed() throws IOException {
        Path root = given.resolve("tiny-200");
        assertRefused(
                "val/images/val_2.JPEG",
                jpeg(8, 8),
                "cannot read %s/val/images/val_2.JPEG: the image must have" + " 8 × 16 pixels; got 8 × 8");
        assertRefused("train/n01/images/n01_2.JPEG", text("wrong"), "cannot read %s/train/n01/images/n01_2.JPEG: ");
        assertRefused(
                "val/val_annotations.txt",
                text("val_0.JPEG\tn01\nval_1.JPEG\tn09\n"),
                "cannot read %s/val/val_annotations.txt: each line must have an image in val/images and its class;"
                        + " line 2 has 'val_1.JPEG n09'");
        assertRefused(
                "val/val_annotations.txt",
                text("val_0.JPEG\tn01\n../../x.JPEG\tn01\n"),
                "cannot read %s/val/val_annotations.txt: each line must have an image in val/images and its class;"
                        + " line 2 has '../../x.JPEG n01'");
        assertRefused(
                "val/val_annotations.txt",
                text("val_0.JPEG\tn01\n"),
                "cannot read %s: it must have 4 test images; got 1");
        assertRefused(
                "train/n02/images/n02_7.JPEG", jpeg(8, 16), "cannot read %s: it must have 5 training images; got 6");
        files.remove("train/n02/images/n02_7.JPEG");
        assertRefused(
                "train/n07/images/n07_0.JPEG",
                jpeg(8, 16),
                "cannot read %s: train must have 3 folders of classes with images; got 4");
        assertThat(toys().checkGiven("toy").getFirst()).isInstanceOf(FileCheck.Damaged.class);
        deleteFiles(root);
        Files.write(given.resolve(ZIP), text("no archive"));
        assertThatIOException()
                .isThrownBy(() -> toys().load("toy"))
                .withMessageStartingWith("cannot read %s: ".formatted(given.resolve(ZIP)));
    }

    @Test
    void theSetItselfIsKnown() {
        DataSetInfo info = DataSets.in(cache).info("tiny-imagenet");

        assertThat(info.inputWidth()).isEqualTo(3 * 64 * 64);
        assertThat(info.classes()).isEqualTo(200);
        assertThat(info.bytes()).isEqualTo(248_100_043);
    }

    private void assertRefused(String file, byte[] content, String message) throws IOException {
        Path root = given.resolve("tiny-200");
        byte[] before = files.put(file, content);
        unpack(root);
        assertThatIOException().isThrownBy(() -> toys().load("toy")).withMessageStartingWith(message.formatted(root));
        if (before == null) {
            return;
        }
        files.put(file, before);
    }

    private static void assertToy(VisionData toy) {
        assertThat(toy.info().classNames()).containsExactly("goldfish", "n02", "n03");
        assertThat(Schema.of(toy.info()).inputs()).isEqualTo(new Schema.Image(8, 16, 3));
        // An image of each class in turn; names are in the order of their numbers.
        assertThat(toy.train().copyLabels()).containsExactly(0, 1, 2, 0, 1);
        assertThat(toy.test().copyLabels()).containsExactly(1, 0, 2, 0);
        assertColour(toy.train(), 0, 120, 120, 120);
        assertColour(toy.train(), 1, 50, 60, 70);
        assertColour(toy.train(), 2, 200, 10, 30);
        assertColour(toy.train(), 3, 20, 200, 40);
        assertColour(toy.train(), 4, 250, 250, 0);
        assertColour(toy.test(), 0, 60, 5, 5);
        assertColour(toy.test(), 2, 180, 5, 5);
        float[] grey = input(toy.train(), 0);
        assertThat(grey[0]).isEqualTo(grey[PIXELS]).isEqualTo(grey[2 * PIXELS]);
    }

    private static void assertColour(Samples samples, int row, int red, int green, int blue) {
        float[] input = input(samples, row);
        int[] colour = {red, green, blue};
        for (int i = 0; i < input.length; i++) {
            assertThat(input[i] * 255).isCloseTo(colour[i / PIXELS], within(3.5f));
        }
    }

    private static float[] input(Samples samples, int row) {
        float[] input = new float[samples.width()];
        samples.copyInput(row, input, 0);
        return input;
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] jpeg(int height, int width) throws IOException {
        return jpeg(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB));
    }

    private static byte[] jpeg(Color colour, int type) throws IOException {
        BufferedImage image = new BufferedImage(16, 8, type);
        if (type == BufferedImage.TYPE_BYTE_GRAY) { // drawing would change the value by a profile
            for (int i = 0; i < PIXELS; i++) {
                image.getRaster().setSample(i % 16, i / 16, 0, colour.getRed());
            }
        } else {
            Graphics2D graphics = image.createGraphics();
            graphics.setColor(colour);
            graphics.fillRect(0, 0, 16, 8);
            graphics.dispose();
        }
        return jpeg(image);
    }

    private static byte[] jpeg(BufferedImage image) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThat(ImageIO.write(image, "jpeg", out)).isTrue();
        return out.toByteArray();
    }

    private byte[] zip() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            ZipEntry folder = new ZipEntry(ROOT);
            folder.setTime(0);
            zip.putNextEntry(folder);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(ROOT + file.getKey());
                entry.setTime(0);
                zip.putNextEntry(entry);
                zip.write(file.getValue());
            }
        }
        return out.toByteArray();
    }

    private void unpack(Path folder) throws IOException {
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path path = folder.resolve(file.getKey());
            Files.createDirectories(path.getParent());
            Files.write(path, file.getValue());
        }
        for (Path path : plainFiles(folder)) {
            if (!files.containsKey(folder.relativize(path).toString().replace('\\', '/'))) {
                Files.delete(path);
            }
        }
    }

    private static List<Path> plainFiles(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }

    private static void deleteFiles(Path folder) throws IOException {
        for (Path path : plainFiles(folder)) {
            Files.delete(path);
        }
    }
}
