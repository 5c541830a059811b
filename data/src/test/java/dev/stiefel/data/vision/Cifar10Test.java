package dev.stiefel.data.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.data.own.Schema;
import dev.stiefel.train.Samples;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The binary format of CIFAR-10: in small, on images of 1 × 2 pixels in colour, and at its size.
final class Cifar10Test {
    /// Three records in two files, and two to test: label, two of red, two of green, two of blue.
    private static final byte[] FIRST = {2, 10, 20, 30, 40, 50, 60, 0, 0, 0, 0, 0, 0, 0};

    private static final byte[] SECOND = {1, 1, 2, 3, 4, 5, 6};
    private static final byte[] TEST = {0, 100, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 100};

    @TempDir
    Path temporary;

    Path given;
    DataSets toys;

    @BeforeEach
    void makeToys() throws IOException {
        given = Files.createDirectory(temporary.resolve("given"));
        DataSetInfo info = new DataSetInfo(
                "toy",
                "a toy",
                3,
                2,
                1,
                2,
                3,
                100,
                List.of("ant", "bee", "cat"),
                "none",
                "here",
                List.of(),
                List.of(
                        DataFile.describing("one.bin", FIRST),
                        DataFile.describing("two.bin", SECOND),
                        DataFile.describing("test.bin", TEST)));
        toys = new DataSets(
                List.of(new CatalogueEntry.Archived(info, 1, new TarGz("toy.tar.gz", "toy-bin"), List.of())),
                DataFolders.in(temporary.resolve("cache")).withFolder(given));
    }

    @Test
    void imagesAreReadChannelByChannelFromWhereTheyLie() throws IOException {
        write(given, FIRST, SECOND, TEST);

        VisionData toy = toys.load("toy");

        assertThat(toy.train().copyLabels()).containsExactly(2, 0, 1);
        assertThat(toy.test().copyLabels()).containsExactly(0, 2);
        assertThat(input(toy.train(), 0)).containsExactly(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f);
        assertThat(input(toy.test(), 1)).containsExactly(0, 0, 0, 0, 0, 1);
        assertThat(toy.remarks()).isEmpty();
        assertThat(toy.files()).isEqualTo(toy.info().files());
        assertThat(toys.checkGiven("toy")).hasSize(3).allMatch(FileCheck.Whole.class::isInstance);
        assertThat(temporary.resolve("cache")).doesNotExist();
    }

    @Test
    void filesInAnotherOrderAreTakenWithARemarkAndTheirOwnChecksums() throws IOException {
        byte[] turned = FIRST.clone();
        System.arraycopy(FIRST, 7, turned, 0, 7);
        System.arraycopy(FIRST, 0, turned, 7, 7);
        write(Files.createDirectory(given.resolve("toy-bin")), turned, SECOND, TEST);

        VisionData toy = toys.load("toy");

        assertThat(toy.train().copyLabels()).containsExactly(0, 2, 1);
        assertThat(toy.remarks())
                .containsExactly("data set 'toy': not the published files by their SHA-256, so in another order, or"
                        + " other images: one.bin in " + given.resolve("toy-bin"));
        assertThat(toy.sha256())
                .containsEntry("one.bin", DataFile.describing("one.bin", turned).sha256())
                .containsEntry("two.bin", toy.info().files().get(1).sha256());
        assertThat(toys.checkGiven("toy").getFirst()).isInstanceOf(FileCheck.Unofficial.class);
    }

    @Test
    void aNamedFolderGoesBeforeTheCacheAndMayHaveASubfolderOfTheName() throws IOException {
        write(given, FIRST, SECOND, TEST);
        toys.fetch("toy");
        byte[] other = SECOND.clone();
        other[0] = 0;
        for (Path at : List.of(given.resolve("toy"), given.resolve("toy/toy-bin"))) {
            write(Files.createDirectory(at), FIRST, other, TEST);
            assertThat(toys.load("toy").train().copyLabels()).containsExactly(2, 0, 0);
            for (String name : List.of("one.bin", "two.bin", "test.bin")) {
                Files.delete(at.resolve(name));
            }
        }
        assertThat(toys.load("toy").train().copyLabels()).containsExactly(2, 0, 1);
    }

    @Test
    void theArchiveIsUnpackedIntoTheCache() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(given.resolve("toy.tar.gz")))) {
            out.write(Tars.of(
                    "toy-bin/", List.of("readme", "one.bin", "two.bin", "test.bin"), new byte[5], FIRST, SECOND, TEST));
        }

        assertThat(toys.load("toy").train().copyLabels()).containsExactly(2, 0, 1);
        assertThat(toys.check("toy")).hasSize(3).allMatch(FileCheck.Whole.class::isInstance);
        assertThat(toys.checkGiven("toy")).isEmpty();

        Files.delete(given.resolve("toy.tar.gz"));
        assertThat(toys.load("toy").test().copyLabels()).containsExactly(0, 2);
    }

    @Test
    void anImageFileIsBroughtToTheSameForm() throws IOException {
        write(given, FIRST, SECOND, TEST);
        BufferedImage image = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
        image.setRGB(0, 0, 0x0A1E32); // 10, 30, 50: of the first record with 255 for the brightest
        image.setRGB(1, 0, 0x14283C);
        Path file = temporary.resolve("first.png");
        assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();

        float[] encoded = Schema.of(toys.info("toy")).encodeImage(file);

        float[] expected = input(toys.load("toy").train(), 0);
        for (int i = 0; i < expected.length; i++) {
            assertThat(encoded[i] * 255).isCloseTo(expected[i] * 100, within(1e-4f));
        }
    }

    @Test
    void filesMayBeGzipped() throws IOException {
        write(given, FIRST, SECOND, TEST);
        Files.delete(given.resolve("one.bin"));
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(given.resolve("one.bin.gz")))) {
            out.write(FIRST);
        }

        assertThat(toys.load("toy").remarks()).isEmpty();
    }

    @Test
    void whatIsNoSuchFileIsNamed() throws IOException {
        write(given, FIRST, new byte[8], TEST);
        assertRefused("two.bin: it must have 7 bytes (1 records of 7); got more");
        write(given, FIRST, new byte[6], TEST);
        assertRefused("two.bin: it must have 7 bytes (1 records of 7); got 6");
        byte[] wild = FIRST.clone();
        wild[7] = (byte) 200;
        write(given, wild, SECOND, TEST);
        assertRefused("one.bin: labels must be in [0, 2]; record 2 has 200");
        assertThat(toys.checkGiven("toy").getFirst()).isInstanceOf(FileCheck.Damaged.class);
        Files.delete(given.resolve("test.bin"));
        write(given.resolve("one.bin"), FIRST);
        assertThatIOException()
                .isThrownBy(() -> toys.load("toy"))
                .withMessage("data set 'toy': %s has no test.bin (nor with .gz)", given);
        assertThat(toys.checkGiven("toy").getLast()).isInstanceOf(FileCheck.Missing.class);
    }

    @Test
    void withoutFilesTheMessageSaysWhatWasLookedFor() {
        assertThatIOException()
                .isThrownBy(() -> toys.load("toy"))
                .withMessageContaining(
                        "no source gave one.bin, two.bin, test.bin; folder %s: it has no toy.tar.gz", given);
    }

    /// All of it, as large as it is, in files that are not the published ones.
    @Test
    void theSetItselfIsReadAtItsSize() throws IOException {
        DataSets sets = DataSets.in(temporary.resolve("cache")).withFolder(given);
        List<String> names = new ArrayList<>();
        for (DataFile file : sets.info("cifar10").files()) {
            byte[] content = new byte[(int) file.bytes()];
            for (int record = 0; record < 10_000; record++) {
                content[record * 3073] = (byte) (record % 10);
            }
            content[1] = (byte) (51 * (names.size() % 5));
            content[content.length - 1] = (byte) 255;
            Files.write(given.resolve(file.name()), content);
            names.add(file.name());
        }

        long before = heapInUse();
        VisionData cifar = sets.load("cifar10");
        long values = 60_000L * 3072;
        assertThat(heapInUse() - before).as("a byte a value").isBetween(values, values * 11 / 10);

        assertThat(cifar.train().size()).isEqualTo(50_000);
        assertThat(cifar.test().size()).isEqualTo(10_000);
        assertThat(cifar.train().width()).isEqualTo(3072);
        assertThat(cifar.train().label(19_999)).isEqualTo(9);
        assertThat(input(cifar.train(), 20_000)[0]).isEqualTo(102 / 255f);
        assertThat(input(cifar.train(), 49_999)[3071]).isEqualTo(1f);
        assertThat(cifar.sha256().sequencedKeySet()).containsExactlyElementsOf(names);
        assertThat(cifar.remarks()).hasSize(1);
        assertThat(Schema.of(cifar.info()).inputs()).isEqualTo(new Schema.Image(32, 32, 3));
        assertThat(Schema.of(cifar.info()).outputs().toString()).contains("airplane", "truck");
    }

    private static long heapInUse() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private void assertRefused(String message) {
        assertThatIOException().isThrownBy(() -> toys.load("toy")).withMessage("cannot read %s/%s", given, message);
    }

    private static void write(Path folder, byte[] first, byte[] second, byte[] test) throws IOException {
        write(folder.resolve("one.bin"), first);
        write(folder.resolve("two.bin"), second);
        write(folder.resolve("test.bin"), test);
    }

    private static void write(Path file, byte[] content) throws IOException {
        Files.write(file, content);
    }

    private static float[] input(Samples samples, int row) {
        float[] input = new float[samples.width()];
        samples.copyInput(row, input, 0);
        return input;
    }
}
