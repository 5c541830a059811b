package dev.stiefel.cli;

import picocli.CommandLine;

/// `stiefel data`: the commands for data sets.
@CommandLine.Command(
        name = "data",
        header = "Lists, fetches and checks data sets.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel data list | fetch NAME | check NAME",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel data list",
            "  stiefel data fetch mnist                       now instead of on first use",
            "  stiefel data fetch mnist --data-dir ~/mnist    from files that are here already",
            "  stiefel data check mnist                       reads every file, compares checksums",
        })
final class DataCommand {
    private DataCommand() {}

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        return new CommandLine(new DataCommand())
                .addSubcommand("list", new DataListCommand(environment))
                .addSubcommand("fetch", new DataFetchCommand(environment, common))
                .addSubcommand("check", new DataCheckCommand(environment));
    }
}
