package dev.stiefel.lab.sweep;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunLock;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// The folder of a sweep, held by the one process that may work in it.
///
///     sweep.json      the spec, as it was last run
///     runs/ID/        a run each, its ID the hash of its spec
///     index.csv       a row a run
final class SweepFolder implements AutoCloseable {
    static final String FILE = "sweep.json";
    static final String RUNS = "runs";

    private static final String LOCK = ".lock";
    private static final String HOLDER = ".holder";

    private final Path path;
    private final RunLock lock;

    private SweepFolder(Path path, RunLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /// Takes hold of a sweep's folder, which is made if it is not there.
    ///
    /// @throws IllegalArgumentException if another process holds it, or it is something else
    static SweepFolder hold(Path path, String name) throws IOException {
        requireFit(path, name);
        try {
            Files.createDirectories(path.resolve(RUNS));
        } catch (IOException e) {
            throw new IOException("cannot make %s: %s".formatted(path.resolve(RUNS), Json.reason(e)), e);
        }
        RunLock lock = RunLock.acquire(path, () -> held(path));
        try {
            requireFit(path, name);
            Files.writeString(path.resolve(HOLDER), me());
            return new SweepFolder(path, lock);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static IllegalArgumentException held(Path path) {
        String who;
        try {
            who = Json.oneLine(Files.readString(path.resolve(HOLDER)));
        } catch (IOException e) {
            who = "another process";
        }
        return new IllegalArgumentException(
                "sweep '%s' is being run by %s; let it end, or stop it".formatted(path, who));
    }

    private static String me() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "this machine";
        }
        return "process %s on %s, since %s"
                .formatted(ProcessHandle.current().pid(), host, Instant.now().truncatedTo(ChronoUnit.SECONDS));
    }

    /// Checks that a sweep of this name may be run in a folder: it is not there, empty, or
    /// holds that sweep.
    static void requireFit(Path path, String name) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        if (!Files.isDirectory(path)) {
            throw new IllegalArgumentException("'%s' is a file; a sweep is a folder".formatted(path));
        }
        if (!Files.exists(path.resolve(FILE))) {
            try (Stream<Path> files = Files.list(path)) {
                if (files.map(file -> file.getFileName().toString())
                        .anyMatch(file -> !List.of(LOCK, HOLDER, RUNS).contains(file) && !file.startsWith("."))) {
                    throw new IllegalArgumentException(
                            "'%s' holds something other than a sweep; name another folder with --out".formatted(path));
                }
            }
            return;
        }
        String before = Json.oneLine(Json.textField(json(path), "name"));
        if (!before.equals(name)) {
            throw new IllegalArgumentException(
                    "'%s' holds sweep '%s', not '%s'; name another folder with --out".formatted(path, before, name));
        }
    }

    /// The content of `sweep.json`.
    ///
    /// @throws InvalidRunException if there is none, or it is damaged
    static ObjectNode json(Path path) throws IOException {
        Path file = path.resolve(FILE);
        try {
            return Json.parse(Files.readString(file));
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
    }

    void write(SweepSpec spec) throws IOException {
        write(path, spec.name(), "stiefel sweep " + spec.origin(), spec.source());
    }

    static void write(Path path, String name, String command, ObjectNode source) throws IOException {
        ObjectNode json = Json.object().put("format", 1).put("name", name).put("command", command);
        json.set("spec", source);
        DurableFiles.write(path.resolve(FILE), Json.text(json).getBytes(StandardCharsets.UTF_8));
    }

    Path path() {
        return path;
    }

    Path run(String id) {
        return path.resolve(RUNS).resolve(id);
    }

    /// The folder of a run; empty if it has not begun. A run that cannot be read is set aside, to be made again.
    Optional<RunFolder> opened(String id) throws IOException {
        Path folder = run(id);
        if (!Files.exists(folder.resolve(RunRecord.FILE))) {
            return Optional.empty();
        }
        try {
            return Optional.of(RunFolder.open(folder));
        } catch (InvalidRunException e) {
            Path aside = folder.resolveSibling("damaged-" + id);
            DurableFiles.deleteTree(aside);
            Files.move(folder, aside);
            return Optional.empty();
        }
    }

    /// Returns whether a run has ended, one way or the other.
    static boolean isEnded(RunStatus status) {
        return switch (status) {
            case DONE, DIVERGED, FAILED -> true;
            case RUNNING, INTERRUPTED -> false;
        };
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            Files.deleteIfExists(path.resolve(HOLDER));
        }
    }
}
