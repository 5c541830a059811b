package dev.stiefel.lab.analysis;

import dev.stiefel.lab.published.LogImport;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.ImportedLog;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.sweep.Sweep;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Finds runs and reads them; a failure with one run is a remark, and the others are read.
final class RunSetReader {
    private static final int DEEPEST = 16;
    private static final int NAMED = 3;

    private final List<RecordedRun> runs = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Set<Option<?>> declared = new LinkedHashSet<>();
    private final Set<Path> seen = new HashSet<>();
    private boolean imports;

    RunSet read(List<Path> paths) throws IOException {
        if (paths.isEmpty()) {
            throw new IllegalArgumentException("no runs were given; name a run, a sweep or a folder of them");
        }
        for (Path path : paths) {
            if (!Files.exists(path)) {
                throw new IllegalArgumentException("there is nothing at '%s'".formatted(path));
            }
            if (!Files.isDirectory(path)) {
                throw new IllegalArgumentException("'%s' is not a run: a run is a folder".formatted(path));
            }
            int before = runs.size() + remarks.size();
            read(path, path, 0);
            if (runs.size() + remarks.size() == before) {
                remarks.add("there are no runs in '%s'".formatted(path));
            }
        }
        if (runs.isEmpty()) {
            throw new IllegalArgumentException(
                    remarks.size() == 1
                            ? remarks.getFirst()
                            : "none of %s runs can be read; the first: %s"
                                    .formatted(remarks.size(), remarks.getFirst()));
        }
        return set();
    }

    /// A single run that was opened already, as [#read] would find it.
    RunSet of(RunFolder run, List<HistoryRow> history) {
        add(run, name(run.path(), run.path()), Optional.empty(), Curves.of(history));
        return set();
    }

    private RunSet set() {
        Grouping grouping = Grouping.of(runs, declared);
        remarkOnRuns();
        remarkOnGroups(grouping);
        return new RunSet(runs, remarks, grouping);
    }

    private void read(Path top, Path folder, int depth) throws IOException {
        if (Files.exists(folder.resolve(RunRecord.FILE))) {
            run(folder, name(top, folder), Optional.empty());
        } else if (Files.exists(folder.resolve(Sweep.FILE))) {
            sweep(top, folder);
        } else if (Files.exists(folder.resolve(LogImport.FILE))) {
            imported(folder);
        } else if (depth < DEEPEST) {
            for (Path each : folders(folder)) {
                read(top, each, depth + 1);
            }
        }
    }

    private void sweep(Path top, Path folder) throws IOException {
        Path file = folder.resolve(Sweep.FILE);
        String name = name(top, folder);
        try {
            ObjectNode json = Json.parse(Files.readString(file));
            name = json.has("name") ? Json.textField(json, "name") : name;
            JsonNode spec = json.has("spec") ? Json.objectField(json, "spec") : json;
            if (spec.has("axes")) {
                for (String key : Json.objectField(spec, "axes").propertyNames()) {
                    declare(key, file);
                }
            }
        } catch (IOException e) {
            remarks.add("cannot read %s: %s; its runs are read all the same".formatted(file, Json.reason(e)));
        }
        Path all = folder.resolve("runs");
        if (!Files.isDirectory(all)) {
            remarks.add("sweep '%s' has no runs yet".formatted(folder));
            return;
        }
        for (Path each : folders(all)) {
            if (Files.exists(each.resolve(RunRecord.FILE))) {
                run(each, name(all, each), Optional.of(name));
            } else {
                remarks.add("'%s' is not a run: it has no %s".formatted(each, RunRecord.FILE));
            }
        }
    }

    private void declare(String key, Path file) {
        for (String each : key.split(",", -1)) {
            try {
                declared.add(Options.of(each.strip()));
            } catch (IllegalArgumentException e) {
                remarks.add("%s: the axis '%s' is left out: it is no option".formatted(file, Json.oneLine(each)));
            }
        }
    }

    private void imported(Path folder) throws IOException {
        Path file = folder.resolve(LogImport.FILE);
        try {
            long problems = Json.longField(Json.parse(Files.readString(file)), "problems");
            if (problems > 0) {
                remarks.add(String.format(
                        Locale.ROOT,
                        "imported logs '%s' have %,d problems, listed in %s",
                        folder,
                        problems,
                        folder.resolve(LogImport.PROBLEMS)));
            }
        } catch (IOException e) {
            remarks.add("cannot read %s: %s; its runs are read all the same".formatted(file, Json.reason(e)));
        }
        Path all = folder.resolve("runs");
        List<Path> found;
        try (Stream<Path> walk = Files.isDirectory(all) ? Files.walk(all) : Stream.empty()) {
            found = walk.filter(each -> each.endsWith(RunRecord.FILE)).sorted().toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path each : found) {
            Path run = each.resolveSibling("");
            run(run, name(all, run), Optional.empty());
        }
    }

    private void run(Path folder, String name, Optional<String> sweep) throws IOException {
        if (!seen.add(folder.toRealPath())) {
            return;
        }
        try {
            RunFolder opened = RunFolder.open(folder);
            add(opened, name, sweep, curves(opened));
        } catch (IOException | IllegalArgumentException e) {
            remarks.add(String.valueOf(e.getMessage()));
        }
    }

    private void add(RunFolder run, String name, Optional<String> sweep, Curves curves) {
        Optional<ImportedLog> imported = run.imported();
        imports |= imported.isPresent();
        RecordedRun.Facts facts = new RecordedRun.Facts(
                run.path(),
                name,
                imported.map(ImportedLog::configuration)
                        .or(() -> sweep)
                        .orElseGet(() -> run.spec().find(Options.EXPERIMENT).orElse("runs")),
                run.spec(),
                run.status(),
                run.message(),
                run.summary(),
                run.dataSha256(),
                run.versions(),
                run.directions(),
                imported.isPresent());
        runs.add(new RecordedRun(facts, curves));
    }

    private Curves curves(RunFolder run) {
        try {
            List<HistoryRow> rows = run.historyWithPerplexity();
            return Curves.of(rows);
        } catch (IOException e) {
            remarks.add(String.valueOf(e.getMessage()));
            return Curves.none();
        }
    }

    private void remarkOnRuns() {
        Map<String, List<RecordedRun>> leftOut = new TreeMap<>();
        for (RecordedRun run : runs) {
            if (!run.isUsable()) {
                String why = run.status() == RunStatus.DONE
                        ? "nothing was measured"
                        : run.status().word();
                leftOut.computeIfAbsent(why, _ -> new ArrayList<>()).add(run);
            }
            if (!run.isImported()) { // an import lists its own
                for (RunMeasure measure : run.measures()) {
                    if (run.missing(measure) > 0) {
                        remarks.add("run '%s': %s is missing after %s of %s epochs"
                                .formatted(run.name(), measure.label(), run.missing(measure), run.epochs()));
                    }
                }
            }
        }
        leftOut.forEach((why, all) -> remarks.add("%s left out of statistics (%s): %s"
                .formatted(
                        all.size() == 1 ? "1 run is" : String.format(Locale.ROOT, "%,d runs are", all.size()),
                        why,
                        names(all))));
        if (imports) {
            remarks.add("training figures of imported runs are those of an epoch's last mini-batch");
        }
        Map<Map<String, Object>, RecordedRun> bySpec = new HashMap<>();
        for (RecordedRun run : runs) {
            if (!run.isImported()) {
                RecordedRun before = bySpec.putIfAbsent(run.spec().asMap(), run);
                if (before != null) {
                    remarks.add("runs '%s' and '%s' have the same options and seed; both are counted"
                            .formatted(before.folder(), run.folder()));
                }
            }
        }
    }

    private void remarkOnGroups(Grouping grouping) {
        for (Configuration each : grouping.configurations()) {
            int least = each.runs().stream().mapToInt(RecordedRun::epochs).min().orElse(0);
            if (least != each.epochs()) {
                remarks.add("%s: runs have from %s to %s epochs; the last of each is its final one"
                        .formatted(titled(each), least, each.epochs()));
            }
        }
        Set<String> data = new TreeSet<>();
        runs.forEach(run -> data.add(run.spec().get(Options.DATA)));
        if (data.size() > 1) {
            remarks.add("runs are of %s data sets: %s".formatted(data.size(), String.join(", ", data)));
        }
        remarkOnChangedData();
    }

    /// Runs that name the same data, but read other files.
    private void remarkOnChangedData() {
        Map<String, Map<List<String>, List<RecordedRun>>> byName = new TreeMap<>();
        for (RecordedRun run : runs) {
            if (!run.dataSha256().isEmpty()) {
                byName.computeIfAbsent(run.spec().get(Options.DATA), _ -> new LinkedHashMap<>())
                        .computeIfAbsent(
                                run.dataSha256().values().stream().sorted().toList(), _ -> new ArrayList<>())
                        .add(run);
            }
        }
        byName.forEach((name, versions) -> {
            if (versions.size() > 1) {
                List<RecordedRun> firsts =
                        versions.values().stream().map(List::getFirst).toList();
                remarks.add(
                        "data '%s' had %s versions by its files' checksums: runs such as '%s' and '%s' saw different data"
                                .formatted(
                                        name,
                                        versions.size(),
                                        firsts.get(0).name(),
                                        firsts.get(1).name()));
            }
        });
    }

    private static String titled(Configuration each) {
        return each.axes().isEmpty() ? each.name() : each.name() + ", " + each.label();
    }

    private static String names(List<RecordedRun> all) {
        String first = all.stream()
                .limit(NAMED)
                .map(run -> run.name() + run.message().map(" (%s)"::formatted).orElse(""))
                .collect(Collectors.joining("; "));
        return all.size() <= NAMED ? first : first + "; …";
    }

    private static List<Path> folders(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory)
                    .filter(each -> !String.valueOf(each.getFileName()).startsWith("."))
                    .sorted()
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(folder, Json.reason(e)), e);
        }
    }

    private static String name(Path top, Path folder) {
        String below = top.relativize(folder).toString().replace('\\', '/');
        Path last = folder.toAbsolutePath().normalize().getFileName();
        return below.isEmpty() ? String.valueOf(last) : below;
    }
}
