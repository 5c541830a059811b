package dev.stiefel.lab.report;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.ProgramVersion;
import dev.stiefel.lab.report.ReportSources.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Differences between a report and the present state of its runs and files.
final class ReportDifferences {
    private final Path folder;
    private final Provenance old;
    private final List<String> lines = new ArrayList<>();

    ReportDifferences(Path folder, Provenance old) {
        this.folder = folder;
        this.old = old;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    void ofProgram() {
        String now = ProgramVersion.current();
        if (!now.equals(old.version())) {
            lines.add("program: the report was made by version %s; this is %s".formatted(old.version(), now));
        }
        if (ReportFiles.in(folder).isUnfinished()) {
            lines.add("report: a newer one was written only in part; make it again");
        }
    }

    /// Compares the report's own files with their checksums.
    void ofFiles() throws IOException {
        for (Map.Entry<String, String> file : old.files().entrySet()) {
            Path path = folder.resolve(file.getKey());
            if (!Files.isRegularFile(path)) {
                lines.add("file %s: it is gone".formatted(file.getKey()));
            } else if (!checksum(path).equals(file.getValue())) {
                lines.add("file %s: somebody has changed it".formatted(file.getKey()));
            }
        }
    }

    private static String checksum(Path file) throws IOException {
        return file.endsWith(Provenance.RUN_PAGE)
                ? Provenance.checksumOfPage(Files.readString(file, StandardCharsets.UTF_8))
                : DurableFiles.sha256(file);
    }

    /// Compares the runs with their present state.
    void ofRuns(List<Source> now) {
        Map<String, Source> before = new LinkedHashMap<>();
        old.runs().forEach(run -> before.put(run.id(), run));
        Map<String, Source> after = new HashMap<>();
        now.forEach(run -> after.put(run.id(), run));
        for (Source run : now) {
            Source was = before.get(run.id());
            if (was == null) {
                lines.add("run %s: it is new".formatted(run.id()));
            } else if (!run.changeSince(was).isEmpty()) {
                lines.add("run %s: %s".formatted(run.id(), run.changeSince(was)));
            }
        }
        for (Source run : old.runs()) {
            if (!after.containsKey(run.id())) {
                lines.add("run %s: it is gone, or cannot be read".formatted(run.id()));
            }
        }
    }

    /// Compares the results with those of a new report. The page repeats the figures and the summary, so that it
    /// is named only where none of them is; the pictures are those of the figures.
    void ofResults(Map<String, String> now) {
        List<String> changed = new ArrayList<>();
        for (Map.Entry<String, String> file : now.entrySet()) {
            String was = old.files().get(file.getKey());
            if (was == null) {
                changed.add("%s: it would be new".formatted(file.getKey()));
            } else if (!was.equals(file.getValue()) && !file.getKey().endsWith(".html")) {
                changed.add("%s: it would differ".formatted(file.getKey()));
            }
        }
        for (String name : old.files().keySet()) {
            if (!now.containsKey(name) && !name.endsWith(".png")) {
                changed.add("%s: it would not be there".formatted(name));
            }
        }
        if (changed.isEmpty()) {
            now.forEach((name, sum) -> {
                if (!sum.equals(old.files().get(name))) {
                    changed.add("%s: it would differ".formatted(name));
                }
            });
        }
        changed.forEach(line -> lines.add("made again, " + line));
    }

    /// Adds a line if the report can no longer be made.
    void ofNothing(Exception e) {
        lines.add("made again, it fails: " + e.getMessage());
    }
}
