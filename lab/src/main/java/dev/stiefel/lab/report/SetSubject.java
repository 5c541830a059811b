package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.analysis.RecordedRun;
import dev.stiefel.lab.analysis.RunMeasure;
import dev.stiefel.lab.analysis.RunSet;
import dev.stiefel.lab.analysis.Statistics;
import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.published.LogImport;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.PageTable.Cell;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.sweep.Sweep;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Several runs.
final class SetSubject implements Subject {
    private static final int MOST_ROWS = 500;
    private static final int MOST_SUMS = 40;
    private static final int SHORT_SUM = 16;

    private final List<Path> paths;
    private final Path base;
    private final RunSet set;
    private final ReportSources sources;
    private final RunMeasure measure;

    private SetSubject(List<Path> paths, Path base, RunSet set, ReportSources sources) {
        this.paths = paths;
        this.base = base;
        this.set = set;
        this.sources = sources;
        this.measure = FigurePlanner.measureOf(set);
    }

    static SetSubject read(List<Path> paths, Path base) throws IOException {
        RunSet set = RunSet.read(paths);
        if (set.usable().isEmpty()) {
            throw new IllegalArgumentException("no run in %s has come to a result: %s"
                    .formatted(
                            PageText.listed(
                                    paths.stream().map(path -> "'" + path + "'").toList()),
                            states(set)));
        }
        requireOneKind(set);
        return new SetSubject(
                paths,
                base,
                set,
                ReportSources.of(set.runs().stream().map(RecordedRun::folder).toList(), base));
    }

    private static String states(RunSet set) {
        Map<String, Long> counts = set.runs().stream()
                .collect(Collectors.groupingBy(run -> run.status().word(), TreeMap::new, Collectors.counting()));
        return counts.isEmpty()
                ? set.remarks().isEmpty() ? "there is none" : set.remarks().getFirst()
                : PageText.listed(counts.entrySet().stream()
                        .map(entry -> "%s %s".formatted(entry.getValue(), entry.getKey()))
                        .toList());
    }

    private static void requireOneKind(RunSet set) {
        Optional<RecordedRun> classes =
                set.usable().stream().filter(SetSubject::hasErrors).findFirst();
        Optional<RecordedRun> numbers =
                set.usable().stream().filter(run -> !hasErrors(run)).findFirst();
        if (classes.isPresent() && numbers.isPresent()) {
            throw new IllegalArgumentException(
                    ("report: runs that predict classes and runs that predict numbers cannot be in one report;"
                                    + " got '%s' and '%s'; make one of each")
                            .formatted(classes.get().folder(), numbers.get().folder()));
        }
    }

    private static boolean hasErrors(RecordedRun run) {
        return run.has(RunMeasure.TEST_ERROR)
                || run.has(RunMeasure.VALIDATION_ERROR)
                || run.has(RunMeasure.TRAIN_ERROR);
    }

    @Override
    public ReportSources sources() {
        return sources;
    }

    @Override
    public FigurePlan plan() {
        return SetFigures.of(set);
    }

    @Override
    public int configurations() {
        return set.configurations().size();
    }

    @Override
    public List<String> missing() {
        List<String> lines = new ArrayList<>();
        set.remarks().forEach(line -> lines.add(seen(line)));
        for (Configuration cell : set.missing()) {
            lines.add("no run has come to a result at %s".formatted(cell.label()));
        }
        return lines;
    }

    private String seen(String line) {
        return seen(line, paths, base);
    }

    /// A line with paths relative to the report, so that it reads the same wherever the report is made.
    static String seen(String line, List<Path> paths, Path base) {
        String typed = paths.stream()
                .map(Path::toString)
                .filter(path -> !path.isEmpty())
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|"));
        if (typed.isEmpty()) {
            return line;
        }
        // Only whole paths: a folder may be called as a word is, or as a part of one.
        return Pattern.compile("(?<![^\\s'(])(" + typed + ")([/':])")
                .matcher(line)
                .replaceAll(found -> Matcher.quoteReplacement(seen(Path.of(found.group(1)), found.group(2), base)));
    }

    /// @param after text after the path
    private static String seen(Path path, String after, Path base) {
        String relative = ReportSources.relative(base, path);
        if (!relative.equals(".")) {
            return relative + after;
        }
        return after.equals("/") ? "" : path.toAbsolutePath().normalize().getFileName() + after;
    }

    @Override
    public Page page(Provenance provenance, List<Drawn> figures, List<String> leftOut, String files) {
        return new Page(
                provenance.choices().title().orElseGet(this::title),
                lead(),
                summary(),
                Subject.groups(figures, sources, files),
                leftOut,
                missing(),
                specs(),
                commands(provenance),
                facts(provenance),
                "");
    }

    private Set<String> experiments() {
        return set.configurations().stream()
                .map(Configuration::name)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private String title() {
        Set<String> names = experiments();
        return names.size() == 1
                ? "Experiment " + names.iterator().next()
                : NumberText.count(names.size(), "experiment", "experiments");
    }

    // ---- the first words ----

    private List<String> lead() {
        int usable = set.usable().size();
        StringBuilder words = new StringBuilder("%s of %s in %s."
                .formatted(
                        NumberText.count(set.runs().size(), "run", "runs"),
                        NumberText.count(set.configurations().size(), "configuration", "configurations"),
                        NumberText.count(experiments().size(), "experiment", "experiments")));
        if (usable < set.runs().size()) {
            words.append(" %s come to a result and count; the others are listed below."
                    .formatted(usable == 0 ? "None has" : String.format(Locale.ROOT, "%,d have", usable)));
        }
        List<String> axes = set.axes().stream().map(this::axis).toList();
        if (!axes.isEmpty()) {
            words.append(" They differ in ").append(PageText.listed(axes)).append('.');
        }
        return List.of(words.toString(), best());
    }

    private String axis(Option<?> axis) {
        Set<Object> values = set.configurations().stream()
                .map(each -> Optional.ofNullable(each.axes().get(axis)))
                .flatMap(Optional::stream)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        List<Double> numbers = values.stream()
                .map(ExperimentAxes::number)
                .filter(OptionalDouble::isPresent)
                .map(OptionalDouble::getAsDouble)
                .sorted()
                .toList();
        if (numbers.size() == values.size() && numbers.size() > 4) {
            return "%s (%s to %s, %s values)"
                    .formatted(
                            ExperimentAxes.label(axis),
                            plain(numbers.getFirst()),
                            plain(numbers.getLast()),
                            numbers.size());
        }
        return values.size() > 6
                ? "%s (%s values)".formatted(ExperimentAxes.label(axis), values.size())
                : "%s (%s)"
                        .formatted(
                                ExperimentAxes.label(axis),
                                String.join(
                                        ", ",
                                        values.stream().map(Object::toString).toList()));
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private String best() {
        record Scored(Configuration configuration, Statistics error) {}
        Optional<Scored> best = set.configurations().stream()
                .filter(each -> !each.runs().isEmpty())
                .map(each -> new Scored(each, Statistics.of(each.runs().stream().mapToDouble(Series.last(measure)))))
                .filter(each -> Double.isFinite(each.error().mean()))
                .min(Comparator.comparingDouble(each -> each.error().mean()));
        if (best.isEmpty()) {
            return "None of them has a final %s.".formatted(measure.label());
        }
        Statistics error = best.get().error();
        Configuration configuration = best.get().configuration();
        String where = experiments().size() > 1 && !configuration.axes().isEmpty()
                ? configuration.name() + ", " + configuration.label()
                : configuration.label();
        return "The lowest final %s is %s (%s; %s)."
                .formatted(
                        measure.label(),
                        measure.isError()
                                ? NumberText.percent(error.mean(), error.standardDeviation())
                                : NumberText.withCommas(error.mean()),
                        where,
                        NumberText.count(error.count(), "run", "runs"));
    }

    // ---- tables ----

    private List<PageTable> summary() {
        SummaryTable table = SummaryTable.of(set);
        List<PageTable> all = new ArrayList<>();
        PageTable cells = SummaryCells.of(table);
        int rows = cells.rows().size();
        all.add(
                rows <= MOST_ROWS
                        ? cells
                        : new PageTable(
                                cells.caption()
                                        + String.format(
                                                Locale.ROOT,
                                                " The first %s of %,d rows; summary.csv has all.",
                                                MOST_ROWS,
                                                rows),
                                cells.header(),
                                cells.rows().subList(0, MOST_ROWS)));
        return all;
    }

    private List<Page.Named> specs() {
        List<Page.Named> specs = new ArrayList<>();
        for (Path path : paths) {
            json(path.resolve(Sweep.FILE))
                    .filter(json -> json.get("spec") instanceof ObjectNode)
                    .ifPresent(json -> specs.add(new Page.Named(
                            "Sweep " + json.path("name").stringValue(""), tree((ObjectNode) json.get("spec"), ""))));
        }
        for (String name : experiments()) {
            List<RecordedRun> runs = set.runs().stream()
                    .filter(run -> run.configuration().equals(name))
                    .toList();
            specs.add(new Page.Named("What the runs of %s have in common".formatted(name), common(runs)));
        }
        return specs;
    }

    /// Options of one value, then those of several.
    private static String common(List<RecordedRun> runs) {
        Map<String, Set<Object>> values = new LinkedHashMap<>();
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (RecordedRun run : runs) {
            run.spec().asMap().forEach((key, value) -> {
                values.computeIfAbsent(key, _ -> new LinkedHashSet<>()).add(value);
                counts.merge(key, 1, Integer::sum);
            });
        }
        StringBuilder same = new StringBuilder();
        StringBuilder varying = new StringBuilder();
        values.forEach((key, all) -> {
            if (all.size() == 1 && counts.getOrDefault(key, 0) == runs.size()) {
                same.append(key)
                        .append(": ")
                        .append(PageText.scalar(all.iterator().next()))
                        .append('\n');
            } else {
                varying.append(key)
                        .append(": ")
                        .append(PageText.scalar(sorted(all)))
                        .append('\n');
            }
        });
        return varying.isEmpty() ? same.toString() : same + "\n# from run to run\n" + varying;
    }

    private static List<Object> sorted(Collection<Object> values) {
        List<Object> all = new ArrayList<>(values);
        if (all.stream().allMatch(Number.class::isInstance)) {
            all.sort(Comparator.comparingDouble(each -> ((Number) each).doubleValue()));
        } else {
            all.sort(Comparator.comparing(Object::toString));
        }
        return all;
    }

    /// JSON as YAML has it.
    private static String tree(ObjectNode node, String indent) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (entry.getValue() instanceof ObjectNode inner) {
                text.append(indent).append(entry.getKey()).append(":\n").append(tree(inner, indent + "  "));
            } else {
                text.append(indent)
                        .append(entry.getKey())
                        .append(": ")
                        .append(PageText.scalar(Json.plain(entry.getValue())))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private List<String> commands(Provenance provenance) {
        List<String> commands = new ArrayList<>();
        for (Path path : paths) {
            String at = PageText.typed(ReportSources.relative(base, path));
            Optional<ObjectNode> sweep = json(path.resolve(Sweep.FILE));
            Optional<ObjectNode> logs = json(path.resolve(LogImport.FILE));
            if (sweep.isPresent()) {
                commands.add(sweep.get()
                        .path("command")
                        .stringValue("stiefel sweep %s.yaml --out %s"
                                .formatted(
                                        PageText.typed(sweep.get().path("name").stringValue("SPEC")), at)));
            } else if (logs.isPresent()) {
                commands.add("stiefel import-logs %s %s"
                        .formatted(PageText.typed(logs.get().path("source").stringValue("DIR")), at));
            } else if (ReportPaths.isRun(path)) {
                set.runs().stream()
                        .filter(run -> run.folder().normalize().equals(path.normalize()))
                        .findFirst()
                        .ifPresent(run -> commands.add(PageText.trainCommand(run.spec()) + " --out " + at));
            }
        }
        commands.add(provenance.command());
        return commands;
    }

    private static Optional<ObjectNode> json(Path file) {
        try {
            return Files.exists(file) ? Optional.of(Json.parse(Files.readString(file))) : Optional.empty();
        } catch (IOException _) {
            return Optional.empty(); // a remark of the set says so
        }
    }

    private List<PageTable> facts(Provenance provenance) {
        List<PageTable> all = new ArrayList<>();
        all.add(states());
        List<List<Cell>> versions = new ArrayList<>();
        versions.add(
                PageTable.row(Cell.text("report"), Cell.text("stiefel " + provenance.version()), Cell.number("", 0)));
        counted(run -> run.versions().entrySet().stream()
                        .map(each -> each.getKey() + " " + each.getValue())
                        .toList())
                .forEach((version, count) -> versions.add(PageTable.row(
                        Cell.text("runs"), Cell.text(version), Cell.number(NumberText.withCommas(count), count))));
        all.add(new PageTable(
                "Versions: what runs and report were made with.", List.of("what", "version", "runs"), versions));
        List<List<Cell>> data = new ArrayList<>();
        counted(run -> run.dataSha256().entrySet().stream()
                        .map(each -> each.getKey() + "\n" + each.getValue())
                        .toList())
                .forEach((file, count) -> data.add(PageTable.row(
                        Cell.text(file.substring(0, file.indexOf('\n'))),
                        Cell.code(file.substring(file.indexOf('\n') + 1)),
                        Cell.number(NumberText.withCommas(count), count))));
        if (!data.isEmpty()) {
            all.add(new PageTable("Data: SHA-256 of its files.", List.of("file", "SHA-256", "runs"), data));
        }
        all.add(sums());
        return all;
    }

    private Map<String, Integer> counted(Function<RecordedRun, List<String>> facts) {
        Map<String, Integer> counts = new TreeMap<>();
        set.runs().forEach(run -> facts.apply(run).forEach(fact -> counts.merge(fact, 1, Integer::sum)));
        return counts;
    }

    private PageTable states() {
        Map<RunStatus, Integer> counts = new TreeMap<>();
        set.runs().forEach(run -> counts.merge(run.status(), 1, Integer::sum));
        return new PageTable(
                "States: where the runs stand.",
                List.of("status", "runs"),
                counts.entrySet().stream()
                        .map(entry -> PageTable.row(
                                Cell.text(entry.getKey().word()),
                                Cell.number(NumberText.withCommas(entry.getValue()), entry.getValue())))
                        .toList());
    }

    private PageTable sums() {
        List<ReportSources.Source> all = sources.list();
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(PageTable.row(
                Cell.text("all %s together".formatted(NumberText.count(all.size(), "run", "runs"))),
                Cell.code(ReportSources.checksum(all)),
                Cell.text("")));
        if (all.size() <= MOST_SUMS) {
            all.forEach(run -> rows.add(PageTable.row(
                    Cell.text(run.id()), Cell.code(shortened(run.record())), Cell.code(shortened(run.history())))));
        }
        return new PageTable(
                "Checksums: SHA-256 of each run's run.json and history.csv; report.json has them in full.",
                List.of("run", RunRecord.FILE, RunFolder.HISTORY),
                rows);
    }

    private static String shortened(String sum) {
        return sum.isEmpty() ? "–" : sum.substring(0, SHORT_SUM) + "…";
    }

    @Override
    public String summaryCsv() {
        return SummaryTable.of(set).csv();
    }

    @Override
    public String summaryMarkdown() {
        return SummaryTable.of(set).markdown();
    }
}
