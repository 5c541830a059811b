package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarGzTest {
    private static final byte[] ONE = TestFiles.randomBytes(700, 1);
    private static final byte[] TWO = TestFiles.randomBytes(20_000, 2);
    private static final byte[] PACKED = TestFiles.gzip(TestFiles.tar(
            TestFiles.tarEntry("toy/one", ONE),
            TestFiles.tarEntry("other/two", ONE),
            TestFiles.tarEntry("toy/two", TWO)));
    private static final TarGz ARCHIVE = new TarGz("toy.tar.gz", "toy");

    @TempDir
    Path folder;

    @Test
    void filesOfAFolderAreRead() throws IOException {
        Path path = Files.write(folder.resolve("copy"), PACKED);
        Map<String, byte[]> contents = ARCHIVE.read(path, List.of("two", "one"));
        assertThat(contents.keySet()).containsExactlyInAnyOrder("one", "two");
        assertThat(contents.get("one")).isEqualTo(ONE);
        assertThat(contents.get("two")).isEqualTo(TWO);
    }

    @Test
    void whatIsNotThereIsNamed() throws IOException {
        Path path = Files.write(folder.resolve("copy"), PACKED);
        assertThatIOException()
                .isThrownBy(() -> ARCHIVE.read(path, List.of("one", "three")))
                .withMessage("'toy.tar.gz' has no toy/three");
        Path cut = Files.write(folder.resolve("cut"), Arrays.copyOf(PACKED, PACKED.length / 2));
        assertThatIOException()
                .isThrownBy(() -> ARCHIVE.read(cut, List.of("one", "two")))
                .withMessageStartingWith("'toy.tar.gz' is a damaged gzip file: ");
    }
}
