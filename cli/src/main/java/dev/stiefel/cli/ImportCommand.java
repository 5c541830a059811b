package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.model.ImportedTensor;
import dev.stiefel.lab.record.Summary;
import dev.stiefel.lab.session.DerivedRun;
import dev.stiefel.lab.session.Import;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.NumberText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel import`.
@CommandLine.Command(
        name = "import",
        header = "Imports a model that was trained elsewhere, as a run.",
        description = {
            "It reads a PyTorch network's state dict saved as safetensors, a folder of .npy files as the code"
                    + " published with arXiv 2205.13571 writes it, or a safetensors file written by Stiefel.",
            "A state dict consists of linear layers, with ReLU assumed between them, or is one of the networks for"
                    + " images that --network names. The network is recognized by its names and shapes."
                    + " --channel-means and --channel-deviations give the normalization of its images. Inputs from"
                    + " a table are used as they are, or standardized with --standardize. If the table's target is"
                    + " a number, the network predicts it.",
            "The run can be evaluated, compressed, fine-tuned and exported like any other.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel import FILE|FOLDER OUT_RUN [--data NAME] [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel import mlp.safetensors runs/mlp --data mnist",
            "  stiefel import vgg16_bn.safetensors runs/vgg --data cifar10 \\",
            "      --channel-means 0.4914,0.4822,0.4465 \\",
            "      --channel-deviations 0.2470,0.2435,0.2616",
            "  stiefel import prices.safetensors runs/prices --data houses.csv \\",
            "      --target price --standardize",
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

    @Parameters(index = "1", paramLabel = "OUT_RUN", description = "New folder of the run.")
    private String out = "";

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            order = 23,
            description = "Folder to search for the data set's files before downloading them.")
    private @Nullable String dataDir;

    @Option(names = "--json", order = 21, description = "Prints the result as JSON.")
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
            try (DerivedRun made = Import.of(environment.path(source), choices, sets)) {
                made.remarks().forEach(displays.training()::remarked);
                RunSession session = made.session(folder, sets);
                return new InterruptibleSession(
                                environment,
                                report(network(made.spec()), made.parent().tensors()))
                        .run(folder, session, displays);
            }
        }
    }

    private static String network(RunSpec spec) {
        return spec.architecture().hasWidths()
                ? spec.networkTitle()
                : spec.dataFacts()
                        .image()
                        .map(image -> "%s for images of %s × %s pixels"
                                .formatted(spec.networkTitle(), image.height(), image.width()))
                        .orElse(spec.networkTitle());
    }

    private InterruptibleSession.Report report(String network, List<ImportedTensor> tensors) {
        return new InterruptibleSession.Report() {
            @Override
            public Map<String, Object> json(RunResult result) throws IOException {
                if (!json) {
                    return Map.of();
                }
                Map<String, Object> fields = new LinkedHashMap<>(RunReport.fields(result));
                if (!tensors.isEmpty()) {
                    fields.put(
                            "tensors",
                            tensors.stream().map(ImportCommand::fields).toList());
                }
                return fields;
            }

            @Override
            public String text(RunResult result) {
                Summary summary = result.summary();
                TextTable facts = new TextTable("ll")
                        .row("network", network)
                        .row("ranks", summary.ranks().isEmpty() ? "dense" : NumberText.ranks(summary.ranks()))
                        .row("parameters", NumberText.count(summary.parameters().evaluation()))
                        .row("run", RunNames.typed(result.folder()));
                return tensors.isEmpty() ? facts.toString() : table(tensors) + System.lineSeparator() + facts;
            }
        };
    }

    private static TextTable table(List<ImportedTensor> tensors) {
        TextTable table = new TextTable("lll").row("tensor", "shape", "becomes");
        tensors.forEach(each -> table.row(each.name(), each.shape().toString(), each.becomes()));
        return table;
    }

    private static Map<String, Object> fields(ImportedTensor tensor) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("tensor", tensor.name());
        fields.put("shape", tensor.shape());
        fields.put("becomes", tensor.becomes());
        return fields;
    }
}
