package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// npm and Debian packages, and the archives in them.
final class PackagesTest {
    private final byte[] content = TestFiles.randomBytes(1000, 1);
    private final DataFile file = TestFiles.describe("images", content);

    @TempDir
    Path folder;

    CacheWriter writer;

    @BeforeEach
    void makeWriter() {
        writer = new CacheWriter(folder, "a package", FetchListener.NONE);
    }

    @Test
    void anArchiveGivesTheFilesThatAreWanted() throws IOException {
        byte[] archive = TestFiles.tar(
                TestFiles.tarEntry("package/readme.md", new byte[3]),
                TestFiles.tarEntry("other/images", new byte[1000]),
                TestFiles.tarEntry("package/data/images", content),
                TestFiles.tarEntry("package/data/labels", new byte[5]));

        read(archive).hand("package/data", List.of(file), writer);

        assertThat(folder.resolve("images")).hasBinaryContent(content);
        assertThat(folder).isDirectoryNotContaining(path -> !path.endsWith("images"));
    }

    @Test
    void anArchiveMayHaveThemGzippedAndWithADotInFront() throws IOException {
        byte[] archive = TestFiles.tar(TestFiles.tarEntry("./usr/share/images.gz", TestFiles.gzip(content)));

        read(archive).hand("usr/share", List.of(file), writer);

        assertThat(folder.resolve("images")).hasBinaryContent(content);
    }

    @Test
    void anArchiveWithoutAFileIsRefused() {
        byte[] archive = TestFiles.tar(TestFiles.tarEntry("package/other", content));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(archive).hand("package", List.of(file), writer))
                .withMessage("its archive has no package/images");
    }

    @Test
    void aTruncatedArchiveIsRefused() {
        byte[] archive = TestFiles.tar(TestFiles.tarEntry("package/images", content));
        for (int length : new int[] {0, 100, 512, 1000, 1511}) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> read(Arrays.copyOf(archive, length)).hand("package", List.of(file), writer));
        }
    }

    @Test
    void aDamagedHeaderIsRefused() {
        byte[] archive = TestFiles.tar(TestFiles.tarEntry("package/images", content));
        archive[3] ^= 1;

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(archive).next())
                .withMessage("the tar archive is damaged: a header has the wrong checksum");
        archive[150] = 'x';
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> read(archive).next())
                .withMessage("the tar archive is damaged: a header has no number at byte 148");
    }

    @Test
    void aNegativeSizeIsRefused() {
        byte[] entry = TestFiles.tarEntry("package/images", content);
        byte[] minus = "-0000000777".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(minus, 0, entry, 124, minus.length);
        TestFiles.sign(entry);

        assertThatIOException()
                .isThrownBy(() -> read(TestFiles.tar(entry)).next())
                .withMessage("the tar archive is damaged: a header has no number at byte 124");
    }

    @Test
    void anEntryWhoseNameLeadsElsewhereIsWrittenNowhere() throws IOException {
        byte[] archive = TestFiles.tar(
                TestFiles.tarEntry("../../outside", content),
                TestFiles.tarEntry("/tmp/stiefel-outside", content),
                TestFiles.tarEntry("package/../../outside", content),
                TestFiles.tarEntry("package/images", content));

        read(archive).hand("package", List.of(TestFiles.describe("images", content)), writer);

        assertThat(writer.folder().resolve("images")).hasBinaryContent(content);
        assertThat(writer.folder().resolve("../../outside")).doesNotExist();
        assertThat(writer.folder().resolve("../outside")).doesNotExist();
        assertThat(Path.of("/tmp/stiefel-outside")).doesNotExist();
    }

    @Test
    void aGzipFileThatUnpacksToMoreThanIsExpectedIsLeftAfterTheFirstByteTooMany() throws IOException {
        byte[] bomb = TestFiles.gzip(new byte[64 << 20]); // 64 KiB that unpack to a thousand times as much
        CountingStream counted = new CountingStream(bomb);

        assertThatIOException()
                .isThrownBy(() -> writer.accept(TestFiles.describe("images", content), counted))
                .withMessageContaining("it must have %d bytes; got more".formatted(content.length));

        assertThat(counted.read).isLessThanOrEqualTo(1 << 17);
        assertThat(writer.folder().resolve("images")).doesNotExist();
        assertThat(writer.folder().resolve("images.tmp")).doesNotExist();
    }

    /// A stream that says how much of it was read.
    private static final class CountingStream extends ByteArrayInputStream {
        private int read;

        CountingStream(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] into, int from, int length) {
            int n = super.read(into, from, length);
            read += Math.max(0, n);
            return n;
        }
    }

    @Test
    void aLongNameIsReadFromBothParts() throws IOException {
        byte[] entry = TestFiles.tarEntry("images", content);
        byte[] prefix = "a/b".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(prefix, 0, entry, 345, prefix.length);
        int sum = prefix[0] + prefix[1] + prefix[2];
        String before = new String(entry, 148, 6, StandardCharsets.UTF_8);
        byte[] after = "%06o".formatted(Integer.parseInt(before, 8) + sum).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(after, 0, entry, 148, 6);
        TarReader reader = read(TestFiles.tar(entry));

        assertThat(reader.next()).isTrue();
        assertThat(reader.name()).isEqualTo("a/b/images");
        assertThat(reader.next()).isFalse();
    }

    @Test
    void aTarballIsOpenedOnlyWithTheRightHash() throws IOException {
        byte[] tarball = TestFiles.gzip(TestFiles.tar(TestFiles.tarEntry("package/data/images", content)));
        Path path = folder.resolve("toy-1.0.0.tgz");
        Files.write(path, tarball);
        String hash = TestFiles.describe("x", tarball).sha256();

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> new NpmPackage("toy", "1.0.0", "0".repeat(64), "package/data")
                        .unpack(path, List.of(file), writer))
                .withMessage("the SHA-256 of its tarball must be " + "0".repeat(64) + "; got " + hash);
        assertThat(folder.resolve("images")).doesNotExist();

        new NpmPackage("toy", "1.0.0", hash, "package/data").unpack(path, List.of(file), writer);

        assertThat(folder.resolve("images")).hasBinaryContent(content);
    }

    @Test
    void anInstalledDebianPackageIsUsedWhereItLies() throws IOException {
        Path installed = Files.createDirectory(folder.resolve("installed"));
        Files.write(installed.resolve("images.gz"), TestFiles.gzip(content));

        new DebianPackage("dataset-toy", installed).fetch(List.of(file), writer);

        assertThat(folder.resolve("images")).hasBinaryContent(content);
    }

    @Test
    void aProgramThatIsNotInstalledIsNamed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> run("no-such-program", "pack"))
                .withMessage("the program 'no-such-program' is not installed");
    }

    @Test
    void aProgramThatFailsIsQuotedInOneLine() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> run("sh", "-c", "echo warning: x >&2; echo ' error: y' >&2; echo E: z >&2; exit 3"))
                .withMessageEndingWith("ended with status 3: error: y, E: z");
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> run("sh", "-c", "exit 4"))
                .withMessage("'sh -c exit 4' ended with status 4");
    }

    @Test
    void aProgramThatTakesTooLongIsEnded() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ExternalCommand.run(folder, Duration.ofMillis(50), List.of("sleep", "60")))
                .withMessage("'sleep 60' took longer than 0 s");
    }

    @Test
    void theOutputOfAProgramIsAFile() throws IOException {
        assertThat(run("echo", "hello")).hasContent("hello");
    }

    private Path run(String... command) throws IOException {
        return ExternalCommand.run(folder, Duration.ofSeconds(10), List.of(command));
    }

    private static TarReader read(byte[] archive) {
        return new TarReader(new ByteArrayInputStream(archive));
    }
}
