package dev.stiefel.cli;

import dev.stiefel.lab.report.Report;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel report`.
@CommandLine.Command(
        name = "report",
        header = "Writes a page with figures and tables of runs, a sweep, or imported logs.",
        description = {
            "The page is one HTML file without scripts that needs no network. For a single run, it is"
                    + " RUN/report.html. Otherwise the folder gets index.html, figures as SVG, PNG and CSV,"
                    + " summary.csv, summary.md, and report.json, which records the runs behind every figure and"
                    + " table. --check compares an existing report with its runs and writes nothing.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel report PATH… [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel report runs/mnist-20260131-120000",
            "  stiefel report sweeps/double-descent",
            "  stiefel report runs/a runs/b runs/c --out comparison --title 'Three methods'",
            "  stiefel report sweeps/double-descent --check",
        })
final class ReportCommand implements Command {
    private static final int SHOWN_LINES = 10;

    private final CommandEnvironment environment;

    @Parameters(
            paramLabel = "PATH",
            arity = "1..*",
            description = "A run, a sweep, imported logs, or a folder that holds any of these.")
    private List<String> paths = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Folder of the report (default: PATH). Only files of an earlier report are overwritten.")
    private @Nullable String out;

    @Option(names = "--title", paramLabel = "TEXT", description = "Title of the page.")
    private @Nullable String title;

    @Option(
            names = "--figures",
            paramLabel = "N",
            description = "Maximum number of figures (default: ${DEFAULT-VALUE}). The page lists figures that are"
                    + " left out.")
    private int figures = Report.DEFAULT_FIGURES;

    @Option(
            names = "--explanations",
            description = "Adds explanatory figures: training compute over the years, machines and people, gradient"
                    + " descent and gradient flow.")
    private boolean explanations;

    @Option(
            names = "--check",
            description = "Shows changes since the report in PATH was written; exit code 1 if there are any.")
    private boolean check;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    ReportCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        List<Path> folders = paths.stream().map(environment::path).toList();
        return check ? check(folders) : make(folders);
    }

    private int make(List<Path> folders) throws IOException {
        Report report = Report.of(folders).atMost(figures).madeBy(command());
        if (out != null) {
            report = report.into(environment.path(out));
        }
        if (title != null) {
            report = report.titled(title);
        }
        if (explanations) {
            report = report.with(Report.Extra.EXPLANATIONS);
        }
        Report.Written written = report.write();
        if (json) {
            JsonOutput.print(environment.out(), fields(written));
        } else {
            tell(written);
        }
        return 0;
    }

    private void tell(Report.Written written) throws IOException {
        TextTable table = new TextTable("ll");
        table.row(
                "runs",
                "%s in %s"
                        .formatted(counted(written.runs(), "run"), counted(written.configurations(), "configuration")));
        table.row("figures", NumberText.count(written.figures()));
        table.row(
                "files",
                "%s, %s".formatted(NumberText.count(written.files().size()), NumberText.bytes(size(written.files()))));
        table.row("page", RunNames.typed(written.page()));
        environment.out().println(table);
        list("missing", written.missing());
        list("left out", written.leftOut());
        list("problem", written.problems());
        environment.out().flush();
    }

    private void list(String what, List<String> lines) {
        lines.stream().limit(SHOWN_LINES).forEach(line -> environment.out().printf("%s: %s%n", what, line));
        if (lines.size() > SHOWN_LINES) {
            environment.out().printf(Locale.ROOT, "%s: %,d more; the page has all%n", what, lines.size() - SHOWN_LINES);
        }
    }

    private static String counted(int count, String noun) {
        return NumberText.count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    private static long size(List<Path> files) throws IOException {
        long size = 0;
        for (Path file : files) {
            size += Files.size(file);
        }
        return size;
    }

    private static Map<String, Object> fields(Report.Written written) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("page", written.page().toString());
        fields.put("files", written.files().stream().map(Path::toString).toList());
        fields.put("runs", written.runs());
        fields.put("configurations", written.configurations());
        fields.put("figures", written.figures());
        fields.put("leftOut", written.leftOut());
        fields.put("missing", written.missing());
        fields.put("problems", written.problems());
        return fields;
    }

    private int check(List<Path> folders) throws IOException {
        if (folders.size() > 1 || out != null || title != null || explanations) {
            throw new UsageException("--check takes one PATH, the folder of the report, and no other choices: the"
                    + " report records them");
        }
        List<String> differences = Report.check(folders.getFirst());
        if (json) {
            JsonOutput.print(environment.out(), Map.of("changes", differences));
        } else if (differences.isEmpty()) {
            environment.out().println("nothing has changed since the report was made");
        } else {
            differences.forEach(environment.out()::println);
        }
        environment.out().flush();
        return differences.isEmpty() ? 0 : CommandFailures.FAILURE;
    }

    /// The typed command, without options that change no report.
    private String command() {
        StringBuilder command = new StringBuilder("stiefel report");
        paths.forEach(path -> command.append(' ').append(RunNames.typed(Path.of(path))));
        if (out != null) {
            command.append(" --out ").append(RunNames.typed(Path.of(out)));
        }
        if (title != null) {
            command.append(" --title '").append(title.replace("'", "'\\''")).append('\'');
        }
        if (figures != Report.DEFAULT_FIGURES) {
            command.append(" --figures ").append(figures);
        }
        return command.append(explanations ? " --explanations" : "").toString();
    }
}
