package dev.stiefel.lab.text;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;

/// YAML files that users write.
public final class Yaml {
    private static final YAMLMapper MAPPER = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private static final long LARGEST = 1 << 20;

    private Yaml() {}

    /// The file's mapping. Scalars become texts, numbers and truth values, lists become lists.
    ///
    /// @throws IllegalArgumentException if the file is no mapping
    public static Map<String, Object> mapping(Path file) throws IOException {
        return plain(tree(file));
    }

    /// The mapping in a file's content. Scalars become texts, numbers and truth values, lists become lists.
    ///
    /// @param name name of the file in messages
    /// @throws IllegalArgumentException if it is no mapping
    public static Map<String, Object> mapping(String name, byte[] content) {
        return plain(tree(name, content));
    }

    private static Map<String, Object> plain(ObjectNode tree) {
        Map<String, Object> mapping = new LinkedHashMap<>();
        tree.properties().forEach(entry -> mapping.put(entry.getKey(), Json.plain(entry.getValue())));
        return mapping;
    }

    /// The file's mapping, as it is.
    ///
    /// @throws IllegalArgumentException if the file is no mapping
    public static ObjectNode tree(Path file) throws IOException {
        try {
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "%s is no spec: it has %,d bytes, and specs at most %,d",
                        file,
                        Files.size(file),
                        LARGEST));
            }
            return tree(file.toString(), Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
    }

    /// The mapping in a file's content.
    ///
    /// @param name name of the file in messages
    /// @throws IllegalArgumentException if it is no mapping
    public static ObjectNode tree(String name, byte[] content) {
        try {
            requireNoAliases(name, content);
            if (MAPPER.readTree(content) instanceof ObjectNode mapping) {
                return mapping;
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s is not valid YAML: %s".formatted(name, Json.oneLine(e.getOriginalMessage())), e);
        }
        throw new IllegalArgumentException(name + " must be a mapping from options to values, such as 'width: 100'");
    }

    /// The parser would take an alias for a text.
    private static void requireNoAliases(String name, byte[] content) {
        try (JsonParser parser = MAPPER.createParser(content)) {
            while (parser.nextToken() != null) {
                if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                    throw new IllegalArgumentException(
                            "%s: line %s: aliases ('*%s') are not supported; write the value out"
                                    .formatted(
                                            name,
                                            parser.currentTokenLocation().getLineNr(),
                                            Json.oneLine(parser.getString())));
                }
            }
        }
    }
}
