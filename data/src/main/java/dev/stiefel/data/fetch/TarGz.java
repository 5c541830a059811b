package dev.stiefel.data.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A `.tar.gz` archive as data sets are published in, and the folder in it that holds the files.
///
/// @param name what the archive is called: `cifar-10-binary.tar.gz`
/// @param folder where in it the files lie
public record TarGz(String name, String folder) {
    /// Hands those of the files that are wanted to a cache writer, from a copy of the archive at `archive`.
    void unpack(Path archive, List<DataFile> files, CacheWriter writer) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16)) {
            new TarReader(in).hand(folder, files, writer);
        } catch (EOFException | ZipException e) {
            throw new IOException("'%s' is a damaged gzip file: %s".formatted(name, ExceptionText.of(e)), e);
        }
    }
}
