package dev.stiefel.lab.report;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The files of a report in their folder. A new report is first written whole beside the old one (`.report-new`), then
/// named complete (`.report-complete`), then moved over it file by file, `report.json` last. A crash leaves the old
/// files, or a complete new report that the next call puts in place.
final class ReportFiles {
    private static final String FRESH = ".report-new";
    private static final String COMPLETE = ".report-complete";

    private final Path folder;

    private ReportFiles(Path folder) {
        this.folder = folder;
    }

    static ReportFiles in(Path folder) {
        return new ReportFiles(folder);
    }

    /// Returns whether a report was complete, but is not yet in its place.
    boolean isUnfinished() {
        return Files.exists(folder.resolve(COMPLETE));
    }

    /// Refuses to overwrite what no report has made.
    ///
    /// @throws IllegalArgumentException naming the file
    void requireOwn(List<String> names) throws IOException {
        Optional<Provenance> old = Provenance.find(folder);
        for (String name : names) {
            boolean own = name.equals(Provenance.FILE)
                    || old.map(report -> report.files().containsKey(name)).orElse(false);
            Path file = folder.resolve(name);
            if (Files.exists(file) && !own && !isUnfinished()) {
                throw new IllegalArgumentException(
                        "'%s' exists and was not made by report; move it away, or name another folder with --out"
                                .formatted(file));
            }
        }
    }

    /// Puts files in the place of those of the report that is there. Files of the old report that the new one
    /// does not have are deleted, unless somebody has changed them.
    void put(Map<String, byte[]> files) throws IOException {
        try {
            finish();
            Path fresh = folder.resolve(FRESH);
            DurableFiles.deleteTree(fresh);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = fresh.resolve(file.getKey());
                Files.createDirectories(Objects.requireNonNull(path.getParent()));
                Files.write(path, file.getValue());
                DurableFiles.force(path);
            }
            Files.move(fresh, folder.resolve(COMPLETE), StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.force(folder);
            finish();
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(folder, Json.reason(e)), e);
        }
    }

    private void finish() throws IOException {
        Path complete = folder.resolve(COMPLETE);
        if (!Files.exists(complete)) {
            return;
        }
        if (Files.exists(complete.resolve(Provenance.FILE))) {
            removeObsolete(complete);
            for (String name : names(complete)) {
                Path place = folder.resolve(name);
                Files.createDirectories(Objects.requireNonNull(place.getParent()));
                Files.move(complete.resolve(name), place, StandardCopyOption.ATOMIC_MOVE);
            }
            DurableFiles.force(folder);
        }
        DurableFiles.deleteTree(complete);
    }

    /// All files of a new report, what says so last.
    private static List<String> names(Path complete) throws IOException {
        try (Stream<Path> all = Files.walk(complete)) {
            Stream<String> names = all.filter(Files::isRegularFile)
                    .map(file -> complete.relativize(file).toString())
                    .filter(name -> !name.equals(Provenance.FILE))
                    .sorted();
            return Stream.concat(names, Stream.of(Provenance.FILE)).toList();
        }
    }

    private void removeObsolete(Path complete) throws IOException {
        Map<String, String> old = new LinkedHashMap<>();
        Provenance.find(folder).ifPresent(report -> old.putAll(report.files()));
        old.keySet().removeAll(Provenance.read(complete).files().keySet());
        for (Map.Entry<String, String> file : old.entrySet()) {
            Path path = folder.resolve(file.getKey()).normalize();
            if (path.startsWith(folder.normalize())
                    && Files.isRegularFile(path)
                    && DurableFiles.sha256(path).equals(file.getValue())) {
                Files.delete(path);
            }
        }
    }
}
