package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The right to train in a folder: one process, and one session in it. The lock of a process that dies is
/// released. The lock file stays, because deleting it would let two processes lock two files of one name.
public final class RunLock implements AutoCloseable {
    /// The name of the lock file.
    public static final String NAME = ".lock";

    /// The paths that this process holds. A file lock belongs to the process, and closing any channel of the file
    /// may release it.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    /// Takes the right to work in a folder.
    ///
    /// @param taken message if another process or session holds it
    /// @throws IllegalArgumentException as `taken` has it, if another process or session has it
    public static RunLock acquire(Path folder, Supplier<? extends IllegalArgumentException> taken) throws IOException {
        Path file = folder.toRealPath().resolve(NAME);
        if (!HELD.add(file)) {
            throw taken.get();
        }
        try {
            return new RunLock(file, open(folder, file, taken));
        } catch (IOException | RuntimeException e) {
            HELD.remove(file);
            throw e;
        }
    }

    private RunLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /// Takes the lock of a run.
    ///
    /// @throws IllegalArgumentException if another process or session has it
    public static RunLock acquire(Path folder) throws IOException {
        return acquire(folder, () -> new RunHeldException(folder));
    }

    private static FileChannel open(Path folder, Path file, Supplier<? extends IllegalArgumentException> taken)
            throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(folder.resolve(NAME), Json.reason(e)), e);
        }
        try {
            if (channel.tryLock() == null) {
                throw taken.get();
            }
            return channel;
        } catch (OverlappingFileLockException e) {
            channel.close();
            throw taken.get();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
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
