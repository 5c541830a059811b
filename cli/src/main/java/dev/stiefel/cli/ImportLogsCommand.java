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
        header = "Imports the logs of a thesis on low-rank networks, as runs.",
        description = {
            "It reads all files EXPERIMENT/RunK/historyLogs/history_NNN_.csv, however deep the experiments lie. The"
                    + " options come from the names. Reports treat the imported runs like any other; the runs have"
                    + " no weights.",
            "Values that cannot be read are missing in the runs, and listed in OUT/problems.csv with file, line and"
                    + " reason.",
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

    @Parameters(index = "0", paramLabel = "DIR", description = "Folder that holds the experiments' folders.")
    private String source = "";

    @Parameters(index = "1", paramLabel = "OUT", description = "New folder of the runs.")
    private String out = "";

    @Option(names = "--json", description = "Prints the result as JSON.")
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
