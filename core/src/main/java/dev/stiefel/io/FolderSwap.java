package dev.stiefel.io;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/// Puts a complete folder in the place of another, keeping the old one, by renames alone:
///
///     fresh           → fresh.complete     from here on a crash is finished forwards
///     previous        → previous.outgoing
///     current         → previous
///     fresh.complete  → current
///     previous.outgoing is deleted
///
/// The parent is forced after each rename, so that the disk sees them in this order. [#finish] can start from any
/// of these states.
final class FolderSwap {
    /// File operations of the swap; tests interrupt it between two of them.
    interface Disk {
        void rename(Path from, Path to) throws IOException;

        void delete(Path path) throws IOException;

        void force(Path path) throws IOException;
    }

    private final Disk disk;
    private final Path fresh;
    private final Path complete;
    private final Path current;
    private final Path previous;
    private final Path outgoing;

    FolderSwap(Disk disk, Path fresh, Path current, Path previous) {
        this.disk = disk;
        this.fresh = fresh;
        this.complete = withSuffix(fresh, ".complete");
        this.current = current;
        this.previous = previous;
        this.outgoing = withSuffix(previous, ".outgoing");
    }

    void swapIn() throws IOException {
        finish();
        forceTree(fresh);
        rename(fresh, complete);
        finish();
    }

    void recover() throws IOException {
        finish();
        if (!exists(current) && exists(previous)) {
            rename(previous, current);
        }
    }

    private void finish() throws IOException {
        if (exists(complete)) {
            retire();
            rename(complete, current);
        }
        deleteTree(disk, outgoing);
    }

    private void retire() throws IOException {
        if (exists(current)) {
            if (exists(previous)) {
                deleteTree(disk, outgoing);
                rename(previous, outgoing);
            }
            rename(current, previous);
        }
    }

    private void rename(Path from, Path to) throws IOException {
        disk.rename(from, to);
        disk.force(DurableFiles.folderOf(to));
    }

    private void forceTree(Path folder) throws IOException {
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    disk.force(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                throwIfPresent(failure);
                disk.force(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    static void deleteTree(Disk disk, Path folder) throws IOException {
        if (!exists(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                disk.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                throwIfPresent(failure);
                disk.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void throwIfPresent(@Nullable IOException failure) throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    private static boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static Path withSuffix(Path path, String suffix) {
        return path.resolveSibling(path.getFileName() + suffix);
    }
}
