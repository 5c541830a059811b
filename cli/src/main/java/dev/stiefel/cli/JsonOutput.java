package dev.stiefel.cli;

import dev.stiefel.lab.model.Prediction;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON on stdout. Loaded only when it is asked for.
final class JsonOutput {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private static final JsonMapper COMPACT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonOutput() {}

    /// Prints one object.
    static void print(PrintStream out, Object object) {
        out.println(MAPPER.writeValueAsString(object));
        out.flush();
    }

    /// One object on one line.
    static String line(Map<String, ?> object) {
        return COMPACT.writeValueAsString(object);
    }

    /// The value in a text.
    ///
    /// @throws tools.jackson.core.JacksonException if it holds none, or more than one
    static JsonNode parse(String text) {
        return COMPACT.readTree(text);
    }

    /// What a network tells of a sample.
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
        JsonNode object = MAPPER.readTree(Files.readAllBytes(file));
        Map<String, JsonNode> picked = new LinkedHashMap<>();
        for (String key : keys) {
            if (object.has(key)) {
                picked.put(key, object.get(key));
            }
        }
        return picked;
    }
}
