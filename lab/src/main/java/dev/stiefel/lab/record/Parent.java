package dev.stiefel.lab.record;

import dev.stiefel.lab.model.ImportedTensor;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The model that a run starts from, if its first weights do not come from its seed. The run keeps a copy of its
/// initial weights, so that it can be resumed without its parent.
///
/// @param command command that made the run
/// @param path of the parent, a run's folder or a model's file or folder, as it was given
/// @param model of a run: the name of the model's file in its checkpoint; else the file's or folder's
/// @param sha256 of that file, or of the list of the folder's files with theirs
/// @param tensors origin of each tensor of a foreign file; none for a file of ours, and in runs of earlier
///     versions
public record Parent(Command command, String path, String model, String sha256, List<ImportedTensor> tensors) {
    private static final String TENSORS = "tensors";

    /// Copies the list.
    public Parent {
        tensors = List.copyOf(tensors);
    }

    /// A model of ours.
    public Parent(Command command, String path, String model, String sha256) {
        this(command, path, model, sha256, List.of());
    }

    /// Command that makes a run of another.
    public enum Command {
        /// `Finetune`.
        FINETUNE("finetune"),
        /// `Compression`.
        COMPRESS("compress"),
        /// `Import`.
        IMPORT("import");

        private final String word;

        Command(String word) {
            this.word = word;
        }

        /// The word that users type.
        public String word() {
            return word;
        }
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("command", command.word())
                .put("path", path)
                .put("model", model)
                .put("sha256", sha256);
        if (!tensors.isEmpty()) {
            ArrayNode list = json.putArray(TENSORS);
            tensors.forEach(each -> list.add(each.toJson()));
        }
        return json;
    }

    static Parent read(ObjectNode json) throws IOException {
        return new Parent(
                Json.wordField(Command.class, json, "command"),
                Json.textField(json, "path"),
                Json.textField(json, "model"),
                Json.textField(json, "sha256"),
                json.has(TENSORS) ? tensors(json) : List.of());
    }

    private static List<ImportedTensor> tensors(ObjectNode json) throws IOException {
        List<ImportedTensor> tensors = new ArrayList<>();
        for (JsonNode each : Json.field(json, TENSORS)) {
            if (!(each instanceof ObjectNode tensor)) {
                throw new IOException("'%s' must be a list of objects".formatted(TENSORS));
            }
            tensors.add(ImportedTensor.read(tensor));
        }
        return tensors;
    }
}
