package dev.stiefel.cli;

import dev.stiefel.lab.sweep.SweepMerge;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel merge`.
@CommandLine.Command(
        name = "merge",
        header = "Merges folders of one sweep from several machines.",
        description = {
            "A run that is in several folders must have the same results in all of them, except for times. If not,"
                    + " the command names both copies and writes nothing. The folders stay unchanged.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel merge OUT SWEEP… [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  stiefel merge sweeps/all sweeps/from-a sweeps/from-b"})
final class MergeCommand implements Command {
    private final CommandEnvironment environment;

    @Parameters(index = "0", paramLabel = "OUT", description = "New folder of the merged sweep.")
    private String out = "";

    @Parameters(index = "1..*", paramLabel = "SWEEP", arity = "1..*", description = "Folders of one sweep.")
    private List<String> sweeps = List.of();

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    MergeCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        List<Path> folders = sweeps.stream().map(environment::path).toList();
        SweepMerge merge = SweepMerge.of(environment.path(out), folders);
        if (json) {
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("folder", merge.folder().toString());
            fields.put("runs", merge.runs());
            fields.put("duplicates", merge.duplicates());
            JsonOutput.print(environment.out(), fields);
        } else {
            environment
                    .out()
                    .printf(
                            "%s: %s runs%s%n",
                            RunNames.typed(merge.folder()),
                            NumberText.count(merge.runs()),
                            merge.duplicates() > 0
                                    ? ", %s of them in more than one folder"
                                            .formatted(NumberText.count(merge.duplicates()))
                                    : "");
            environment.out().flush();
        }
        return 0;
    }
}
