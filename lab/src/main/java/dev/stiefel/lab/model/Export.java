package dev.stiefel.lab.model;

import dev.stiefel.data.Standardization;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.text.Tokenizer;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.model.EncoderDecoder;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A model that leaves: as an ONNX model ([Onnx]) for inference engines, or as a safetensors file ([ModelFile]).
///
/// ```java
/// try (Model model = Models.load(Path.of("runs/mnist-…"))) {
///     Export.of(model, Path.of("mnist.onnx")).ending(Onnx.Ending.PROBABILITIES).write();
/// }
/// ```
///
/// An ONNX model takes inputs as the data has them, in float32, or in float64 where numbers of a table are so far from
/// zero that float32 would lose what tells them apart: where the run standardized them, the model does so
/// itself, and gives values in the units of the data. Texts it takes as tokens; the tokenizers are written beside it,
/// as `NAME.tokenizer.json`, or `NAME.source.tokenizer.json` and `NAME.target.tokenizer.json`. A safetensors file holds
/// the weights, and beside them what a run knows.
public final class Export {
    private final Model model;
    private final Path file;
    private final Format format;
    private final Onnx.Ending ending;
    private final Optional<Part> part;

    /// A part of an encoder-decoder that is a network of its own.
    public enum Part {
        /// From the tokens of the source to rows.
        ENCODER,
        /// From these rows and the tokens of the target so far to the token that follows.
        DECODER
    }

    /// The result of an export.
    ///
    /// @param network the one in the file
    /// @param ranks of its factored weights
    /// @param parameters number of parameters
    /// @param tokenizers the files beside it
    public record Written(NetworkSpec network, List<Integer> ranks, long parameters, List<Path> tokenizers) {
        /// Copies the lists.
        public Written {
            ranks = List.copyOf(ranks);
            tokenizers = List.copyOf(tokenizers);
        }
    }

    /// Format of a file.
    public enum Format {
        /// For inference engines.
        ONNX("onnx"),
        /// For this program, and for any that reads tensors by name.
        SAFETENSORS("safetensors");

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        /// The extension of a file's name, after the dot.
        public String extension() {
            return extension;
        }

        /// The format of a file with this name.
        ///
        /// @throws IllegalArgumentException if its name does not say
        public static Format of(Path file) {
            String name = String.valueOf(file.getFileName());
            for (Format format : values()) {
                if (name.endsWith("." + format.extension)) {
                    return format;
                }
            }
            throw new IllegalArgumentException(
                    "export: the file's name must end in .onnx or .safetensors; got '%s'".formatted(name));
        }
    }

    private Export(Model model, Path file, Format format, Onnx.Ending ending, Optional<Part> part) {
        this.model = model;
        this.file = file;
        this.format = format;
        this.ending = ending;
        this.part = part;
    }

    /// A model into a file, whose name says the format. Nothing is written before [#write].
    ///
    /// @param file the new file
    /// @throws IllegalArgumentException if it exists, or its name says no format
    public static Export of(Model model, Path file) {
        Format format = Format.of(file);
        requireNew(file);
        return new Export(model, file, format, Onnx.Ending.LOGITS, Optional.empty());
    }

    /// The same with such outputs.
    ///
    /// @throws IllegalArgumentException if it is not written as ONNX
    public Export ending(Onnx.Ending newEnding) {
        if (newEnding != Onnx.Ending.LOGITS && format != Format.ONNX) {
            throw new IllegalArgumentException(
                    "export: a .%s file holds weights, and ends in no softmax; export to .onnx"
                            .formatted(format.extension));
        }
        return new Export(model, file, format, newEnding, part);
    }

    /// A part of an encoder-decoder alone.
    ///
    /// @throws IllegalArgumentException if it is not written as ONNX, or the model has no such parts
    public Export part(Part newPart) {
        if (format != Format.ONNX) {
            throw new IllegalArgumentException(
                    "export: a .%s file holds the whole network; export a part to .onnx".formatted(format.extension));
        }
        if (!model.translates()) {
            throw new IllegalArgumentException(
                    "export: a network with an encoder and a decoder has parts; got %s, which is exported as a whole"
                            .formatted(model.network().spec()));
        }
        return new Export(model, file, format, ending, Optional.of(newPart));
    }

    /// Writes the file, whole or not at all, and tokenizers beside it.
    ///
    /// @throws IllegalArgumentException if the format cannot hold the model, or a tokenizer's file exists
    /// @throws IOException if a file cannot be written
    public Written write() throws IOException {
        return switch (format) {
            case ONNX -> writeOnnx();
            case SAFETENSORS -> {
                if (model.origin().isPresent()) {
                    ModelFile.write(file, model.network(), model.origin().get());
                } else {
                    ModelFile.write(file, model.network());
                }
                yield written(model.network(), List.of());
            }
        };
    }

    private static Written written(Network network, List<Path> tokenizers) {
        return new Written(network.spec(), network.ranks(), network.parameterCount(), tokenizers);
    }

    private Written writeOnnx() throws IOException {
        if (part.equals(Optional.of(Part.ENCODER)) && ending == Onnx.Ending.PROBABILITIES) {
            throw new IllegalArgumentException("export: an encoder ends in rows, which have no softmax; leave it out");
        }
        Map<Path, Tokenizer> tokenizers = tokenizers();
        tokenizers.keySet().forEach(Export::requireNew);
        Written written;
        if (part.isPresent()) {
            try (Network alone = part(part.get(), model.network())) {
                writeOnnx(alone);
                written = written(alone, List.copyOf(tokenizers.keySet()));
            }
        } else {
            writeOnnx(model.network());
            written = written(model.network(), List.copyOf(tokenizers.keySet()));
        }
        for (Map.Entry<Path, Tokenizer> each : tokenizers.entrySet()) {
            DurableFiles.writeString(each.getKey(), each.getValue().toJson());
        }
        return written;
    }

    private static Network part(Part part, Network network) {
        return switch (part) {
            case ENCODER -> EncoderDecoder.encoder(network);
            case DECODER -> EncoderDecoder.decoder(network);
        };
    }

    /// Tokenizers of what is written, by file; none where samples are no texts.
    private Map<Path, Tokenizer> tokenizers() {
        Map<Path, Tokenizer> files = new LinkedHashMap<>();
        switch (model.preparation().schema().inputs()) {
            case Schema.Text(Tokenizer tokenizer) -> files.put(beside(".tokenizer.json"), tokenizer);
            case Schema.TextPair(Tokenizer source, Tokenizer target) -> {
                if (!part.equals(Optional.of(Part.DECODER))) {
                    files.put(beside(".source.tokenizer.json"), source);
                }
                if (!part.equals(Optional.of(Part.ENCODER))) {
                    files.put(beside(".target.tokenizer.json"), target);
                }
            }
            case Schema.Table _, Schema.Image _, Schema.Vector _ -> {}
        }
        return files;
    }

    private Path beside(String ending) {
        String name = String.valueOf(file.getFileName());
        return file.resolveSibling(name.substring(0, name.length() - format.extension.length() - 1) + ending);
    }

    private static void requireNew(Path file) {
        if (Files.exists(file)) {
            throw new IllegalArgumentException(
                    "'%s' exists; nothing is ever overwritten: name another file".formatted(file));
        }
    }

    private void writeOnnx(Network network) throws IOException {
        Preparation preparation = model.preparation();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("version", ProgramVersion.current());
        metadata.put("stiefel.schema", preparation.schema().toJson());
        model.spec().ifPresent(spec -> metadata.put("stiefel.data", spec.get(Options.DATA)));
        Onnx onnx = Onnx.of(network).ending(ending).saying(metadata);
        if (preparation.schema().inputs() instanceof Schema.Table table && table.hasOrigins()) {
            onnx = onnx.shifting(table.copyOrigins());
        }
        if (preparation.inputs().isPresent()) {
            Standardization inputs = preparation.inputs().get();
            onnx = onnx.standardizing(model.asInput(inputs.copyMeans()), model.asInput(inputs.copyDeviations()));
        }
        if (preparation.targets().isPresent()) {
            Standardization targets = preparation.targets().get();
            onnx = onnx.rescaling(targets.copyMeans(), targets.copyDeviations());
        }
        onnx.write(file);
    }
}
