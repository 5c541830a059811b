package dev.stiefel.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Files that have a length and an end; opening a pipe would wait for its writer, and a device may never end.
final class RegularFile {
    private RegularFile() {}

    static FileChannel open(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IOException(Files.isDirectory(file) ? "it is a folder" : "it is not a regular file");
        }
        return FileChannel.open(file, StandardOpenOption.READ);
    }
}
