package dev.stiefel.data.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What holds among processes, tried with processes.
@Timeout(120)
final class ProcessesTest {
    private final byte[] content = TestFiles.randomBytes(2_000_000, 1);
    private final DataFile file = TestFiles.describe("images", content);

    @TempDir
    Path cache;

    FileServer server;
    FileStore store;

    @BeforeEach
    void start() throws IOException {
        server = new FileServer();
        server.put("images.gz", TestFiles.gzip(content));
        store = new FileStore(cache, "toy", List.of(file));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void processesThatAskAtOnceDownloadOnce() throws Exception {
        List<Process> processes = List.of(child(), child(), child());
        for (Process process : processes) {
            assertThat(process.waitFor()).isZero();
        }

        assertThat(server.requests()).hasSize(1);
        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aDownloadIsResumedAfterItsProcessWasKilled() throws Exception {
        server.stallAfter(900_000);
        Process process = child();
        Path part = store.folder().resolve("images.gz.part");
        while (!Files.exists(part) || Files.size(part) < 900_000) {
            assertThat(process.isAlive()).isTrue();
            Thread.sleep(5);
        }
        process.destroyForcibly().waitFor();
        assertThat(store.check()).allMatch(FileCheck.Missing.class::isInstance);
        server.stallAfter(Integer.MAX_VALUE);

        assertThat(child().waitFor()).isZero();

        assertThat(server.requests()).extracting(FileServer.Request::range).containsExactly("", "bytes=900000-");
        assertThat(store.read(file)).isEqualTo(content);
    }

    @Test
    void aProcessThatIsKilledHoldsNobodyUp() throws Exception {
        server.stallAfter(900_000);
        Process killed = child();
        while (server.requests().isEmpty()) {
            assertThat(killed.isAlive()).isTrue();
            Thread.sleep(5);
        }
        Process waiting = child();
        assertThat(waiting.waitFor(500, TimeUnit.MILLISECONDS)).isFalse();
        server.stallAfter(Integer.MAX_VALUE);

        killed.destroyForcibly().waitFor();

        assertThat(waiting.waitFor()).isZero();
        assertThat(store.read(file)).isEqualTo(content);
    }

    /// A Java process that fetches the file.
    private Process child() throws IOException {
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        cache.toString(),
                        server.base().toString(),
                        file.name(),
                        Long.toString(file.bytes()),
                        file.sha256())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /// Fetches one file from one mirror: cache, mirror, name, length, hash.
    static final class Main {
        private Main() {}

        public static void main(String[] args) throws IOException {
            DataFile file = new DataFile(args[2], Long.parseLong(args[3]), args[4]);
            HttpMirror mirror = new HttpMirror(URI.create(args[1]), Timeouts.SHORT);
            new FileStore(Path.of(args[0]), "toy", List.of(file)).fetch(List.of(mirror), FetchListener.NONE);
        }
    }
}
