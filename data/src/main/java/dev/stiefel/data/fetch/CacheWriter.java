package dev.stiefel.data.fetch;

import dev.stiefel.io.Sha256;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Receiver of a [Source]'s files: checks each, and puts intact ones into the cache.
///
/// A file appears in the cache under its name only after its last byte is written, synced and verified.
public final class CacheWriter {
    private static final int CHUNK = 1 << 16;

    private final Path folder;
    private final String source;
    private final FetchListener listener;

    CacheWriter(Path folder, String source, FetchListener listener) {
        this.folder = folder;
        this.source = source;
        this.listener = listener;
    }

    /// Takes one file's content, plain or gzip; the stream stays open. Only a file called `….gz` is kept packed.
    ///
    /// @throws IOException if the content is not what `file` says, or cannot be read
    public void accept(DataFile file, InputStream content) throws IOException {
        Path unchecked = folder.resolve(file.name() + ".tmp");
        try {
            Optional<String> problem = copy(file, file.isPacked() ? content : plain(content), unchecked);
            if (problem.isPresent()) {
                throw new IOException("'%s' is not the right file: %s".formatted(file.name(), problem.get()));
            }
            publish(unchecked, folder.resolve(file.name()));
        } catch (EOFException | ZipException e) {
            throw new IOException("'%s' is a damaged gzip file: %s".formatted(file.name(), ExceptionText.of(e)), e);
        } finally {
            Files.deleteIfExists(unchecked);
        }
        listener.on(new FetchEvent.Fetched(file, source));
    }

    /// Tells the listener how far the download of a file is; `total` is −1 where it is not known.
    public void progress(String file, long received, long total) {
        listener.on(new FetchEvent.Progress(file, received, total));
    }

    /// The folder of the data set in the cache, where a source may keep partial downloads named `….part`.
    public Path folder() {
        return folder;
    }

    /// A new, empty folder on the same disk for a source's own use, deleted with its content when closed.
    WorkFolder newWorkFolder() throws IOException {
        return WorkFolder.in(folder);
    }

    private static InputStream plain(InputStream content) throws IOException {
        PushbackInputStream in = new PushbackInputStream(content, 2);
        byte[] start = in.readNBytes(2);
        in.unread(start);
        boolean gzip = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(in, CHUNK) : in;
    }

    /// Copies at most one byte more than the file should have, and returns the problem with it, if there is one.
    private static Optional<String> copy(DataFile file, InputStream in, Path to) throws IOException {
        MessageDigest digest = Sha256.digest();
        byte[] chunk = new byte[CHUNK];
        long copied = 0;
        try (OutputStream out = new CacheOutput(to)) {
            for (int n = in.read(chunk); n >= 0 && copied <= file.bytes(); n = in.read(chunk)) {
                digest.update(chunk, 0, n);
                out.write(chunk, 0, n);
                copied += n;
            }
        }
        return copied > file.bytes()
                ? Optional.of("it must have %s bytes; got more".formatted(file.bytes()))
                : file.problem(copied, digest);
    }

    private static void publish(Path from, Path to) throws CacheException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new CacheException(to, e);
        }
    }

    /// Writes a file anew and syncs it when closed; what fails there is the cache's failure, not a source's.
    private static final class CacheOutput extends FilterOutputStream {
        private final Path path;
        private final FileChannel channel;

        CacheOutput(Path path) throws CacheException {
            this(path, open(path));
        }

        private CacheOutput(Path path, FileChannel channel) {
            super(Channels.newOutputStream(channel));
            this.path = path;
            this.channel = channel;
        }

        private static FileChannel open(Path path) throws CacheException {
            try {
                return FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
            } catch (IOException e) {
                throw new CacheException(path, e);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws CacheException {
            try {
                out.write(bytes, from, length);
            } catch (IOException e) {
                throw new CacheException(path, e);
            }
        }

        @Override
        public void close() throws CacheException {
            try (channel) {
                channel.force(true);
            } catch (IOException e) {
                throw new CacheException(path, e);
            }
        }
    }
}
