package dev.stiefel.cli;

import picocli.CommandLine;

/// `stiefel data`: the commands for data sets.
@CommandLine.Command(
        name = "data",
        header = "Lists, fetches and checks data sets, and shows how your own data is read.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel data list | fetch NAME | check NAME | inspect PATH",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel data list",
            "  stiefel data fetch mnist                     downloads it now",
            "  stiefel data fetch mnist --data-dir ~/mnist  uses your copy of the files",
            "  stiefel data check mnist                     compares checksums of all files",
            "  stiefel data inspect houses.csv              shows how your data is read",
        })
final class DataCommand {
    private DataCommand() {}

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        return new CommandLine(new DataCommand())
                .addSubcommand("list", new DataListCommand(environment))
                .addSubcommand("fetch", new DataFetchCommand(environment, common))
                .addSubcommand("check", new DataCheckCommand(environment))
                .addSubcommand("inspect", DataInspectCommand.of(environment));
    }
}
