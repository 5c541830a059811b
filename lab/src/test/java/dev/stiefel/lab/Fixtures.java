package dev.stiefel.lab;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// What an earlier version wrote: runs, models, sweeps and reports. `make.py` beside the archive made it.
public final class Fixtures {
    private static final Path ARCHIVE = Path.of("src/test/resources/dev/stiefel/lab/fixtures/0.1.0.zip");

    private Fixtures() {}

    /// Unpacks all of it into a folder.
    public static void unpack(Path directory) throws IOException {
        try (ZipFile archive = new ZipFile(ARCHIVE.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (InputStream in = archive.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
    }

    /// The folders of all runs below a folder.
    public static List<Path> runs(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isDirectory)
                    .filter(folder -> Files.exists(folder.resolve("run.json")))
                    .sorted()
                    .toList();
        }
    }
}
