package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder that holds the files already, plain or as `….gz`.
public final class FolderSource implements Source {
    private final Path folder;

    /// The files that lie directly in `folder`.
    public FolderSource(Path folder) {
        this.folder = folder;
    }

    @Override
    public String name() {
        return "folder " + folder;
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("there is no such folder");
        }
        List<String> absent = new ArrayList<>();
        for (DataFile file : files) {
            Optional<Path> found = find(file);
            if (found.isPresent()) {
                hand(file, found.get(), writer);
            } else {
                absent.add(file.name());
            }
        }
        if (!absent.isEmpty()) {
            throw new IOException("it has no %s (nor with .gz)".formatted(String.join(", ", absent)));
        }
    }

    private Optional<Path> find(DataFile file) {
        return Stream.of("", ".gz")
                .map(suffix -> folder.resolve(file.name() + suffix))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private static void hand(DataFile file, Path from, CacheWriter writer) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            writer.accept(file, in);
        }
    }
}
