package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/// One writer a folder at a time, among the threads of this process and among processes.
///
/// A file lock is the process's, not a thread's, and on some systems closing *any* channel of the file gives it
/// up: hence the lock among threads around it. The lock file stays: deleting it would let two processes lock two
/// files of one name. The lock of a process that dies is released.
final class FolderLock implements AutoCloseable {
    private static final Map<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel channel;

    private FolderLock(ReentrantLock threads, FileChannel channel) {
        this.threads = threads;
        this.channel = channel;
    }

    /// Waits for the lock of an existing folder; `listener` hears of it when it must wait.
    static FolderLock acquire(Path folder, FetchListener listener) throws IOException {
        Path file = folder.toRealPath().resolve(".lock");
        ReentrantLock threads = THREADS.computeIfAbsent(file, _ -> new ReentrantLock());
        boolean heard = lockThreads(threads, folder, listener);
        try {
            return new FolderLock(threads, lockFile(folder, file, heard ? FetchListener.NONE : listener));
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    private static boolean lockThreads(ReentrantLock threads, Path folder, FetchListener listener)
            throws InterruptedIOException {
        if (threads.tryLock()) {
            return false;
        }
        listener.on(new FetchEvent.Waiting(folder));
        try {
            threads.lockInterruptibly();
        } catch (InterruptedException e) {
            throw Interruption.of(e);
        }
        return true;
    }

    private static FileChannel lockFile(Path folder, Path file, FetchListener listener) throws IOException {
        FileChannel channel = open(file);
        try {
            @SuppressWarnings("resource") // closed with the channel
            FileLock lock = channel.tryLock();
            if (lock == null) {
                listener.on(new FetchEvent.Waiting(folder));
                channel.lock();
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileChannel open(Path file) throws CacheException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CacheException(file, e);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            threads.unlock();
        }
    }
}
