package dev.stiefel.data.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The binary format of CIFAR-100: in small, on images of 1 × 2 pixels in colour, and at its size.
final class Cifar100Test {
    /// Records of a group's label, the class's, two of red, two of green, two of blue.
    private static final byte[] TRAIN = {19, 2, 10, 20, 30, 40, 50, 60, 0, 1, 1, 2, 3, 4, 5, 6};

    private static final byte[] TEST = {7, 0, 100, 0, 0, 0, 0, 0};

    @TempDir
    Path given;

    @TempDir
    Path cache;

    private DataSets toys;

    @BeforeEach
    void makeToys() {
        DataSetInfo info = new DataSetInfo(
                "toy",
                "a toy",
                2,
                1,
                1,
                2,
                3,
                100,
                List.of("ant", "bee", "cat"),
                "none",
                "here",
                List.of(),
                List.of(DataFile.describing("train.bin", TRAIN), DataFile.describing("test.bin", TEST)));
        toys = new DataSets(
                List.of(new CatalogueEntry.Archived(info, 2, new TarGz("toy.tar.gz", "toy-bin"), List.of())),
                DataFolders.in(cache).withFolder(given));
    }

    @Test
    void theLabelOfTheGroupIsReadPast() throws IOException {
        Files.write(given.resolve("train.bin"), TRAIN);
        Files.write(given.resolve("test.bin"), TEST);

        assertToy(toys.load("toy"));
        assertThat(toys.checkGiven("toy")).hasSize(2).allMatch(FileCheck.Whole.class::isInstance);
    }

    @Test
    void theArchiveMayHoldNamesOfLabelsBesideTheRecords() throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(given.resolve("toy.tar.gz")))) {
            out.write(Tars.of(
                    "toy-bin/",
                    List.of("coarse_label_names.txt", "train.bin", "fine_label_names.txt", "test.bin"),
                    new byte[5],
                    TRAIN,
                    new byte[700],
                    TEST));
        }

        assertToy(toys.load("toy"));
    }

    @Test
    void lengthsAndLabelsAreChecked() throws IOException {
        byte[] wild = TRAIN.clone();
        wild[9] = 3;
        Files.write(given.resolve("train.bin"), wild);
        Files.write(given.resolve("test.bin"), TEST);
        assertThatIOException()
                .isThrownBy(() -> toys.load("toy"))
                .withMessage("cannot read %s/train.bin: labels must be in [0, 2]; record 2 has 3", given);
        Files.write(given.resolve("train.bin"), new byte[14]); // records as those of CIFAR-10
        assertThatIOException()
                .isThrownBy(() -> toys.load("toy"))
                .withMessage("cannot read %s/train.bin: it must have 16 bytes (2 records of 8); got 14", given);
    }

    @Test
    void theSetItselfIsReadAtItsSize() throws IOException {
        DataSets sets = DataSets.in(cache).withFolder(given);
        DataSetInfo info = sets.info("cifar100");
        for (DataFile file : info.files()) {
            byte[] content = new byte[(int) file.bytes()];
            for (int record = 0; record * 3074 < content.length; record++) {
                content[record * 3074] = (byte) 200;
                content[record * 3074 + 1] = (byte) (record % 100);
            }
            content[content.length - 1] = (byte) 255;
            Files.createDirectories(given.resolve("cifar-100-binary"));
            Files.write(given.resolve("cifar-100-binary").resolve(file.name()), content);
        }

        VisionData cifar = sets.load("cifar100");

        assertThat(cifar.train().size()).isEqualTo(50_000);
        assertThat(cifar.test().size()).isEqualTo(10_000);
        assertThat(cifar.train().label(12_399)).isEqualTo(99);
        assertThat(input(cifar.test(), 9_999)[3071]).isEqualTo(1f);
        assertThat(cifar.remarks()).hasSize(1);
        assertThat(info.classNames()).hasSize(100).isSorted();
        assertThat(info.classNames()).contains("apple", "lawn_mower", "worm");
    }

    private static void assertToy(VisionData toy) {
        assertThat(toy.train().copyLabels()).containsExactly(2, 1);
        assertThat(toy.test().copyLabels()).containsExactly(0);
        assertThat(input(toy.train(), 0)).containsExactly(0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f);
        assertThat(input(toy.test(), 0)).containsExactly(1, 0, 0, 0, 0, 0);
        assertThat(toy.remarks()).isEmpty();
    }

    private static float[] input(Samples samples, int row) {
        float[] input = new float[samples.width()];
        samples.copyInput(row, input, 0);
        return input;
    }
}
