package dev.stiefel.cli;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel data fetch`.
@CommandLine.Command(
        name = "fetch",
        description = "Downloads a data set now instead of on first use. Files that are present and intact are not"
                + " downloaded again.",
        sortOptions = false,
        synopsisHeading = "Usage: ",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {"  stiefel data fetch mnist", "  stiefel data fetch fashion-mnist --data-dir /media/usb"})
final class DataFetchCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;

    @Parameters(paramLabel = "NAME", description = "Name of a data set ('stiefel data list' shows them).")
    private String name = "";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Folder to search for the files before downloading them.")
    private @Nullable String dataDir;

    DataFetchCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    @Override
    public int run() throws IOException {
        DataSets sets = DataSetAccess.sets(environment, dataDir);
        DataSetAccess.requireKnown(sets, name);
        List<DataFile> files = DataSetAccess.files(sets, name);
        if (files.isEmpty()) {
            environment.out().printf("%s is part of the program%n", name);
            return 0;
        }
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSetAccess.fetch(sets.withListener(displays.fetching()), name);
        }
        long bytes = files.stream().mapToLong(DataFile::bytes).sum();
        environment
                .out()
                .printf(
                        "%s is in %s (%s)%n",
                        name, environment.cache().resolve("data").resolve(name), NumberText.bytes(bytes));
        return 0;
    }
}
