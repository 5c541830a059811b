package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HttpMirrorTest {
    private static final Timeouts IMPATIENT = new Timeouts(Duration.ofSeconds(2), Duration.ofMillis(300));

    private final byte[] content = TestFiles.randomBytes(300_000, 1);
    private final byte[] packed = TestFiles.gzip(content);
    private final DataFile file = TestFiles.describe("images", content);

    @TempDir
    Path cache;

    FileServer server;
    FileStore store;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer();
        server.put("images.gz", packed);
        store = new FileStore(cache, "toy", List.of(file));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void aFileIsFetchedUnpackedAndVerified() throws IOException {
        fetch();

        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests()).containsExactly(new FileServer.Request("/sets/images.gz", "", ""));
        assertThat(filesIn(store.folder())).containsExactly(".lock", "images");
    }

    @Test
    void aSingleFileMayHaveAnotherNameThereAndGoesOnWhereItBrokeOff() throws IOException {
        server.put("input.bin", content);
        server.breakAfter(100_000);
        store.fetch(List.of(new HttpFile(server.base().resolve("input.bin"), IMPATIENT)), FetchListener.NONE);

        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aFileThatIsKnownPackedIsKeptPacked() throws IOException {
        DataFile known = TestFiles.describe("images.gz", packed);
        FileStore archives = new FileStore(cache, "toy", List.of(known));
        archives.fetch(List.of(new HttpFile(server.base().resolve("images.gz"), IMPATIENT)), FetchListener.NONE);

        assertThat(archives.read(known)).isEqualTo(packed);
    }

    @Test
    void anAddressOfASingleFileGivesNoOthers() {
        URI address = server.base().resolve("images.gz");
        FileStore two = new FileStore(cache, "toy", List.of(file, TestFiles.describe("labels", content)));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> two.fetch(List.of(new HttpFile(address, IMPATIENT)), FetchListener.NONE))
                .withMessageContaining(address + ": it has one file; 2 are wanted");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new HttpFile(URI.create("images.gz"), IMPATIENT))
                .withMessage("file: the address needs a host; got images.gz");
    }

    @Test
    void anArchiveIsFetchedGoesOnWhereItBrokeOffAndIsUnpacked() throws IOException {
        byte[] archive = TestFiles.gzip(TestFiles.tar(TestFiles.tarEntry("toy/images", content)));
        server.put("toy.tar.gz", archive);
        server.breakAfter(100_000);
        Source source = new HttpArchive(server.base(), new TarGz("toy.tar.gz", "toy"), IMPATIENT);

        store.fetch(List.of(source), FetchListener.NONE);

        assertThat(source.name()).isEqualTo(server.base() + "toy.tar.gz");
        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests())
                .extracting(FileServer.Request::range)
                .first()
                .isEqualTo("");
        assertThat(server.requests())
                .hasSize(2)
                .last()
                .extracting(FileServer.Request::range)
                .isNotEqualTo("");
        assertThat(filesIn(store.folder())).containsExactly(".lock", "images");
    }

    @Test
    void aDamagedArchiveIsNamed() {
        server.put(
                "toy.tar.gz",
                Arrays.copyOf(TestFiles.gzip(TestFiles.tar(TestFiles.tarEntry("toy/images", content))), 5000));
        Source source = new HttpArchive(server.base(), new TarGz("toy.tar.gz", "toy"), IMPATIENT);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(source), FetchListener.NONE))
                .withMessageContaining("'images' is a damaged gzip file");
    }

    @Test
    void progressEndsAtTheTotal() throws IOException {
        List<FetchEvent.Progress> progress = new ArrayList<>();
        store.fetch(List.of(mirror()), event -> {
            if (event instanceof FetchEvent.Progress p) {
                progress.add(p);
            }
        });

        assertThat(progress).isNotEmpty().allMatch(p -> p.file().equals("images.gz") && p.total() == packed.length);
        assertThat(progress.getLast().received()).isEqualTo(packed.length);
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItStopped() throws IOException {
        server.breakAfter(100_000, 50_000);

        fetch();

        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests())
                .containsExactly(
                        new FileServer.Request("/sets/images.gz", "", ""),
                        new FileServer.Request("/sets/images.gz", "bytes=100000-", "\"first\""),
                        new FileServer.Request("/sets/images.gz", "bytes=150000-", "\"first\""));
    }

    @Test
    void aDownloadThatKeepsBreakingIsGivenUpAndKept() throws IOException {
        server.breakAfter(10_000, 10_000, 10_000, 10_000, 10_000);

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::fetch)
                .withMessageContaining("mirror 127.0.0.1: the download broke off");
        assertThat(server.requests()).hasSize(5);
        assertThat(Files.size(store.folder().resolve("images.gz.part"))).isEqualTo(50_000);

        fetch();

        assertThat(server.requests().getLast().range()).isEqualTo("bytes=50000-");
        assertThat(store.read(file)).isEqualTo(content);
        assertThat(filesIn(store.folder())).containsExactly(".lock", "images");
    }

    @Test
    void aServerThatSendsNothingMoreIsLeft() {
        server.stallAfter(10_000);

        // Each attempt stalls, and each goes on where the last one stopped.
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(new HttpMirror(server.base(), IMPATIENT)), FetchListener.NONE))
                .withMessageContaining("mirror 127.0.0.1: the download stalled");
        assertThat(server.requests()).extracting(FileServer.Request::range).startsWith("", "bytes=10000-");
    }

    @Test
    void aFileThatHasChangedIsFetchedAnew() throws IOException {
        keepAPartOf(TestFiles.gzip(TestFiles.randomBytes(300_000, 2)));
        server.setTag("\"second\"");

        fetch();

        assertThat(server.requests().getLast().ifRange()).isEqualTo("\"first\"");
        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aDamagedPartIsNoticedAndFetchedAnew() throws IOException {
        keepAPartOf(TestFiles.gzip(TestFiles.randomBytes(300_000, 2)));

        fetch();

        assertThat(server.requests()).extracting(FileServer.Request::range).endsWith("bytes=120000-", "");
        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aPartThatIsAlreadyWholeIsUsed() throws IOException {
        keepAPartOf(packed);
        Files.write(store.folder().resolve("images.gz.part"), packed);

        fetch();

        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aPartOfAnotherAddressIsNotUsed() throws IOException {
        keepAPartOf(packed);
        Files.writeString(store.folder().resolve("images.gz.part.from"), "http://127.0.0.1:1/images.gz\n\"first\"\n");

        fetch();

        assertThat(server.requests().getLast().range()).isEmpty();
        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aServerThatKnowsNoRangesSendsTheFileAgain() throws IOException {
        server.ignoreRanges();
        server.breakAfter(100_000);

        fetch();

        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests()).hasSize(2);
    }

    @Test
    void aServerWithoutVersionsIsResumedToo() throws IOException {
        server.setTag("");
        server.breakAfter(100_000);

        fetch();

        assertThat(store.read(file)).isEqualTo(content);
        assertThat(server.requests().getLast())
                .isEqualTo(new FileServer.Request("/sets/images.gz", "bytes=100000-", ""));
    }

    @Test
    void aFileWithAnotherContentIsRefused() throws IOException {
        byte[] other = TestFiles.randomBytes(300_000, 3);
        server.put("images.gz", TestFiles.gzip(other));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::fetch)
                .withMessageContaining(
                        "mirror 127.0.0.1: 'images' is not the right file: its SHA-256 must be " + file.sha256()
                                + "; got " + TestFiles.describe("x", other).sha256());
        assertThat(filesIn(store.folder())).containsExactly(".lock");
    }

    @Test
    void aPageInTheFilesPlaceIsRefused() throws IOException {
        server.put("images.gz", "<html>please log in</html>".getBytes(StandardCharsets.UTF_8));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::fetch)
                .withMessageContaining("'images' is not the right file: it must have 300000 bytes; got 26");
        assertThat(filesIn(store.folder())).containsExactly(".lock");
    }

    @Test
    void aBombIsNotUnpacked() throws IOException {
        server.put("images.gz", TestFiles.gzip(new byte[20_000_000]));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::fetch)
                .withMessageContaining("'images' is not the right file: it must have 300000 bytes; got more");
    }

    @Test
    void aDamagedGzipFileIsRefused() throws IOException {
        byte[] damaged = packed.clone();
        damaged[damaged.length / 2] ^= 1;
        server.put("images.gz", damaged);
        assertThatExceptionOfType(IOException.class).isThrownBy(this::fetch).withMessageContaining("'images' is ");

        server.put("images.gz", Arrays.copyOf(packed, 1000));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(this::fetch)
                .withMessageContaining("'images' is a damaged gzip file");
    }

    @Test
    void aMissingFileIsNamedWithTheStatus() {
        FileStore other = new FileStore(cache, "toy", List.of(TestFiles.describe("labels", content)));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> other.fetch(List.of(mirror()), FetchListener.NONE))
                .withMessageContaining("mirror 127.0.0.1: 'labels.gz': HTTP status 404");
    }

    @Test
    void aHostWithoutAServerAndAnUnknownHostFailFast() throws IOException {
        URI nobody = URI.create("http://127.0.0.1:" + freePort() + "/");
        URI unknown = URI.create("http://no-such-host.invalid/");
        long start = System.nanoTime();

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(
                        List.of(new HttpMirror(nobody, IMPATIENT), new HttpMirror(unknown, IMPATIENT)),
                        FetchListener.NONE))
                .withMessageContaining("mirror 127.0.0.1: the connection was refused")
                .withMessageContaining("mirror no-such-host.invalid: ");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void aHostThatAcceptsAndSaysNothingIsLeft() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            URI address = URI.create("http://127.0.0.1:" + silent.getLocalPort() + "/");
            Timeouts shortest = new Timeouts(Duration.ofMillis(200), Duration.ofMillis(200));

            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> store.fetch(List.of(new HttpMirror(address, shortest)), FetchListener.NONE))
                    .withMessageContaining("mirror 127.0.0.1: no answer in time");
        }
    }

    @Test
    void anInterruptionEndsTheFetchAndKeepsThePart() throws Exception {
        server.stallAfter(10_000);
        List<IOException> thrown = new ArrayList<>();
        Thread fetching = Thread.ofPlatform().start(() -> {
            try {
                store.fetch(
                        List.of(new HttpMirror(server.base(), Timeouts.SHORT), new FolderSource(cache)),
                        FetchListener.NONE);
            } catch (IOException e) {
                thrown.add(e);
            }
        });
        while (!Files.exists(store.folder().resolve("images.gz.part"))
                || Files.size(store.folder().resolve("images.gz.part")) < 10_000) {
            Thread.sleep(5);
        }
        fetching.interrupt();
        fetching.join();

        assertThat(thrown).singleElement().satisfies(e -> assertThat(e).hasMessage("fetching was interrupted"));
        assertThat(store.folder().resolve("images.gz.part")).hasSize(10_000);
    }

    @Test
    void anAddressWithoutAHostOrAFinalSlashIsRejected() {
        for (String address : List.of("file:/tmp/", "http://example.org/sets")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new HttpMirror(URI.create(address), IMPATIENT))
                    .withMessage("mirror: the address needs a host and a final slash; got " + address);
        }
    }

    private void fetch() throws IOException {
        store.fetch(List.of(mirror()), FetchListener.NONE);
    }

    private HttpMirror mirror() {
        return new HttpMirror(server.base(), Timeouts.SHORT);
    }

    /// Leaves the first 120,000 bytes of `served` as a process would that was killed, then
    /// serves the right file.
    private void keepAPartOf(byte[] served) throws IOException {
        server.put("images.gz", served);
        server.breakAfter(120_000, 0);
        assertThatExceptionOfType(IOException.class).isThrownBy(this::fetch);
        server.put("images.gz", packed);
        assertThat(store.folder().resolve("images.gz.part")).hasSize(120_000);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    static List<String> filesIn(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }
}
