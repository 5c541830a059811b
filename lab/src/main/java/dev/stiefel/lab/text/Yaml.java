package dev.stiefel.lab.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// YAML files that users write.
public final class Yaml {
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private Yaml() {}

    /// The file's mapping. Scalars become texts, numbers and truth values, lists become lists.
    ///
    /// @throws IllegalArgumentException if the file is no mapping
    public static Map<String, Object> mapping(Path file) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(Files.readAllBytes(file));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s is not valid YAML: %s".formatted(file, Json.oneLine(e.getOriginalMessage())), e);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException(
                    file + " must be a mapping from options to values, such as 'width: 100'");
        }
        Map<String, Object> mapping = new LinkedHashMap<>();
        root.properties().forEach(entry -> mapping.put(entry.getKey(), Json.plain(entry.getValue())));
        return mapping;
    }
}
