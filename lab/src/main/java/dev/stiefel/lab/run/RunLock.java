package dev.stiefel.lab.run;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The right to train in a folder: one process, and one session in it. A process that dies
/// gives it up. The lock file
/// stays, because deleting it would let two processes lock two files of one name.
final class RunLock implements AutoCloseable {
    static final String NAME = ".lock";

    /// A file lock is the process's, and closing any channel of the file may give it up.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// @throws IllegalArgumentException if another process or session has it
    static RunLock acquire(Path folder) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        if (!HELD.add(file)) {
            throw taken(folder);
        }
        try {
            return new RunLock(file, open(folder, file));
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private static FileChannel open(Path folder, Path file) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(folder.resolve(NAME), Json.reason(e)), e);
        }
        try {
            if (channel.tryLock() == null) {
                throw taken(folder);
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw taken(folder);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static RunHeldException taken(Path folder) {
        return new RunHeldException(folder);
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD.remove(file);
        }
    }
}
