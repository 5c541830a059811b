package dev.stiefel.lab.report;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Sha256;
import dev.stiefel.lab.figure.NoPictureException;
import dev.stiefel.lab.model.ProgramVersion;
import dev.stiefel.lab.report.FigurePlan.Drawn;
import dev.stiefel.lab.report.Provenance.Choices;
import dev.stiefel.lab.report.Provenance.FigureSource;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Report on runs, a sweep, or imported logs: a page to read, its figures and tables as files, and its provenance.
///
/// ```java
/// Report.of(List.of(Path.of("sweeps/double-descent"))).write().page();
/// ```
///
/// For several runs, it is `index.html`, `figures/*.svg`, `.png` and `.csv`, `summary.csv`, `summary.md` and
/// `report.json` in the folder that was read, or in another. For a single run, it is the one file
/// `RUN/report.html`, unless another folder is named. A crash leaves the old report or the new one.
public final class Report {
    /// The maximum number of figures of a report by default.
    public static final int DEFAULT_FIGURES = 24;

    private static final String PAGE = "index.html";
    private static final int PICTURE_SCALE = 2;

    private final List<Path> paths;
    private final Optional<Path> out;
    private final Optional<String> title;
    private final int mostFigures;
    private final Set<Extra> extras;
    private final Optional<String> command;

    private Report(
            List<Path> paths,
            Optional<Path> out,
            Optional<String> title,
            int mostFigures,
            Set<Extra> extras,
            Optional<String> command) {
        this.paths = List.copyOf(paths);
        this.out = out;
        this.title = title;
        this.mostFigures = mostFigures;
        this.extras = Set.copyOf(extras);
        this.command = command;
    }

    /// Optional content of a report.
    public enum Extra {
        /// Figures that explain, made of published figures and of mathematics.
        EXPLANATIONS
    }

    /// Result of writing a report.
    ///
    /// @param page the page to read
    /// @param files all files, the page first
    /// @param runs number of runs in the report
    /// @param configurations number of configurations
    /// @param figures number of figures
    /// @param leftOut a line on each kind of figure that was left out for lack of room
    /// @param missing a line on everything that could not be used, or is not there
    /// @param problems problems while writing, such as pictures without fonts
    public record Written(
            Path page,
            List<Path> files,
            int runs,
            int configurations,
            int figures,
            List<String> leftOut,
            List<String> missing,
            List<String> problems) {
        /// Takes copies.
        public Written {
            files = List.copyOf(files);
            leftOut = List.copyOf(leftOut);
            missing = List.copyOf(missing);
            problems = List.copyOf(problems);
        }
    }

    /// A report on what lies at these places: each a run, a sweep, imported logs, or a folder of any of these. Nothing
    /// is read before [#write].
    ///
    /// @throws IllegalArgumentException if there is no place, or one of them twice
    public static Report of(List<Path> paths) {
        ReportPaths.check(paths);
        return new Report(paths, Optional.empty(), Optional.empty(), DEFAULT_FIGURES, Set.of(), Optional.empty());
    }

    /// The same, written into another folder, which is made if need be.
    public Report into(Path folder) {
        return new Report(paths, Optional.of(folder), title, mostFigures, extras, command);
    }

    /// The same under another title.
    ///
    /// @throws IllegalArgumentException if it is blank
    public Report titled(String newTitle) {
        if (newTitle.isBlank()) {
            throw new IllegalArgumentException(
                    "report: a title must not be blank; leave it out for one made of the runs' names");
        }
        return new Report(paths, out, Optional.of(newTitle.strip()), mostFigures, extras, command);
    }

    /// The same with at most so many figures drawn from runs.
    ///
    /// @throws IllegalArgumentException unless there is one at least
    public Report atMost(int figures) {
        if (figures < 1) {
            throw new IllegalArgumentException("report: there must be at least 1 figure; got " + figures);
        }
        return new Report(paths, out, title, figures, extras, command);
    }

    /// The same with something more.
    public Report with(Extra extra) {
        Set<Extra> all = new LinkedHashSet<>(extras);
        all.add(extra);
        return new Report(paths, out, title, mostFigures, all, command);
    }

    /// A copy that names the command that made it.
    public Report madeBy(String newCommand) {
        return new Report(paths, out, title, mostFigures, extras, Optional.of(newCommand));
    }

    /// Reads the runs, and writes the report.
    ///
    /// @throws IllegalArgumentException if there is nothing to report on, or it would overwrite what no report made
    /// @throws IOException if something cannot be read or written
    public Written write() throws IOException {
        return isPageOfRun() ? writePage() : writeFolder();
    }

    private boolean isPageOfRun() {
        return out.isEmpty() && paths.size() == 1 && ReportPaths.isRun(paths.getFirst());
    }

    private Written writePage() throws IOException {
        Path run = paths.getFirst();
        Path file = run.resolve(Provenance.RUN_PAGE);
        ReportPaths.requireOwnPage(file);
        Composition made = compose(run);
        DurableFiles.writeString(file, made.pageWithProvenance());
        return made.written(file, List.of(file));
    }

    private Written writeFolder() throws IOException {
        Path folder = ReportPaths.folder(paths, out);
        Composition made = compose(folder);
        Map<String, byte[]> files = made.files(PICTURE_SCALE);
        Files.createDirectories(folder);
        ReportFiles place = ReportFiles.in(folder);
        List<String> names = List.copyOf(files.keySet());
        place.requireOwn(names);
        place.put(files);
        List<Path> all = new ArrayList<>();
        all.add(folder.resolve(PAGE));
        names.stream().filter(name -> !name.equals(PAGE)).map(folder::resolve).forEach(all::add);
        return made.written(folder.resolve(PAGE), all);
    }

    private Composition compose(Path base) throws IOException {
        Subject subject = Subject.read(paths, base);
        FigurePlan plan = subject.plan().most(mostFigures);
        if (extras.contains(Extra.EXPLANATIONS)) {
            plan = plan.with(ExplanatoryFigures.plan());
        }
        List<Drawn> drawn =
                plan.figures().parallelStream().map(FigurePlan.Planned::draw).toList();
        Choices choices = new Choices(
                paths.stream().map(path -> ReportSources.relative(base, path)).toList(),
                title,
                mostFigures,
                extras.contains(Extra.EXPLANATIONS));
        Provenance provenance = new Provenance(
                command.orElseGet(() -> defaultCommand(choices)),
                ProgramVersion.current(),
                choices,
                subject.sources().list(),
                drawn.stream()
                        .map(each -> new FigureSource(
                                each.figure().name(),
                                each.figure().title(),
                                subject.sources().list(each.runs()).stream()
                                        .map(ReportSources.Source::id)
                                        .toList(),
                                ReportSources.checksum(subject.sources().list(each.runs()))))
                        .toList(),
                Map.of());
        return new Composition(subject, plan, drawn, provenance);
    }

    private static String defaultCommand(Choices choices) {
        return "stiefel report " + String.join(" ", choices.paths());
    }

    /// A report that is ready to be written.
    private record Composition(Subject subject, FigurePlan plan, List<Drawn> drawn, Provenance provenance) {
        Page page(String figures) {
            return subject.page(provenance, drawn, plan.leftOut(), figures);
        }

        String pageWithProvenance() {
            String html = page("").html();
            Provenance whole = provenance.with(Map.of(Provenance.RUN_PAGE, Provenance.checksumOfPage(html)));
            return page("").with(Json.text(whole.toJson())).html();
        }

        /// All but the pictures, which take the longest.
        Map<String, byte[]> texts() throws IOException {
            Map<String, byte[]> files = new LinkedHashMap<>();
            files.put(PAGE, bytes(page("figures").html()));
            for (Drawn each : drawn) {
                files.put(
                        "figures/" + each.figure().name() + ".svg",
                        bytes(each.figure().svg() + "\n"));
                files.put("figures/" + each.figure().name() + ".csv", bytes(each.csv()));
            }
            files.put("summary.csv", bytes(subject.summaryCsv()));
            files.put("summary.md", bytes(subject.summaryMarkdown()));
            return files;
        }

        Map<String, byte[]> files(int scale) throws IOException {
            Map<String, byte[]> files = new LinkedHashMap<>(texts());
            List<Optional<byte[]>> pictures =
                    drawn.parallelStream().map(each -> picture(each, scale)).toList();
            for (int i = 0; i < drawn.size(); i++) {
                String name = "figures/" + drawn.get(i).figure().name() + ".png";
                pictures.get(i).ifPresent(png -> files.put(name, png));
            }
            Map<String, String> sums = new LinkedHashMap<>();
            files.forEach((name, content) -> sums.put(name, Sha256.of(content)));
            files.put(Provenance.FILE, bytes(Json.text(provenance.with(sums).toJson())));
            return files;
        }

        private static Optional<byte[]> picture(Drawn drawn, int scale) {
            try {
                return Optional.of(drawn.figure().png(scale));
            } catch (NoPictureException _) {
                return Optional.empty(); // visible from missing files
            }
        }

        Written written(Path page, List<Path> files) {
            boolean hasPictures =
                    files.stream().anyMatch(file -> file.toString().endsWith(".png"));
            return new Written(
                    page,
                    files,
                    provenance.runs().size(),
                    subject.configurations(),
                    drawn.size(),
                    plan.leftOut(),
                    subject.missing(),
                    files.size() == 1 || hasPictures || drawn.isEmpty()
                            ? List.of()
                            : List.of("no PNG files: this machine has no fonts for them"));
        }

        private static byte[] bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    // ---- checking ----

    /// The changes since a report was made: runs that were added, removed or changed, its own files, the program.
    /// Computes it again, and writes nothing.
    ///
    /// @param folder folder of the report: a run's, a sweep's, or another
    /// @return a line on each difference; empty: nothing has changed
    /// @throws dev.stiefel.lab.model.InvalidRunException if there is no report
    /// @throws IOException if something cannot be read
    public static List<String> check(Path folder) throws IOException {
        ReportPaths.requireReport(folder);
        Provenance old = Provenance.read(folder);
        ReportDifferences differences = new ReportDifferences(folder, old);
        differences.ofProgram();
        differences.ofFiles();
        Report again = again(folder, old);
        try {
            Composition made = again.compose(folder);
            differences.ofRuns(made.provenance().runs());
            Map<String, String> sums = new LinkedHashMap<>();
            if (Files.exists(folder.resolve(Provenance.FILE))) {
                made.texts().forEach((name, content) -> sums.put(name, Sha256.of(content)));
            } else {
                sums.put(
                        Provenance.RUN_PAGE,
                        Provenance.checksumOfPage(made.page("").html()));
            }
            differences.ofResults(sums);
        } catch (IllegalArgumentException | IOException | UncheckedIOException e) {
            differences.ofNothing(e);
        }
        return differences.lines();
    }

    private static Report again(Path folder, Provenance old) {
        Set<Extra> extras = old.choices().explains() ? Set.of(Extra.EXPLANATIONS) : Set.of();
        return new Report(
                old.choices().paths().stream()
                        .map(path -> folder.resolve(path).normalize())
                        .toList(),
                Optional.of(folder),
                old.choices().title(),
                old.choices().mostFigures(),
                extras,
                Optional.of(old.command()));
    }
}
