package dev.stiefel.io;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The file beside its target that is written first and renamed over it: `.NAME.PROCESS-NUMBER.tmp`.
///
/// The name says who writes it, so that writers never share one, and one left by a killed process is removed the next
/// time its target is written.
final class TemporaryNeighbour implements AutoCloseable {
    private static final long PROCESS = ProcessHandle.current().pid();
    private static final AtomicLong LAST = new AtomicLong();
    private static final Set<Long> LIVE = ConcurrentHashMap.newKeySet(); // numbers now written by this process

    private final long number;
    private final Path path;

    private TemporaryNeighbour(long number, Path path) {
        this.number = number;
        this.path = path;
    }

    static TemporaryNeighbour of(Path file) {
        removeLeftovers(file);
        long number = LAST.incrementAndGet();
        LIVE.add(number);
        return new TemporaryNeighbour(
                number, file.resolveSibling("." + file.getFileName() + "." + PROCESS + "-" + number + ".tmp"));
    }

    Path path() {
        return path;
    }

    /// Removes the file unless it was renamed.
    @Override
    public void close() throws IOException {
        try {
            Files.deleteIfExists(path);
        } finally {
            LIVE.remove(number);
        }
    }

    private static void removeLeftovers(Path file) {
        Pattern name = Pattern.compile(
                "\\." + Pattern.quote(file.getFileName().toString()) + "\\.([0-9]{1,18})-([0-9]{1,18})\\.tmp");
        try (DirectoryStream<Path> folder = Files.newDirectoryStream(DurableFiles.folderOf(file))) {
            for (Path neighbour : folder) {
                Matcher matcher = name.matcher(neighbour.getFileName().toString());
                if (matcher.matches() && isDead(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))) {
                    Files.deleteIfExists(neighbour);
                }
            }
        } catch (IOException | DirectoryIteratorException _) {
            // A leftover does no harm, and a folder may be writable without being readable.
        }
    }

    private static boolean isDead(long process, long number) {
        return process == PROCESS
                ? !LIVE.contains(number)
                : ProcessHandle.of(process).isEmpty();
    }
}
