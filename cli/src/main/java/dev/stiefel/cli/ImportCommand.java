package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.DerivedRun;
import dev.stiefel.lab.session.Import;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel import`.
@CommandLine.Command(
        name = "import",
        header = "Makes a run of a model that was trained elsewhere.",
        description = {
            "Read are the state dict of a PyTorch network of linear layers, saved as safetensors, with ReLU assumed"
                    + " between the layers; folders of .npy files as the code published with arXiv 2205.13571 saves"
                    + " them; and safetensors files of ours.",
            "The run can be evaluated, compressed, fine-tuned and exported as any other.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel import FILE|FOLDER OUT_RUN [--data NAME] [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel import mlp.safetensors runs/mlp --data mnist",
            "  stiefel import published/best_model runs/published --data mnist",
            "  stiefel import colleague.safetensors runs/theirs",
        })
final class ImportCommand implements Command {
    private final CommandEnvironment environment;
    private final Stiefel common;
    private final TrainOptions options = new TrainOptions();

    @Parameters(
            index = "0",
            paramLabel = "FILE|FOLDER",
            description = "A safetensors file, or a folder of the published code's .npy files.")
    private String source = "";

    @Parameters(
            index = "1",
            paramLabel = "OUT_RUN",
            description = "The new run's folder. One that exists is never overwritten.")
    private String out = "";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 1,
            description = "A folder that may hold the data set's files; asked before anything is fetched.")
    private @Nullable String dataDir;

    @Option(names = "--json", order = 2, description = "Prints the outcome as JSON.")
    private boolean json;

    private ImportCommand(CommandEnvironment environment, Stiefel common) {
        this.environment = environment;
        this.common = common;
    }

    static CommandLine of(CommandEnvironment environment, Stiefel common) {
        ImportCommand command = new ImportCommand(environment, common);
        return command.options.commandLine(CommandSpec.forAnnotatedObject(command), Import.options());
    }

    @Override
    public int run() throws IOException {
        Choices typed = options.choices();
        Path folder = environment.path(out);
        RunSession.requireVacant(folder);
        try (ProgressDisplays displays = ProgressDisplays.of(environment, common.quiet)) {
            DataSets sets = DataSetAccess.sets(environment, dataDir).withListener(displays.fetching());
            Choices choices = DataSetAccess.located(environment, sets, typed);
            try (DerivedRun made = Import.of(environment.path(source), choices)) {
                RunSession session = made.session(folder, sets);
                return new InterruptibleSession(environment, report()).run(folder, session, displays);
            }
        }
    }

    private InterruptibleSession.Report report() {
        return new InterruptibleSession.Report() {
            @Override
            public Map<String, Object> json(RunResult result) throws IOException {
                return json ? RunReport.fields(result) : Map.of();
            }

            @Override
            public String text(RunResult result) {
                Summary summary = result.summary();
                return new TextTable("ll")
                        .row("ranks", summary.ranks().isEmpty() ? "dense" : NumberText.ranks(summary.ranks()))
                        .row("parameters", NumberText.count(summary.parameters().evaluation()))
                        .row("run", RunNames.typed(result.folder()))
                        .toString();
            }
        };
    }
}
