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
            "  stiefel train digits                  needs no download, takes seconds",
            "  stiefel train mnist                   finds the ranks while it trains",
            "  stiefel train mnist --rank 20         fixed ranks",
            "  stiefel train mnist --method dense    the same network, not factored",
            "  stiefel finetune runs/a --epochs 20   the ranks that a run found, held",
            "  stiefel compress runs/a --rank 20     a trained network made smaller",
            "  stiefel predict runs/a seven.png      what a network tells of an image",
            "  stiefel sweep digits-small            many runs, and then",
            "  stiefel report sweeps/digits-small    all figures and tables of them",
            "",
            "Exit codes: 0 done, 1 a failure of the program or the machine,",
            "2 a mistake in the arguments, 130 interrupted, 129 by the end of the terminal",
            "(what was trained is saved).",
        })
final class Stiefel {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    boolean help;

    @Option(names = "--version", versionHelp = true, description = "Shows the version.")
    boolean version;

    @Option(
            names = "--verbose",
            scope = ScopeType.INHERIT,
            description = "Shows where in the program a failure came from.")
    boolean verbose;

    @Option(names = "--quiet", scope = ScopeType.INHERIT, description = "Shows no progress.")
    boolean quiet;
}
