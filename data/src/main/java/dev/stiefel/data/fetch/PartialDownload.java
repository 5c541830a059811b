package dev.stiefel.data.fetch;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// The part of a file downloaded so far, in `NAME.part`. Beside it, `NAME.part.from` records its origin: the
/// address, and the mark (entity tag or date) of the server's version.
///
/// Every byte goes to the file at once, so that a process which is killed leaves what it got.
final class PartialDownload {
    private final URI address;
    private final Path part;
    private final Path origin;

    PartialDownload(Path folder, String name, URI address) {
        this.address = address;
        this.part = folder.resolve(name + ".part");
        this.origin = folder.resolve(name + ".part.from");
    }

    /// Deletes all that lie in a folder; the caller holds its lock.
    static void deleteLeftOver(Path folder) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, "*{.part,.part.from}")) {
            for (Path file : left) {
                Files.deleteIfExists(file);
            }
        }
    }

    URI address() {
        return address;
    }

    Path path() {
        return part;
    }

    /// The number of bytes downloaded from this address.
    long size() throws IOException {
        return origin().getFirst().equals(address.toString()) && Files.exists(part) ? Files.size(part) : 0;
    }

    /// The version that those bytes are of; empty if the server did not say.
    String version() throws IOException {
        List<String> lines = origin();
        return lines.size() < 2 ? "" : lines.get(1);
    }

    /// Begins anew with a version.
    void begin(String version) throws IOException {
        delete();
        try {
            Files.writeString(origin, address + "\n" + version + "\n");
        } catch (IOException e) {
            throw new CacheException(origin, e);
        }
    }

    /// Opens the file for [#append].
    FileChannel open() throws CacheException {
        try {
            return FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new CacheException(part, e);
        }
    }

    void append(FileChannel channel, List<ByteBuffer> buffers) throws CacheException {
        try {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        } catch (IOException e) {
            throw new CacheException(part, e);
        }
    }

    void delete() throws IOException {
        Files.deleteIfExists(part);
        Files.deleteIfExists(origin);
    }

    private List<String> origin() throws IOException {
        try {
            List<String> lines = Files.readAllLines(origin);
            return lines.isEmpty() ? List.of("") : lines;
        } catch (NoSuchFileException e) {
            return List.of("");
        }
    }
}
