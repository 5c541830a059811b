package dev.stiefel.cli;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.record.RunRecord;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The folder of a run to be made: the one that was typed, or one in `runs` that is named after what is made.
///
/// A folder that is named here is made at once, since of several processes that look for a free name in the same
/// second only one can make it. It is taken away again if no run came of it.
final class RunPlace implements AutoCloseable {
    private static final int TRIES = 1_000;

    private final Path path;
    private final List<Path> made; // the outermost last

    private RunPlace(Path path, List<Path> made) {
        this.path = path;
        this.made = made;
    }

    static RunPlace of(CommandEnvironment environment, @Nullable String typed, String name) {
        return typed != null
                ? new RunPlace(environment.path(typed), List.of())
                : free(environment.path("runs"), RunNames.stamped(name));
    }

    /// `FOLDER/NAME`, with a number behind it where that is taken.
    static RunPlace free(Path folder, String name) {
        Path path = folder.resolve(name);
        for (int number = 2; number < TRIES; number++) {
            List<Path> made = new ArrayList<>();
            try {
                makeParents(folder, made);
                Files.createDirectory(path);
                made.addFirst(path);
                return new RunPlace(path, made);
            } catch (FileAlreadyExistsException taken) {
                if (!Files.isDirectory(folder)) {
                    break;
                }
                path = folder.resolve(name + "-" + number);
            } catch (NoSuchFileException gone) {
                // another process took its empty folder away
            } catch (IOException e) {
                break;
            }
        }
        return new RunPlace(path, List.of()); // the attempt to begin a run there gives the reason
    }

    private static void makeParents(Path folder, List<Path> made) throws IOException {
        Path absolute = folder.toAbsolutePath();
        List<Path> missing = new ArrayList<>();
        for (Path part = absolute; part != null && !Files.exists(part); part = part.getParent()) {
            missing.add(part);
        }
        Files.createDirectories(absolute);
        made.addAll(missing);
    }

    Path path() {
        return path;
    }

    /// Takes away what was made here and holds no run.
    @Override
    public void close() throws IOException {
        if (made.isEmpty() || Files.exists(path.resolve(RunRecord.FILE))) {
            return;
        }
        DurableFiles.deleteTree(path);
        for (Path each : made.subList(1, made.size())) {
            try {
                Files.deleteIfExists(each);
            } catch (IOException e) {
                return; // another process has made something in it
            }
        }
    }
}
