package dev.stiefel.lab.sweep;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/// Several folders of a sweep, made on different machines, made one.
///
/// A run that is in two of them must have the same results, except for times; a finished copy takes precedence
/// over an unfinished one. Nothing is written unless all folders agree.
///
/// @param folder the new one
/// @param runs in it
/// @param duplicates runs that were in more than one
public record SweepMerge(Path folder, int runs, int duplicates) {
    /// Copies the runs of all sweeps into a new folder.
    ///
    /// @param out the new folder
    /// @throws IllegalArgumentException if it exists, a folder is no sweep, they are of
    ///     different sweeps, or two runs conflict: then both are named
    public static SweepMerge of(Path out, List<Path> sweeps) throws IOException {
        if (Files.exists(out)) {
            throw new IllegalArgumentException(
                    "'%s' exists; nothing is ever overwritten: name another folder".formatted(out));
        }
        if (sweeps.isEmpty()) {
            throw new IllegalArgumentException("merge: at least one sweep is needed");
        }
        Map<Path, ObjectNode> specs = new LinkedHashMap<>();
        for (Path sweep : sweeps) {
            if (!Files.isDirectory(sweep)) {
                throw new IllegalArgumentException("there is no sweep at '%s'".formatted(sweep));
            }
            specs.put(sweep, SweepFolder.json(sweep));
        }
        String name = Json.textField(specs.values().iterator().next(), "name");
        for (Map.Entry<Path, ObjectNode> each : specs.entrySet()) {
            String other = Json.textField(each.getValue(), "name");
            if (!other.equals(name)) {
                throw new IllegalArgumentException(
                        "merge: '%s' holds sweep '%s', '%s' holds '%s'; only folders of one sweep go together"
                                .formatted(sweeps.getFirst(), name, each.getKey(), Json.oneLine(other)));
            }
        }
        return new Merging(out, name, specs).merged();
    }

    private static final class Merging {
        private final Path out;
        private final String name;
        private final Map<Path, ObjectNode> specs;
        private final Map<String, RunFolder> runs = new TreeMap<>();
        private int duplicates;

        Merging(Path out, String name, Map<Path, ObjectNode> specs) {
            this.out = out;
            this.name = name;
            this.specs = specs;
        }

        SweepMerge merged() throws IOException {
            for (Path sweep : specs.keySet()) {
                try (Stream<Path> folders = Files.list(sweep.resolve(SweepFolder.RUNS))) {
                    for (Path folder : (Iterable<Path>) folders.sorted()::iterator) {
                        if (folder.getFileName().toString().matches("[0-9a-f]{16}")
                                && Files.exists(folder.resolve(RunRecord.FILE))) {
                            take(RunFolder.open(folder));
                        }
                    }
                }
            }
            write();
            return new SweepMerge(out, runs.size(), duplicates);
        }

        private void take(RunFolder run) throws IOException {
            String id = run.path().getFileName().toString();
            RunFolder other = runs.get(id);
            if (other == null) {
                runs.put(id, run);
                return;
            }
            duplicates++;
            if (run.status() != RunStatus.DONE && other.status() == RunStatus.DONE) {
                return;
            }
            boolean better = other.status() != RunStatus.DONE && run.status() == RunStatus.DONE;
            if (better || !SweepFolder.isEnded(other.status())) {
                runs.put(id, run);
                return;
            }
            if (SweepFolder.isEnded(run.status()) && !sameResults(run, other)) {
                throw new IllegalArgumentException(
                        "merge: run %s has come to different results in '%s' and '%s'; remove one of them"
                                .formatted(id, other.path(), run.path()));
            }
        }

        private static boolean sameResults(RunFolder a, RunFolder b) throws IOException {
            return a.status() == b.status()
                    && a.spec().equals(b.spec())
                    && a.dataSha256().equals(b.dataSha256())
                    && withoutSeconds(a).equals(withoutSeconds(b));
        }

        private static List<HistoryRow> withoutSeconds(RunFolder run) throws IOException {
            return Files.exists(run.path().resolve(RunFolder.HISTORY))
                    ? run.history().stream().map(HistoryRow::withoutSeconds).toList()
                    : List.of();
        }

        /// Beside its place first, so that a crash leaves nothing that looks whole.
        private void write() throws IOException {
            Path absolute = out.toAbsolutePath();
            Path parent = Objects.requireNonNull(absolute.getParent(), "the root exists");
            Files.createDirectories(parent);
            Path beside = Files.createTempDirectory(parent, ".merge-");
            try {
                Files.createDirectory(beside.resolve(SweepFolder.RUNS));
                SweepIndex index = new SweepIndex(beside, varied());
                for (Map.Entry<String, RunFolder> run : runs.entrySet()) {
                    copy(run.getValue().path(), beside.resolve(SweepFolder.RUNS).resolve(run.getKey()));
                    index.put(run.getKey(), run.getValue());
                }
                index.write();
                SweepFolder.write(beside, name, command(), spec());
                Files.move(beside, absolute);
            } catch (IOException | RuntimeException e) {
                DurableFiles.deleteTree(beside);
                throw e;
            }
        }

        private static void copy(Path from, Path to) throws IOException {
            try (Stream<Path> files = Files.walk(from)) {
                for (Path file : (Iterable<Path>) files::iterator) {
                    if (!file.getFileName().toString().startsWith(".")) {
                        Files.copy(file, to.resolve(from.relativize(file).toString()));
                    }
                }
            }
        }

        private String command() {
            List<String> folders = specs.keySet().stream().map(Path::toString).toList();
            return "stiefel merge " + out + " " + String.join(" ", folders);
        }

        /// The one spec of all, or all of them.
        private ObjectNode spec() throws IOException {
            Set<ObjectNode> different = new LinkedHashSet<>();
            for (ObjectNode each : specs.values()) {
                different.add(Json.objectField(each, "spec"));
            }
            if (different.size() == 1) {
                return different.iterator().next();
            }
            ObjectNode merged = Json.object();
            different.forEach(merged.putArray("merged")::add);
            return merged;
        }

        /// The options in which the runs differ, in the order in which runs record them.
        private List<Option<?>> varied() {
            List<Option<?>> varied = new ArrayList<>();
            List<RunSpec> all = runs.values().stream().map(RunFolder::spec).toList();
            for (Option<?> option : Options.all()) {
                if (option != Options.SEED
                        && all.stream()
                                        .map(spec -> spec.find(option))
                                        .distinct()
                                        .count()
                                > 1) {
                    varied.add(option);
                }
            }
            return varied;
        }
    }
}
