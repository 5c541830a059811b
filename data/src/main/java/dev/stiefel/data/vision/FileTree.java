package dev.stiefel.data.vision;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// Files below a folder, or those of a zip archive, which is read where it lies. Any number of threads may read.
sealed interface FileTree extends Closeable {
    /// The longest file that is read, in bytes.
    int LONGEST = 16 << 20;

    /// The folder or the archive.
    Path root();

    /// Names of all plain files below it, with slashes between folders, sorted.
    List<String> names() throws IOException;

    /// Opens one of the files.
    InputStream open(String name) throws IOException;

    /// Reads one of the files.
    ///
    /// @throws IOException naming it
    default byte[] read(String name) throws IOException {
        try (InputStream in = open(name)) {
            byte[] content = in.readNBytes(LONGEST + 1);
            if (content.length > LONGEST) {
                throw new IOException(String.format(Locale.ROOT, "it must have at most %,d bytes; got more", LONGEST));
            }
            return content;
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(place(name), e.getMessage()), e);
        }
    }

    /// The location of a file, for messages.
    default String place(String name) {
        return root() + "/" + name;
    }

    /// The files of a folder. Links below it are not followed.
    static FileTree ofFolder(Path folder) {
        return new Folder(folder);
    }

    /// The files of an archive.
    ///
    /// @throws IOException if it cannot be read, naming it
    static FileTree ofZip(Path archive) throws IOException {
        try {
            return new Zip(archive, new ZipFile(archive.toFile()));
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(archive, e.getMessage()), e);
        }
    }

    @Override
    void close() throws IOException;

    /// See [#ofFolder].
    record Folder(Path root) implements FileTree {
        @Override
        public List<String> names() throws IOException {
            Path real = root.toRealPath();
            try (Stream<Path> all = Files.walk(real)) {
                return all.filter(Files::isRegularFile)
                        .map(path -> real.relativize(path).toString().replace('\\', '/'))
                        .sorted()
                        .toList();
            } catch (UncheckedIOException e) {
                throw new IOException("cannot read %s: %s".formatted(root, e.getMessage()), e);
            }
        }

        @Override
        public InputStream open(String name) throws IOException {
            return Files.newInputStream(root.resolve(name));
        }

        @Override
        public void close() {}
    }

    /// See [#ofZip].
    record Zip(Path root, ZipFile archive) implements FileTree {
        @Override
        public List<String> names() {
            return archive.stream()
                    .filter(entry -> !entry.isDirectory())
                    .map(ZipEntry::getName)
                    .sorted()
                    .toList();
        }

        @Override
        public InputStream open(String name) throws IOException {
            ZipEntry entry = archive.getEntry(name);
            if (entry == null) {
                throw new IOException("the archive has no such file");
            }
            return archive.getInputStream(entry);
        }

        @Override
        public void close() throws IOException {
            archive.close();
        }
    }
}
