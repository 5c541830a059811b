package dev.stiefel.data.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.stiefel.train.ByteSamples;
import dev.stiefel.train.SampleTargets;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdxTest {
    @TempDir
    Path folder;

    Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("images");
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void everyElementComesBackPlainAndGzipped(int[] shape) throws IOException {
        int[] elements = randomBytes(Arrays.stream(shape).reduce(1, Math::multiplyExact));
        byte[] bytes = IdxFiles.bytes(shape, elements);
        for (byte[] content : List.of(bytes, gzip(bytes))) {
            Files.write(file, content);

            Idx read = Idx.read(file);

            assertThat(read.shape()).isEqualTo(Arrays.stream(shape).boxed().toList());
            assertThat(read.size()).isEqualTo(elements.length);
            assertThat(read.toInts()).isEqualTo(elements);
        }
    }

    static Stream<int[]> shapes() {
        return Stream.of(
                new int[] {1},
                new int[] {7},
                new int[] {20},
                new int[] {5, 3},
                new int[] {2, 3, 4},
                new int[] {3, 28, 28},
                new int[] {2, 3, 5, 7});
    }

    @Test
    void elementsAreUnsignedAndScaleToTheUnitInterval() throws IOException {
        Files.write(file, IdxFiles.bytes(new int[] {4}, 0, 51, 128, 255));

        Idx read = Idx.read(file);

        assertThat(read.get(3)).isEqualTo(255);
        ByteSamples.Builder samples = ByteSamples.builder(2, 2, 255);
        read.addTo(samples);
        float[] scaled = new float[4];
        samples.build(SampleTargets.classes(new int[2], 1)).copyInputs(0, 2, scaled, 0);
        assertThat(scaled).containsExactly(0f, 0.2f, 128f / 255f, 1f);
    }

    @Test
    void anIndexOutsideIsRejected() throws IOException {
        Idx read = Idx.parse(IdxFiles.bytes(new int[] {2}, 1, 2), "x");

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> read.get(-1));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> read.get(2));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedFileIsNamedAndDescribed(byte[] content, String problem) throws IOException {
        Files.write(file, content);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(file))
                .withMessage("cannot read " + file + ": " + problem);
    }

    @ParameterizedTest
    @MethodSource("damages")
    void aDamagedFileIsDescribedAlikeWhenGzipped(byte[] content, String problem) throws IOException {
        Files.write(file, gzip(content));

        // Of a file that is too long, only one byte too many is unpacked.
        String described = problem.replace("got 23;", "got 21;");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(file))
                .withMessage("cannot read " + file + ": " + described);
    }

    static Stream<Arguments> damages() {
        byte[] whole = IdxFiles.bytes(new int[] {2, 2, 2}, 1, 2, 3, 4);
        return Stream.of(
                arguments(new byte[0], "the header needs 4 bytes; got 0; the file is truncated"),
                arguments(new byte[] {0, 0, 8}, "the header needs 4 bytes; got 3; the file is truncated"),
                arguments(Arrays.copyOf(whole, 15), "the header needs 16 bytes; got 15; the file is truncated"),
                arguments(whole, "[2, 2, 2] needs 24 bytes; got 20; the file is truncated"),
                arguments(
                        IdxFiles.bytes(new int[] {2, 2, 1}, 1, 2, 3, 4, 5, 6, 7),
                        "[2, 2, 1] needs 20 bytes; got 23; the file is too long"),
                arguments(
                        "PK\3\4".getBytes(StandardCharsets.US_ASCII),
                        "the first two bytes must be 0x00 0x00; got 0x50 0x4b; this is not an IDX file"),
                arguments(
                        new byte[] {0, 0, 0x0d, 1, 0, 0, 0, 1, 0, 0, 0, 0},
                        "the element type must be 0x08 (unsigned byte); got 0x0d"),
                arguments(new byte[] {0, 0, 8, 0}, "the number of dimensions must be in [1, 4]; got 0"),
                arguments(
                        IdxFiles.bytes(new int[] {1, 1, 1, 1, 1}, 9),
                        "the number of dimensions must be in [1, 4]; got 5"),
                arguments(new byte[] {0, 0, 8, (byte) 0xff}, "the number of dimensions must be in [1, 4]; got 255"),
                arguments(IdxFiles.bytes(new int[] {3, 0}), "every dimension must be in [1, 2147483647]; got [3, 0]"),
                arguments(IdxFiles.bytes(new int[] {3, -1}), "every dimension must be in [1, 2147483647]; got [3, -1]"),
                arguments(
                        IdxFiles.bytes(new int[] {65536, 65536}),
                        "an array must fit 2147483639 bytes; got the shape [65536, 65536]"),
                arguments(
                        IdxFiles.bytes(new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}),
                        "an array must fit 2147483639 bytes; got the shape [2147483647, 2147483647, 2147483647]"),
                arguments(
                        IdxFiles.bytes(new int[] {60000, 28, 28}, 1),
                        "[60000, 28, 28] needs 47040016 bytes; got 17; the file is truncated"));
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 12, 30, 57})
    void aGzipFileThatIsCutOffIsNamed(int kept) throws IOException {
        byte[] packed = gzip(IdxFiles.bytes(new int[] {40}, randomBytes(40)));
        Files.write(file, Arrays.copyOf(packed, kept));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(file))
                .withMessageStartingWith("cannot read " + file + ": it must be a whole gzip file; got: ");
    }

    @Test
    void aGzipFileWithAWrongChecksumIsNamed() throws IOException {
        byte[] packed = gzip(IdxFiles.bytes(new int[] {40}, randomBytes(40)));
        packed[packed.length - 8] ^= 1;
        Files.write(file, packed);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(file))
                .withMessageStartingWith("cannot read " + file + ": it must be a whole gzip file; got: ");
    }

    @Test
    void aMissingFileAndAFolderAreNamed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(file))
                .withMessage("cannot read " + file + ": no such file");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Idx.read(folder))
                .withMessageStartingWith("cannot read " + folder + ": ");
    }

    private static int[] randomBytes(int size) {
        return new SplittableRandom(size).ints(size, 0, 256).toArray();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
