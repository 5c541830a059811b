package dev.stiefel.data.fetch;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A `.tar.gz` archive as data sets are published in, and the folder in it that holds the files.
///
/// @param name name of the archive: `cifar-10-binary.tar.gz`
/// @param folder folder of the files in the archive
public record TarGz(String name, String folder) {
    /// Reads files of the archive, from a copy of it, into memory.
    ///
    /// @param archive path of the copy
    /// @param names of plain files in the folder
    /// @return contents of the files, by name
    /// @throws IOException if the archive is damaged, or lacks one of them
    public Map<String, byte[]> read(Path archive, List<String> names) throws IOException {
        Map<String, byte[]> contents = new HashMap<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16)) {
            TarReader tar = new TarReader(in);
            while (contents.size() < names.size() && tar.next()) {
                for (String each : names) {
                    if (tar.name().equals(folder + "/" + each)) {
                        contents.put(each, tar.content().readAllBytes());
                    }
                }
            }
        } catch (EOFException | ZipException e) {
            throw new IOException("'%s' is a damaged gzip file: %s".formatted(name, ExceptionText.of(e)), e);
        }
        for (String each : names) {
            if (!contents.containsKey(each)) {
                throw new IOException("'%s' has no %s/%s".formatted(name, folder, each));
            }
        }
        return contents;
    }

    /// Hands those of the files that are wanted to a cache writer, from a copy of the archive at `archive`.
    void unpack(Path archive, List<DataFile> files, CacheWriter writer) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive), 1 << 16)) {
            new TarReader(in).hand(folder, files, writer);
        } catch (EOFException | ZipException e) {
            throw new IOException("'%s' is a damaged gzip file: %s".formatted(name, ExceptionText.of(e)), e);
        }
    }
}
