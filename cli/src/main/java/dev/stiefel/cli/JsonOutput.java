package dev.stiefel.cli;

import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// JSON on stdout. Loaded only on demand.
final class JsonOutput {
    private JsonOutput() {}

    /// Prints one object.
    static void print(PrintStream out, Object object) {
        out.println(Json.indented(object));
        out.flush();
    }

    /// The fields of a prediction.
    static Map<String, Object> fields(Prediction prediction) {
        Map<String, Object> fields = new LinkedHashMap<>();
        switch (prediction) {
            case Prediction.OfClass(String name, var probabilities) -> {
                fields.put("class", name);
                fields.put("probabilities", probabilities);
            }
            case Prediction.OfValues(var values) -> fields.put("values", values);
        }
        return fields;
    }

    /// Some of what an object in a file has.
    static Map<String, JsonNode> pick(Path file, String... keys) throws IOException {
        JsonNode object = Json.parse(Files.readString(file));
        Map<String, JsonNode> picked = new LinkedHashMap<>();
        for (String key : keys) {
            if (object.has(key)) {
                picked.put(key, object.get(key));
            }
        }
        return picked;
    }
}
