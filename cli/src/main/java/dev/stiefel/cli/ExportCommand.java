package dev.stiefel.cli;

import dev.stiefel.io.Onnx;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.model.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel export`.
@CommandLine.Command(
        name = "export",
        header = "Writes a trained network as an ONNX model or a safetensors file.",
        description = {
            "The name of the file says which. Factored weights stay factored, so that the file is as small as the"
                    + " network is. An ONNX model takes inputs as the data has them and standardizes them itself"
                    + " where the run did.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel export RUN|MODEL OUT.onnx|OUT.safetensors [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel export runs/mnist-20260131-120000 mnist.onnx --softmax",
            "  stiefel export runs/mnist-20260131-120000 mnist.safetensors --best",
            "  stiefel export published/best_model mnist.onnx",
        })
final class ExportCommand implements Command {
    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The new file, ending in .onnx or .safetensors. One that exists is never overwritten.")
    private String out = "";

    @Option(names = "--softmax", description = "Lets an ONNX model end in class probabilities.")
    private boolean softmax;

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    ExportCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        Path file = environment.path(out);
        Export.Format format = Export.Format.of(file); // before the model is read
        try (Model model = source.open(environment)) {
            Export export = Export.of(model, file);
            (softmax ? export.ending(Onnx.Ending.PROBABILITIES) : export).write();
            tell(model.network(), file, format);
        }
        return 0;
    }

    private void tell(Network network, Path file, Export.Format format) throws IOException {
        if (json) {
            JsonOutput.print(environment.out(), fields(network, file, format));
            return;
        }
        environment
                .out()
                .printf(
                        "%s: %s, %s, %s parameters, %s bytes%n",
                        RunNames.typed(file),
                        network.spec(),
                        network.ranks().isEmpty() ? "dense" : "ranks " + NumberText.ranks(network.ranks()),
                        NumberText.count(network.parameterCount()),
                        NumberText.count(Files.size(file)));
        environment.out().flush();
    }

    private static Map<String, Object> fields(Network network, Path file, Export.Format format) throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file.toString());
        fields.put("format", format.extension());
        fields.put("bytes", Files.size(file));
        fields.put("layers", network.spec().toString());
        fields.put("ranks", network.ranks());
        fields.put("parameters", network.parameterCount());
        return fields;
    }
}
