package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.FileCheck;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;

/// Data files among the program's own resources, as `NAME.gz` beside this class.
final class EmbeddedFiles {
    private EmbeddedFiles() {}

    static Idx read(DataFile file) throws IOException {
        byte[] content = content(file);
        file.requireWhole(content, place(file));
        return Idx.parse(content, place(file));
    }

    static List<FileCheck> check(List<DataFile> files) throws IOException {
        for (DataFile file : files) {
            read(file);
        }
        return files.stream()
                .<FileCheck>map(file -> new FileCheck.Whole(file, place(file)))
                .toList();
    }

    private static byte[] content(DataFile file) throws IOException {
        try (InputStream resource = EmbeddedFiles.class.getResourceAsStream(file.name() + ".gz")) {
            if (resource == null) {
                throw new IOException("cannot read %s: it is missing from the program".formatted(place(file)));
            }
            return new GZIPInputStream(resource).readAllBytes();
        }
    }

    private static String place(DataFile file) {
        return "built-in " + file.name();
    }
}
