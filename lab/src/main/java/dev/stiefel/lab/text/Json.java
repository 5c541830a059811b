package dev.stiefel.lab.text;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// JSON as the lab writes and reads it. Numbers keep all their bits; those that JSON does not
/// have are texts.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    /// For values of users, who may give a key twice.
    private static final JsonMapper LENIENT = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final int LONGEST = 160;

    private Json() {}

    /// An empty object.
    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /// An object of texts, numbers, truth values, lists and maps.
    public static ObjectNode object(Map<String, ?> values) {
        ObjectNode node = object();
        values.forEach((key, value) -> node.set(key, MAPPER.valueToTree(value)));
        return node;
    }

    /// The text of a file: indented, with a line break at its end.
    public static String text(ObjectNode node) {
        return MAPPER.writeValueAsString(node) + "\n";
    }

    /// A map, a list or a plain value, indented, without a line break at its end.
    public static String indented(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    /// The same on one line.
    public static String line(Object value) {
        return LENIENT.writeValueAsString(value);
    }

    /// The value of any kind in a text.
    ///
    /// @throws JacksonException if it holds none, or more than one
    public static JsonNode value(String text) {
        return LENIENT.readTree(text);
    }

    /// On one line.
    public static String compact(ObjectNode node) {
        return node.toString();
    }

    /// The object in a text.
    ///
    /// @throws IOException saying what is wrong with it
    public static ObjectNode parse(String text) throws IOException {
        try {
            if (MAPPER.readTree(text) instanceof ObjectNode node) {
                return node;
            }
            throw new IOException("it holds no JSON object");
        } catch (UnexpectedEndOfInputException e) {
            throw new IOException("it is not valid JSON: it ends too early; the file is truncated", e);
        } catch (JacksonException e) {
            throw new IOException("it is not valid JSON: " + oneLine(e.getOriginalMessage()), e);
        }
    }

    /// The Java value of a YAML or JSON value.
    public static Object plain(JsonNode value) {
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return value.longValue();
        }
        if (value.isNumber()) {
            return value.isFloatingPointNumber() ? value.doubleValue() : value.toString();
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(each -> list.add(plain(each)));
            return list;
        }
        return value.isString() ? value.stringValue() : value.isNull() ? "" : value.toString();
    }

    /// A number; one that JSON does not have becomes a text.
    public static JsonNode number(double value) {
        return Double.isFinite(value)
                ? JsonNodeFactory.instance.numberNode(value)
                : JsonNodeFactory.instance.stringNode(Double.toString(value));
    }

    // ---- fields that must be there; the messages are for a file's name to stand before ----

    /// The value of a key.
    public static JsonNode field(JsonNode object, String key) throws IOException {
        JsonNode value = object.get(key);
        if (value == null || value.isNull()) {
            throw new IOException("the key '%s' is missing".formatted(key));
        }
        return value;
    }

    /// The object of a key.
    public static ObjectNode objectField(JsonNode object, String key) throws IOException {
        if (field(object, key) instanceof ObjectNode node) {
            return node;
        }
        throw new IOException("'%s' must be an object; got %s".formatted(key, shown(field(object, key))));
    }

    /// The text of a key.
    public static String textField(JsonNode object, String key) throws IOException {
        JsonNode value = field(object, key);
        if (!value.isString()) {
            throw new IOException("'%s' must be a text; got %s".formatted(key, shown(value)));
        }
        return value.stringValue();
    }

    /// One of an enum's constants, by the word that [Words] has for it.
    public static <E extends Enum<E>> E wordField(Class<E> type, JsonNode object, String key) throws IOException {
        String word = textField(object, key);
        return Arrays.stream(type.getEnumConstants())
                .filter(each -> Words.of(each).equals(word))
                .findFirst()
                .orElseThrow(() -> new IOException("'%s' is unknown: '%s'".formatted(key, oneLine(word))));
    }

    /// The whole number of a key.
    public static long longField(JsonNode object, String key) throws IOException {
        JsonNode value = field(object, key);
        OptionalLong number = value.isIntegralNumber() && value.canConvertToLong()
                ? OptionalLong.of(value.longValue())
                : OptionalLong.empty();
        return number.orElseThrow(
                () -> new IOException("'%s' must be a whole number; got %s".formatted(key, shown(value))));
    }

    /// The same, of 32 bits.
    public static int intField(JsonNode object, String key) throws IOException {
        long value = longField(object, key);
        if (value < Integer.MIN_VALUE || value > Integer.MAX_VALUE) {
            throw new IOException("'%s' is too large: %s".formatted(key, value));
        }
        return (int) value;
    }

    /// The whole numbers in the list of a key.
    public static List<Integer> intsField(JsonNode object, String key) throws IOException {
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode value : field(object, key)) {
            if (!value.isInt()) {
                throw new IOException("'%s' must hold whole numbers; got %s".formatted(key, shown(value)));
            }
            numbers.add(value.intValue());
        }
        return numbers;
    }

    /// The number of a key.
    public static double doubleField(JsonNode object, String key) throws IOException {
        JsonNode value = field(object, key);
        if (value.isNumber()) {
            return value.doubleValue();
        }
        String text = value.isString() ? value.stringValue() : "";
        return switch (text) {
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            case "-Infinity" -> Double.NEGATIVE_INFINITY;
            default -> throw new IOException("'%s' must be a number; got %s".formatted(key, shown(value)));
        };
    }

    /// A text made fit for a message: one line, not too long.
    public static String oneLine(String text) {
        String line = text.replaceAll("\\s+", " ").replaceAll("\\p{Cntrl}", "?");
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /// The reason why a file could not be read or written, in words.
    public static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "it does not exist";
            case AccessDeniedException _ -> "permission denied";
            case FileSystemException failed when failed.getReason() != null -> oneLine(failed.getReason());
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : oneLine(e.getMessage());
        };
    }

    private static String shown(JsonNode value) {
        return oneLine(value.toString());
    }
}
