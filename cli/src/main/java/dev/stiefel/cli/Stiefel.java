package dev.stiefel.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// `stiefel` itself: the options that every command has.
@Command(
        name = "stiefel",
        header = "Trains neural networks whose weight matrices stay low-rank from the first step to the last.",
        synopsisHeading = "%nUsage: ",
        customSynopsis = "stiefel COMMAND [options]",
        optionListHeading = "%nOptions of every command:%n",
        commandListHeading = "%nCommands ('stiefel COMMAND --help' explains one):%n",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel train digits                  takes seconds, needs no download",
            "  stiefel train mnist                   ranks adapt during training",
            "  stiefel train mnist --rank 20         ranks are fixed",
            "  stiefel train mnist --method dense    the same network, not factored",
            "  stiefel finetune runs/a --epochs 20   trains a network further",
            "  stiefel compress runs/a --rank 20     makes a trained network smaller",
            "  stiefel predict runs/a seven.png      predicts the class of an image",
            "  stiefel sweep digits-small            trains the runs of a small sweep",
            "  stiefel report sweeps/digits-small    shows them in figures and tables",
            "",
            "Exit codes: 0 success, 1 failure of the program or the machine, 2 usage error,",
            "130 interrupted, 129 terminal closed. After an interruption, the training so far",
            "is saved.",
        })
final class Stiefel {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            order = 92,
            description = "Shows this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, order = 93, description = "Shows the version.")
    boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            order = 91,
            description = "Shows the stack trace of a failure.")
    boolean verbose;

    @Option(names = "--quiet", scope = ScopeType.INHERIT, order = 90, description = "Hides progress.")
    boolean quiet;
}
