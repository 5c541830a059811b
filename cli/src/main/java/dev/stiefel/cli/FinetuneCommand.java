package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.session.DerivedRun;
import dev.stiefel.lab.session.Finetune;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel finetune`.
@CommandLine.Command(
        name = "finetune",
        header = "Trains a run's network on, with the ranks that it found, held.",
        description = {
            "The result is a run of its own, which names the one that it started from; that one is only read. Data,"
                + " split, seed, layers, batch size, measures, method and optimizer are the run's unless given; other"
                + " options have their defaults, the learning rate a tenth of its.",
            "Ctrl-C saves after the step under way; 'stiefel train --resume' resumes.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel finetune RUN [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel finetune runs/digits-20260131-120000",
            "  stiefel finetune runs/mnist-20260131-120000 --epochs 100 --best",
            "  stiefel finetune runs/a --method bug --optimizer adam --out runs/b",
        })
final class FinetuneCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Parameters(paramLabel = "RUN", description = "The run's folder.")
    private String run = "";

    @Option(names = "--best", order = 1, description = "Starts from the model of its best epoch instead of its last.")
    private boolean best;

    @Option(
            names = "--from-previous",
            order = 2,
            description = "Starts from the checkpoint before the latest, for when that is damaged.")
    private boolean fromPrevious;

    @Option(
            names = "--out",
            paramLabel = "RUN",
            order = 3,
            description = "The new run's folder (default: runs/NAME-finetune-TIMESTAMP). One that exists is never"
                    + " overwritten.")
    private @Nullable String out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 4,
            description = "A folder that may hold the data set's files; asked before anything is fetched.")
    private @Nullable String dataDir;

    @Option(names = "--json", order = 5, description = "Prints the outcome as JSON.")
    private boolean json;

    private FinetuneCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        FinetuneCommand command = new FinetuneCommand(environment, common);
        return command.options.commandLine(CommandSpec.forAnnotatedObject(command), Finetune.options());
    }

    @Override
    public int run() throws IOException {
        Choices typed = options.choices();
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSets sets = DataSetAccess.sets(environment, dataDir).withListener(displays.fetching());
            Choices choices = DataSetAccess.located(environment, sets, typed);
            try (DerivedRun finetune = Finetune.of(
                    environment.path(run),
                    best ? ModelChoice.BEST : ModelChoice.LATEST,
                    fromPrevious ? CheckpointChoice.PREVIOUS : CheckpointChoice.LATEST,
                    choices)) {
                Path folder = RunNames.folder(environment, out, finetune.name());
                RunSession session = finetune.session(folder, sets);
                return new InterruptibleSession(environment, RunReport.of(json)).run(folder, session, displays);
            }
        }
    }
}
