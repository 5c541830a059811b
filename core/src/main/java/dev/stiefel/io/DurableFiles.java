package dev.stiefel.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/// Files and folders that are replaced whole or not at all, also when the process is killed or the power fails.
///
/// A file or folder has one writer at a time. A thread that is interrupted while it writes gets an `IOException` and
/// leaves the old content whole.
public final class DurableFiles {
    private static final FolderSwap.Disk DISK = new FolderSwap.Disk() {
        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void delete(Path path) throws IOException {
            Files.deleteIfExists(path);
        }

        @Override
        public void force(Path path) throws IOException {
            sync(path);
        }
    };

    /// Content of a file, written piece by piece.
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    private DurableFiles() {}

    /// Replaces a file, or makes it: writes a temporary neighbour, forces it to disk, renames it over `file`, forces
    /// the folder. When that fails (full disk, unwritable folder) the old file stays and no temporary one is left.
    public static void write(Path file, byte[] content) throws IOException {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    /// The same for text, in UTF-8.
    public static void writeString(Path file, String content) throws IOException {
        write(file, content.getBytes(StandardCharsets.UTF_8));
    }

    static void write(Path file, Content content) throws IOException {
        try {
            requireFolder(folderOf(file));
            requireNoFolder(file);
            try (TemporaryNeighbour temporary = TemporaryNeighbour.of(file)) {
                try (FileChannel channel =
                        FileChannel.open(temporary.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    content.writeTo(channel);
                    channel.force(true);
                }
                Files.move(temporary.path(), file, StandardCopyOption.ATOMIC_MOVE);
            }
            sync(folderOf(file));
        } catch (IOException e) {
            throw Failures.cannotWrite(file, e);
        }
    }

    /// Writes a file in place and leaves the rest to the system: after a crash it may hold
    /// anything. For files that a crash makes worthless, or that [#swapIn] forces to disk.
    public static void writeScratch(Path file, byte[] content) throws IOException {
        writeScratch(file, channel -> writeFully(channel, ByteBuffer.wrap(content)));
    }

    /// Writes a file in place and leaves the rest to the system: after a crash it may hold anything.
    static void writeScratch(Path file, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            content.writeTo(channel);
        } catch (IOException e) {
            throw Failures.cannotWrite(file, e);
        }
    }

    /// Puts the complete folder `fresh` in the place of `current`, which becomes `previous`; what was `previous` is
    /// deleted. All three lie in one folder, and `fresh` is forced to disk first. Neither `current` nor `previous`
    /// need exist.
    ///
    /// The first step renames `fresh` to `fresh` + `.complete`: only under that name does [#recover] take it for
    /// complete. So at every instant `current`, `previous` or the completed `fresh` is whole, and after [#recover]
    /// `current` is.
    public static void swapIn(Path fresh, Path current, Path previous) throws IOException {
        requireSiblings(fresh, current, previous);
        try {
            requireFolder(fresh);
            new FolderSwap(DISK, fresh, current, previous).swapIn();
        } catch (IOException e) {
            throw Failures.cannotWrite(current, e);
        }
    }

    /// Finishes a swap that a crash interrupted, to be called before `current` is read. Where there was none, it does
    /// nothing, unless `current` is missing and `previous` is there: then `previous` takes its place.
    ///
    /// An incomplete `fresh` stays as it is, because its writer may be alive: the writer of a new one deletes it.
    public static void recover(Path fresh, Path current, Path previous) throws IOException {
        requireSiblings(fresh, current, previous);
        try {
            new FolderSwap(DISK, fresh, current, previous).recover();
        } catch (IOException e) {
            throw Failures.cannotWrite(current, e);
        }
    }

    /// Forces the content of a file, or the names in a folder, to disk. File systems without POSIX attributes keep
    /// folders by themselves: there a folder is left alone.
    public static void force(Path fileOrFolder) throws IOException {
        try {
            sync(fileOrFolder);
        } catch (IOException e) {
            throw Failures.cannotWrite(fileOrFolder, e);
        }
    }

    /// Deletes a folder with all that is in it; links are deleted, not followed. A missing folder is fine.
    public static void deleteTree(Path folder) throws IOException {
        try {
            FolderSwap.deleteTree(DISK, folder);
        } catch (IOException e) {
            throw Failures.cannotDelete(folder, e);
        }
    }

    /// The SHA-256 checksum of a file's content, as 64 lower-case hexadecimal digits.
    public static String sha256(Path file) throws IOException {
        try {
            return Sha256.of(file);
        } catch (IOException e) {
            throw Failures.cannotRead(file, e);
        }
    }

    static Path folderOf(Path path) {
        Path absolute = path.toAbsolutePath();
        return Objects.requireNonNullElse(absolute.getParent(), absolute);
    }

    static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void sync(Path path) throws IOException {
        boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix || !Files.isDirectory(path)) {
            try (FileChannel channel =
                    FileChannel.open(path, posix ? StandardOpenOption.READ : StandardOpenOption.WRITE)) {
                channel.force(true);
            }
        }
    }

    private static void requireFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw Files.exists(folder)
                    ? new NotDirectoryException(folder.toString())
                    : new NoSuchFileException(folder.toString());
        }
    }

    private static void requireNoFolder(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "it is a folder");
        }
    }

    private static void requireSiblings(Path fresh, Path current, Path previous) {
        Path folder = folderOf(current);
        if (!folderOf(fresh).equals(folder) || !folderOf(previous).equals(folder)) {
            throw new IllegalArgumentException(
                    "swap: the three folders must lie in one; got %s, %s and %s".formatted(fresh, current, previous));
        }
    }
}
