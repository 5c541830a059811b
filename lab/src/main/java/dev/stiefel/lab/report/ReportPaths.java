package dev.stiefel.lab.report;

import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.sweep.Sweep;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Paths that reports are read from and written to, with the checks of both.
final class ReportPaths {
    private ReportPaths() {}

    static boolean isRun(Path path) {
        return Files.exists(path.resolve(RunRecord.FILE));
    }

    /// Refuses places that are no folders, or that name a run twice.
    static void check(List<Path> paths) {
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("report: there must be a run, a sweep, or imported logs to report on");
        }
        Set<Path> seen = new HashSet<>();
        Map<String, Path> sweeps = new HashMap<>();
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("there is no run, sweep or folder '%s'".formatted(path));
            }
            if (!Files.isDirectory(path)) {
                throw new IllegalArgumentException(
                        "'%s' is a file; a report is made of folders: a run, a sweep, imported logs".formatted(path));
            }
            if (!seen.add(absolute(path))) {
                throw new IllegalArgumentException("'%s' is named twice; name it once".formatted(path));
            }
            sweepName(path).ifPresent(name -> {
                Path other = sweeps.put(name, path);
                if (other != null) {
                    throw new IllegalArgumentException(("'%s' and '%s' are both sweeps called '%s';"
                                    + " unite them with 'stiefel merge', or give one another name")
                            .formatted(other, path, name));
                }
            });
        }
        for (Path path : paths) {
            for (Path other : paths) {
                if (!path.equals(other) && absolute(path).startsWith(absolute(other))) {
                    throw new IllegalArgumentException(
                            "'%s' lies in '%s', and its runs would count twice; name one of them"
                                    .formatted(path, other));
                }
            }
        }
    }

    private static Optional<String> sweepName(Path path) {
        Path file = path.resolve(Sweep.FILE);
        try {
            return Files.exists(file)
                    ? Optional.of(Json.textField(Json.parse(Files.readString(file)), "name"))
                    : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // said where the sweep is read
        }
    }

    /// The folder of a report's files.
    static Path folder(List<Path> paths, Optional<Path> out) {
        if (out.isEmpty()) {
            if (paths.size() > 1) {
                throw new IllegalArgumentException(
                        "report: a report on %s folders needs a place of its own; name it with --out DIR"
                                .formatted(paths.size()));
            }
            return paths.getFirst();
        }
        Path folder = out.get();
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("--out must be a folder, or new; '%s' is a file".formatted(folder));
        }
        for (Path at = absolute(folder); at != null; at = at.getParent()) {
            if (isRun(at)) {
                throw new IllegalArgumentException(
                        "--out must not lie in a run; '%s' is in the run '%s'; name a folder outside"
                                .formatted(folder, at));
            }
        }
        return folder;
    }

    /// Refuses to overwrite a page that no report has made.
    static void requireOwnPage(Path file) throws IOException {
        if (Files.exists(file)) {
            boolean own = Files.isRegularFile(file)
                    && Files.readString(file).contains("<meta name=\"generator\" content=\"stiefel report\">");
            if (!own) {
                throw new IllegalArgumentException(
                        "'%s' exists and was not made by report; move it away, or name a folder with --out"
                                .formatted(file));
            }
        }
    }

    /// @throws InvalidRunException if there is no report in a folder
    static void requireReport(Path folder) throws InvalidRunException {
        if (!Files.isDirectory(folder)) {
            throw new InvalidRunException("there is no folder '%s'".formatted(folder));
        }
        if (!Files.exists(folder.resolve(Provenance.FILE)) && !Files.exists(folder.resolve(Provenance.RUN_PAGE))) {
            throw new InvalidRunException(
                    "there is no report in '%s' to check: it has no %s and no %s; 'stiefel report' makes one"
                            .formatted(folder, Provenance.FILE, Provenance.RUN_PAGE));
        }
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
