package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.session.DerivedRun;
import dev.stiefel.lab.session.Finetune;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// `stiefel finetune`.
@CommandLine.Command(
        name = "finetune",
        header = "Trains a trained network further, with its ranks fixed.",
        description = {
            "The result is a new run, which records the run that it started from; that run stays unchanged. Data,"
                    + " split, seed, layers, batch size, measures, method and optimizer are those of that run"
                    + " unless given. Other options have their defaults, and the default learning rate is a tenth"
                    + " of the usual one.",
            "If --data names data with other classes, the last layer starts from random weights and all other layers"
                    + " are kept. Images of a folder are scaled to the network's input size, and normalized like"
                    + " the images of the original training.",
            "Ctrl-C saves the run after the current step; 'stiefel train --resume RUN' resumes it.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel finetune RUN|MODEL [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel finetune runs/digits-20260131-120000",
            "  stiefel finetune runs/mnist-20260131-120000 --epochs 100 --best",
            "  stiefel finetune runs/a --method bug --optimizer adam --out runs/b",
            "  stiefel finetune runs/cifar10-20260131-120000 --data photos",
            "  stiefel finetune vgg16_bn.safetensors --data photos --image-size 224 \\",
            "      --channel-means 0.485,0.456,0.406 \\",
            "      --channel-deviations 0.229,0.224,0.225",
        })
final class FinetuneCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Mixin
    private final ModelSource source = new ModelSource();

    @Option(
            names = "--out",
            paramLabel = "RUN",
            order = 1,
            description = "New folder of the run (default: runs/NAME-finetune-TIMESTAMP).")
    private @Nullable String out;

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 23,
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(
            names = "--data-moved-to",
            paramLabel = "PATH",
            order = 24,
            description = "New path of the model's own data, or of its folder.")
    private @Nullable String dataMovedTo;

    @Option(names = "--json", order = 21, description = "Prints the result as JSON.")
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
            DataSets sets =
                    DataSetAccess.sets(environment, dataDir, dataMovedTo).withListener(displays.fetching());
            Choices choices = DataSetAccess.located(environment, sets, typed);
            try (DerivedRun finetune =
                    Finetune.of(source.path(environment), source.model(), source.checkpoint(), choices, sets)) {
                finetune.remarks().forEach(displays.training()::remarked);
                try (RunPlace place = RunPlace.of(environment, out, finetune.name())) {
                    RunSession session = finetune.session(place.path(), sets);
                    return new InterruptibleSession(environment, RunReport.of(json))
                            .run(place.path(), session, displays);
                }
            }
        }
    }
}
