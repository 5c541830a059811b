package dev.stiefel.cli;

import picocli.CommandLine;

/// `stiefel data`: the commands for data sets.
@CommandLine.Command(
        name = "data",
        header = "Lists, fetches and checks data sets, and looks at your own data.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel data list | fetch NAME | check NAME | inspect PATH",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel data list",
            "  stiefel data fetch mnist                       now instead of on first use",
            "  stiefel data fetch mnist --data-dir ~/mnist    from files that are here already",
            "  stiefel data check mnist                       reads every file, compares checksums",
            "  stiefel data inspect houses.csv                what would be read of your own data",
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
