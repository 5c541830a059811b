package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileStoreTest {
    private final byte[] imagesContent = TestFiles.randomBytes(1000, 1);
    private final byte[] labelsContent = TestFiles.randomBytes(10, 2);
    private final DataFile images = TestFiles.describe("images", imagesContent);
    private final DataFile labels = TestFiles.describe("labels", labelsContent);

    @TempDir
    Path temporary;

    Path cache;
    Path given;
    FileStore store;
    Recorder recorder = new Recorder();

    @BeforeEach
    void makeFolders() throws IOException {
        cache = temporary.resolve("cache");
        given = Files.createDirectory(temporary.resolve("given"));
        store = new FileStore(cache, "toy", List.of(images, labels));
    }

    @Test
    void nothingIsCreatedBeforeSomethingIsFetched() throws IOException {
        assertThat(store.check())
                .containsExactly(
                        new FileCheck.Missing(
                                images, store.folder().resolve("images").toString()),
                        new FileCheck.Missing(
                                labels, store.folder().resolve("labels").toString()));
        assertThat(store.looksWhole()).isFalse();
        assertThat(cache).doesNotExist();
    }

    @Test
    void aFolderGivesPlainAndGzippedFiles() throws IOException {
        Files.write(given.resolve("images"), imagesContent);
        Files.write(given.resolve("labels.gz"), TestFiles.gzip(labelsContent));

        store.fetch(List.of(new FolderSource(given)), recorder);

        assertThat(store.read(images)).isEqualTo(imagesContent);
        assertThat(store.read(labels)).isEqualTo(labelsContent);
        assertThat(store.check()).allMatch(FileCheck.Whole.class::isInstance);
        assertThat(store.looksWhole()).isTrue();
        String source = "folder " + given;
        assertThat(recorder.events())
                .containsExactly(
                        new FetchEvent.Asking(source),
                        new FetchEvent.Fetched(images, source),
                        new FetchEvent.Fetched(labels, source));
    }

    @Test
    void sourcesAreAskedInTurnForWhatIsStillMissing() throws IOException {
        Files.write(given.resolve("images"), imagesContent);
        AtomicInteger askedForLabels = new AtomicInteger();
        Source second = source("second", (files, writer) -> {
            assertThat(files).containsExactly(labels);
            askedForLabels.incrementAndGet();
            writer.accept(labels, new ByteArrayInputStream(labelsContent));
        });
        Source third = source("third", (_, _) -> {
            throw new AssertionError("nothing is missing");
        });

        store.fetch(List.of(new FolderSource(given), second, third), recorder);

        assertThat(askedForLabels).hasValue(1);
        assertThat(recorder.only(FetchEvent.SourceFailed.class))
                .containsExactly(new FetchEvent.SourceFailed("folder " + given, "it has no labels (nor with .gz)"));
        assertThat(recorder.only(FetchEvent.Asking.class)).hasSize(2);
    }

    @Test
    void whatIsWholeIsNotFetchedAgain() throws IOException {
        fetchFromFolder();

        store.fetch(List.of(), recorder);

        assertThat(recorder.events()).isEmpty();
    }

    @Test
    void whatEverySourceSaidIsInTheMessageWithTheRemedy() {
        Source first = source("mirror a.example", (_, _) -> {
            throw new IOException("HTTP status 503");
        });
        Path nowhere = temporary.resolve("nowhere");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(first, new FolderSource(nowhere)), recorder))
                .withMessage("cannot fetch data set 'toy': no source gave images, labels; mirror a.example: HTTP status"
                        + " 503; folder " + nowhere + ": there is no such folder; download the files (plain or .gz)"
                        + " elsewhere and name their folder with --data-dir");
    }

    @Test
    void aFileWithTheWrongContentIsRefusedAndTheNextSourceAsked() throws IOException {
        Files.write(given.resolve("images"), TestFiles.randomBytes(1000, 9));
        Source second = source("second", this::giveBoth);

        store.fetch(List.of(new FolderSource(given), second), recorder);

        assertThat(recorder.only(FetchEvent.SourceFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.problem())
                        .startsWith("'images' is not the right file: its SHA-256 must be " + images.sha256()));
        assertThat(store.check()).allMatch(FileCheck.Whole.class::isInstance);
    }

    @Test
    void aDamagedFileIsNamedAndFetchedAgain() throws IOException {
        fetchFromFolder();
        Path damaged = store.folder().resolve("labels");
        Files.write(damaged, new byte[10]);

        assertThat(store.check().get(1))
                .isInstanceOfSatisfying(
                        FileCheck.Damaged.class,
                        check -> assertThat(check.problem())
                                .startsWith("its SHA-256 must be " + labels.sha256() + "; got "));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.read(labels))
                .withMessageStartingWith("cannot read " + damaged + ": its SHA-256 must be ");

        store.fetch(List.of(new FolderSource(given)), recorder);

        assertThat(recorder.only(FetchEvent.Damaged.class))
                .extracting(FetchEvent.Damaged::file)
                .containsExactly(damaged.toString());
        assertThat(recorder.only(FetchEvent.Fetched.class))
                .extracting(FetchEvent.Fetched::file)
                .containsExactly(labels);
        assertThat(store.read(labels)).isEqualTo(labelsContent);
    }

    @Test
    void aDamagedFileThatCannotBeHadAgainIsInTheMessage() throws IOException {
        fetchFromFolder();
        Path damaged = store.folder().resolve("labels");
        Files.write(damaged, new byte[3]);

        assertThat(store.looksWhole()).isFalse();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(), recorder))
                .withMessageStartingWith("cannot fetch data set 'toy': no source gave labels; " + damaged
                        + " is damaged (it must have 10 bytes; got 3); download the files");
        assertThat(damaged).hasSize(3);
    }

    @Test
    void leftOversOfKilledProcessesAreDeleted() throws IOException {
        Files.createDirectories(store.folder().resolve(".work-123/package"));
        Files.writeString(store.folder().resolve(".work-123/package/x"), "left over");
        Files.writeString(store.folder().resolve("images.tmp"), "left over");
        Files.writeString(store.folder().resolve("images.gz.part"), "left over");

        fetchFromFolder();

        assertThat(HttpMirrorTest.filesIn(store.folder())).containsExactly(".lock", "images", "labels");
    }

    @Test
    void aCacheThatCannotBeAFolderIsNamedWithTheRemedy() throws IOException {
        Files.writeString(cache, "a file");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(), recorder))
                .withMessageStartingWith("cannot write " + store.folder() + ": ")
                .withMessageEndingWith("; free or allow space there, or name another cache folder with STIEFEL_HOME");
    }

    @Test
    void aFolderWithoutPermissionIsNamedWithTheRemedy() throws IOException {
        Files.createDirectories(store.folder());
        assumeTrue(store.folder().toFile().setWritable(false));
        assumeTrue(!Files.isWritable(store.folder()), "the super-user may write everywhere");

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(), recorder))
                .withMessage("cannot write " + store.folder().resolve(".lock")
                        + ": permission denied; free or allow space there, or name another cache folder with"
                        + " STIEFEL_HOME");
    }

    @Test
    void aDiskThatIsTooFullIsNoticedFirst() {
        DataFile huge = new DataFile("images", 1L << 60, "0".repeat(64));
        FileStore hugeStore = new FileStore(cache, "toy", List.of(huge));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> hugeStore.fetch(List.of(new FolderSource(given)), recorder))
                .withMessageMatching("cannot write .*toy: 1152921504606846976 bytes are needed; \\d+ are free; free or"
                        + " allow space there, or name another cache folder with STIEFEL_HOME");
        assertThat(recorder.events()).isEmpty();
    }

    @Test
    void aFullDiskEndsTheFetchAndLeavesNothingHalfWritten() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has a device that is always full");
        Files.createDirectories(store.folder());
        Files.createSymbolicLink(store.folder().resolve("images.tmp"), full);
        Files.write(given.resolve("images"), imagesContent);
        Source second = source("second", (_, _) -> {
            throw new AssertionError("another source does not help");
        });

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.fetch(List.of(new FolderSource(given), second), recorder))
                .withMessage("cannot write " + store.folder().resolve("images.tmp")
                        + ": No space left on device; free or allow space there, or name another cache folder with"
                        + " STIEFEL_HOME");
        assertThat(HttpMirrorTest.filesIn(store.folder())).containsExactly(".lock");
    }

    @Test
    void threadsThatAskAtOnceFetchOnce() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch othersWait = new CountDownLatch(3);
        Source slow = source("slow", (files, writer) -> {
            asked.incrementAndGet();
            await(othersWait);
            giveBoth(files, writer);
        });
        Callable<byte[]> fetch = () -> {
            store.fetch(List.of(slow), event -> {
                if (event instanceof FetchEvent.Waiting) {
                    othersWait.countDown();
                }
            });
            return store.read(images);
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<byte[]> fetched : threads.invokeAll(List.of(fetch, fetch, fetch, fetch))) {
                assertThat(fetched.get()).isEqualTo(imagesContent);
            }
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void theLockIsGivenUpAfterAFailure() throws IOException {
        Source failing = source("failing", (_, _) -> {
            throw new IOException("no");
        });
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> store.fetch(List.of(failing), recorder));

        fetchFromFolder();

        assertThat(recorder.only(FetchEvent.Waiting.class)).isEmpty();
    }

    private void fetchFromFolder() throws IOException {
        Files.write(given.resolve("images"), imagesContent);
        Files.write(given.resolve("labels"), labelsContent);
        store.fetch(List.of(new FolderSource(given)), FetchListener.NONE);
    }

    private void giveBoth(List<DataFile> files, CacheWriter writer) throws IOException {
        for (DataFile file : files) {
            writer.accept(file, new ByteArrayInputStream(file.equals(images) ? imagesContent : labelsContent));
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private interface Fetching {
        void fetch(List<DataFile> files, CacheWriter writer) throws IOException;
    }

    private static Source source(String name, Fetching fetching) {
        return new Source() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
                fetching.fetch(files, writer);
            }
        };
    }
}
