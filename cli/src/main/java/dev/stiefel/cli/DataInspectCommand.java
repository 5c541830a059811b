package dev.stiefel.cli;

import dev.stiefel.data.own.OwnData;
import dev.stiefel.lab.data.DataOverview;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// `stiefel data inspect`.
@CommandLine.Command(
        name = "inspect",
        description = "Shows how a table, a folder of images or an array of your own is read, without training. The"
                + " target of a table is optional.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel data inspect PATH [OPTION…]",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel data inspect houses.csv",
            "  stiefel data inspect houses.csv --target price --ignore id",
            "  stiefel data inspect photos --json",
        })
final class DataInspectCommand implements Command {
    private static final List<Option<?>> READING = List.of(
            Options.TARGET,
            Options.TASK,
            Options.IGNORE,
            Options.CATEGORICAL,
            Options.MISSING,
            Options.DECIMAL_MARK,
            Options.IMAGE_SIZE,
            Options.IMAGE_CHANNELS);

    private final CommandEnvironment environment;
    private final TrainOptions options = new TrainOptions();

    @Parameters(paramLabel = "PATH", description = "A table (.csv, .tsv), a folder of images, or an array (.npy).")
    private String path = "";

    @CommandLine.Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    private DataInspectCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    static CommandLine of(CommandEnvironment environment) {
        DataInspectCommand command = new DataInspectCommand(environment);
        return command.options.commandLine(CommandSpec.forAnnotatedObject(command), READING);
    }

    @Override
    public int run() throws IOException {
        Choices choices =
                options.choices().with(Options.DATA, environment.path(path).toString());
        OwnData.Inspection inspected = RunData.inspect(choices);
        DataOverview overview = DataOverview.of(path, inspected);
        if (json) {
            ObjectNode all = overview.toJson();
            ArrayNode remarks = all.putArray("remarks");
            inspected.remarks().forEach(remarks::add);
            JsonOutput.print(environment.out(), all);
        } else {
            environment.out().print(table(overview));
            inspected.remarks().forEach(remark -> environment.out().println("note: " + remark));
            environment.out().flush();
        }
        return 0;
    }

    /// The lines of an overview, one below the other.
    static TextTable table(DataOverview overview) {
        TextTable table = new TextTable("ll");
        overview.lines().forEach(line -> table.row(line.key(), line.text()));
        return table;
    }
}
