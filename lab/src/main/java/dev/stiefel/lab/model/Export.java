package dev.stiefel.lab.model;

import dev.stiefel.data.Standardization;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A model that leaves: as an ONNX model ([Onnx]) for inference engines, or as a safetensors file ([ModelFile]).
///
/// ```java
/// try (Model model = Models.load(Path.of("runs/mnist-…"))) {
///     Export.of(model, Path.of("mnist.onnx")).ending(Onnx.Ending.PROBABILITIES).write();
/// }
/// ```
///
/// An ONNX model takes inputs as the data has them: where the run standardized them, the model does so
/// itself, and gives values in the units of the data. A safetensors file holds the weights, and beside them
/// what a run knows.
public final class Export {
    private final Model model;
    private final Path file;
    private final Format format;
    private final Onnx.Ending ending;

    /// What files can be.
    public enum Format {
        /// For inference engines.
        ONNX("onnx"),
        /// For this program, and for any that reads tensors by name.
        SAFETENSORS("safetensors");

        private final String extension;

        Format(String extension) {
            this.extension = extension;
        }

        /// What a file's name ends in, after the dot.
        public String extension() {
            return extension;
        }

        /// That of a file with this name.
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

    private Export(Model model, Path file, Format format, Onnx.Ending ending) {
        this.model = model;
        this.file = file;
        this.format = format;
        this.ending = ending;
    }

    /// A model into a file, whose name says the format. Nothing is written before [#write].
    ///
    /// @param file which must not exist
    /// @throws IllegalArgumentException if it exists, or its name says no format
    public static Export of(Model model, Path file) {
        Format format = Format.of(file);
        if (Files.exists(file)) {
            throw new IllegalArgumentException(
                    "'%s' exists; nothing is ever overwritten: name another file".formatted(file));
        }
        return new Export(model, file, format, Onnx.Ending.LOGITS);
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
        return new Export(model, file, format, newEnding);
    }

    /// Writes the file, whole or not at all.
    ///
    /// @throws IllegalArgumentException if the format cannot hold the model
    /// @throws IOException if the file cannot be written
    public void write() throws IOException {
        switch (format) {
            case ONNX -> writeOnnx();
            case SAFETENSORS -> {
                if (model.origin().isPresent()) {
                    ModelFile.write(file, model.network(), model.origin().get());
                } else {
                    ModelFile.write(file, model.network());
                }
            }
        }
    }

    private void writeOnnx() throws IOException {
        Preparation preparation = model.preparation();
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("version", ProgramVersion.current());
        metadata.put("stiefel.schema", preparation.schema().toJson());
        model.spec().ifPresent(spec -> metadata.put("stiefel.data", spec.get(Options.DATA)));
        Onnx onnx = Onnx.of(model.network()).ending(ending).saying(metadata);
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
