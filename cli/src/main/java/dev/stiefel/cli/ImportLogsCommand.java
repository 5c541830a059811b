package dev.stiefel.cli;

import dev.stiefel.lab.published.LogImport;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel import-logs`.
@CommandLine.Command(
        name = "import-logs",
        header = "Makes runs of the logs of a thesis on low-rank networks.",
        description = {
            "Read are EXPERIMENT/RunK/historyLogs/history_NNN_.csv, however deep the experiments lie. The names tell"
                    + " the options; the runs can be reported as any other, but have no weights.",
            "What cannot be read is missing there and listed in OUT/problems.csv with file, line and reason.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel import-logs DIR OUT [--json]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel import-logs thesis-logs thesis",
            "  stiefel import-logs thesis-logs thesis --json",
        })
final class ImportLogsCommand implements Command {
    private final CommandEnvironment environment;

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder with the experiments' folders.")
    private String source = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The new folder of the runs. One that exists is never overwritten.")
    private String out = "";

    @Option(names = "--json", description = "Prints the outcome as JSON.")
    private boolean json;

    ImportLogsCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        LogImport.Outcome outcome = LogImport.of(environment.path(source)).into(environment.path(out));
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("files", outcome.files());
            fields.put("runs", outcome.runs());
            fields.put("problems", outcome.problems());
            fields.put("folder", RunNames.typed(outcome.folder()));
            JsonOutput.print(environment.out(), fields);
            return 0;
        }
        outcome.first().forEach(environment.err()::println);
        environment.err().flush();
        environment
                .out()
                .print(new TextTable("ll")
                        .row("logs", NumberText.count(outcome.files()))
                        .row("runs", NumberText.count(outcome.runs()))
                        .row("problems", NumberText.count(outcome.problems()))
                        .row("folder", RunNames.typed(outcome.folder())));
        environment.out().flush();
        return 0;
    }
}
