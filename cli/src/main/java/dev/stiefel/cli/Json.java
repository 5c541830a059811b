package dev.stiefel.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// JSON on stdout. Loaded only when it is asked for.
final class Json {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private Json() {}

    /// Prints one object.
    static void print(PrintStream out, Object object) {
        out.println(MAPPER.writeValueAsString(object));
        out.flush();
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
