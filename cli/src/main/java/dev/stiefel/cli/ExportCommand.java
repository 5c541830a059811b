package dev.stiefel.cli;

import dev.stiefel.io.Onnx;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.text.NumberText;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `stiefel export`.
@CommandLine.Command(
        name = "export",
        header = "Writes a trained network as an ONNX model or a safetensors file.",
        description = {
            "The ending of the file's name chooses the format. Factored weights stay factored, so that the file"
                    + " stays small. An ONNX model takes raw inputs, and standardizes them as in training. A"
                    + " network for text takes tokens; its tokenizers are written next to the model.",
        },
        sortOptions = false,
        synopsisHeading = "Usage: ",
        customSynopsis = "stiefel export RUN|MODEL OUT.onnx|OUT.safetensors [options]",
        parameterListHeading = "%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExamples:%n",
        footer = {
            "  stiefel export runs/mnist-20260131-120000 mnist.onnx --softmax",
            "  stiefel export runs/translation-20260131-120000 encoder.onnx --part encoder",
            "  stiefel export runs/mnist-20260131-120000 mnist.safetensors --best",
            "  stiefel export published/best_model mnist.onnx",
        })
final class ExportCommand implements Command {
    private final CommandEnvironment environment;

    @Mixin
    private final ModelSource source = new ModelSource();

    @Parameters(index = "1", paramLabel = "OUT", description = "New file, ending in .onnx or .safetensors.")
    private String out = "";

    @Option(names = "--softmax", description = "Lets an ONNX model return class probabilities, not logits.")
    private boolean softmax;

    @Option(
            names = "--part",
            paramLabel = "NAME",
            description = "Exports one part of a network that translates, as ONNX: encoder or decoder.")
    private @Nullable String part;

    @Option(names = "--json", description = "Prints the result as JSON.")
    private boolean json;

    ExportCommand(CommandEnvironment environment) {
        this.environment = environment;
    }

    @Override
    public int run() throws IOException {
        Path file = environment.path(out);
        Export.Format format = Export.Format.of(file); // before the model is read
        Optional<Export.Part> wanted = part();
        try (Model model = source.open(environment)) {
            Export export = Export.of(model, file);
            if (wanted.isPresent()) {
                export = export.part(wanted.get());
            }
            Export.Written written = (softmax ? export.ending(Onnx.Ending.PROBABILITIES) : export).write();
            tell(written, file, format);
        }
        return 0;
    }

    private Optional<Export.Part> part() {
        if (part == null) {
            return Optional.empty();
        }
        for (Export.Part each : Export.Part.values()) {
            if (Words.of(each).equals(part)) {
                return Optional.of(each);
            }
        }
        List<String> names = Arrays.stream(Export.Part.values()).map(Words::of).toList();
        throw new UsageException("--part must be %s; got '%s'%s"
                .formatted(UsageMessages.choice(names), part, UsageMessages.question(part, names)));
    }

    private void tell(Export.Written written, Path file, Export.Format format) throws IOException {
        if (json) {
            JsonOutput.print(environment.out(), fields(written, file, format));
            return;
        }
        environment
                .out()
                .printf(
                        "%s: %s, %s, %s parameters, %s bytes%n",
                        RunNames.typed(file),
                        written.network(),
                        written.ranks().isEmpty() ? "dense" : "ranks " + NumberText.ranks(written.ranks()),
                        NumberText.count(written.parameters()),
                        NumberText.count(Files.size(file)));
        for (Path tokenizer : written.tokenizers()) {
            environment
                    .out()
                    .printf("%s: %s bytes%n", RunNames.typed(tokenizer), NumberText.count(Files.size(tokenizer)));
        }
        environment.out().flush();
    }

    private static Map<String, Object> fields(Export.Written written, Path file, Export.Format format)
            throws IOException {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("file", file.toString());
        fields.put("format", format.extension());
        fields.put("bytes", Files.size(file));
        fields.put("layers", written.network().toString());
        fields.put("ranks", written.ranks());
        fields.put("parameters", written.parameters());
        if (!written.tokenizers().isEmpty()) {
            fields.put(
                    "tokenizers",
                    written.tokenizers().stream().map(Path::toString).toList());
        }
        return fields;
    }
}
