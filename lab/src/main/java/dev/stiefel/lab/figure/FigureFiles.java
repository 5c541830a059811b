package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A figure's files: `NAME.svg`, `NAME.png`, `NAME.csv`.
public final class FigureFiles {
    private static final int PIXELS_A_UNIT = 2;

    private FigureFiles() {}

    /// Writes a figure's files into a folder, which is made if need be. Each appears whole or
    /// not at all, in place of one of that name. A machine that cannot draw leaves out the
    /// PNG, and one of an earlier figure is deleted.
    public static Written write(Figure figure, Path folder) throws IOException {
        List<Path> files = new ArrayList<>();
        Optional<String> problem = Optional.empty();
        Files.createDirectories(folder);
        files.add(put(folder.resolve(figure.name() + ".svg"), figure.svg().getBytes(StandardCharsets.UTF_8)));
        Path picture = folder.resolve(figure.name() + ".png");
        try {
            files.add(put(picture, figure.png(PIXELS_A_UNIT)));
        } catch (NoPictureException e) {
            Files.deleteIfExists(picture);
            problem = Optional.of(String.valueOf(e.getMessage()));
        }
        String csv = figure.table().csv();
        files.add(put(folder.resolve(figure.name() + ".csv"), csv.getBytes(StandardCharsets.UTF_8)));
        return new Written(List.copyOf(files), problem);
    }

    private static Path put(Path file, byte[] bytes) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.write(part, bytes);
            try {
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException _) {
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw new IOException("cannot write %s: %s".formatted(file, Json.reason(e)), e);
        }
        return file;
    }

    /// The written files.
    ///
    /// @param files the files, SVG first
    /// @param problem why there is no PNG, if there is none
    public record Written(List<Path> files, Optional<String> problem) {}
}
