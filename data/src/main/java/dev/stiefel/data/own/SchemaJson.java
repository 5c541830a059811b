package dev.stiefel.data.own;

import dev.stiefel.data.json.StrictJson;
import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.data.own.NumberNotation.Grouping;
import dev.stiefel.data.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A schema as JSON. Reading is strict: every key must be there, but those that later versions added, and no other.
final class SchemaJson {
    private static final int LONGEST = 64 << 20;
    private static final String DIVISOR = "divisor";
    private static final JsonMapper JSON = StrictJson.MAPPER;
    private static final String MISSING = "missing";
    private static final String NOTATION = "notation";
    private static final String ORIGIN = "origin";

    private SchemaJson() {}

    // ---- writing ----

    static String write(Schema schema) {
        ObjectNode root = JSON.createObjectNode();
        write(schema.inputs(), root.putObject("inputs"));
        write(schema.outputs(), root.putObject("outputs"));
        return JSON.writeValueAsString(root);
    }

    private static void write(Schema.Inputs inputs, ObjectNode into) {
        switch (inputs) {
            case Schema.Table table -> {
                ArrayNode columns = into.put("kind", "table").putArray("columns");
                table.columns().forEach(column -> write(column, columns.addObject()));
                if (!table.missing().equals(MissingWords.EARLIER)) {
                    write(table.missing(), into.putObject(MISSING));
                }
            }
            case Schema.Image image ->
                into.put("kind", "image")
                        .put("rows", image.rows())
                        .put("columns", image.columns())
                        .put("channels", image.channels());
            case Schema.Vector(int length, int divisor) -> {
                into.put("kind", "vector").put("length", length);
                if (divisor != 1) {
                    into.put(DIVISOR, divisor);
                }
            }
            case Schema.Text(Tokenizer tokenizer) ->
                into.put("kind", "text").set("tokenizer", JSON.readTree(tokenizer.toJson()));
            case Schema.TextPair(Tokenizer source, Tokenizer target) -> {
                into.put("kind", "text-pair");
                into.set("source", JSON.readTree(source.toJson()));
                into.set("target", JSON.readTree(target.toJson()));
            }
        }
    }

    private static void write(Schema.Column column, ObjectNode into) {
        into.put("name", column.name());
        switch (column) {
            case Schema.Number number -> write(number, into.put("kind", "number"));
            case Schema.Category category -> write(into.put("kind", "category").putArray("values"), category.values());
        }
    }

    private static void write(Schema.Number number, ObjectNode into) {
        NumberNotation notation = number.notation();
        if (!notation.equals(NumberNotation.PLAIN)) {
            into.putObject(NOTATION)
                    .put("decimal", word(notation.decimal()))
                    .put("grouping", word(notation.grouping()))
                    .put("signs", notation.signs());
        }
        if (number.origin() != 0) {
            into.put(ORIGIN, number.origin());
        }
    }

    private static void write(MissingWords missing, ObjectNode into) {
        write(into.putArray("numbers"), missing.numbers());
        write(into.putArray("categories"), missing.categories());
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static void write(Schema.Outputs outputs, ObjectNode into) {
        switch (outputs) {
            case Schema.Classes classes -> write(into.put("kind", "classes").putArray("names"), classes.names());
            case Schema.Values values -> write(into.put("kind", "values").putArray("names"), values.names());
            case Schema.NextToken(int vocabulary) ->
                into.put("kind", "next-token").put("vocabulary", vocabulary);
        }
    }

    private static void write(ArrayNode into, List<String> texts) {
        texts.forEach(into::add);
    }

    // ---- reading ----

    static Schema read(String json) throws IOException {
        if (json.length() > LONGEST) {
            throw new IOException(
                    MessageText.format("schema: it must have at most %,d characters; got %,d", LONGEST, json.length()));
        }
        JsonNode root = tree(json);
        requireKeys("it", root, Set.of("inputs", "outputs"));
        try {
            return new Schema(inputs(root.path("inputs")), outputs(root.path("outputs")));
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static JsonNode tree(String json) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IOException(
                    "schema: it must be JSON; got: " + MessageText.brief(String.valueOf(e.getOriginalMessage())), e);
        }
    }

    private static Schema.Inputs inputs(JsonNode node) throws IOException {
        String kind = text("the inputs' kind", node.path("kind"));
        return switch (kind) {
            case "table" -> {
                requireKeys("a table", node, Set.of("kind", "columns"), Set.of(MISSING));
                List<Schema.Column> columns = new ArrayList<>();
                for (JsonNode column : array("a table's columns", node.path("columns"))) {
                    columns.add(column(column));
                }
                yield new Schema.Table(columns, missing(node));
            }
            case "image" -> {
                requireKeys("an image", node, Set.of("kind", "rows", "columns", "channels"));
                yield new Schema.Image(
                        integer("rows", node.path("rows")),
                        integer("columns", node.path("columns")),
                        integer("channels", node.path("channels")));
            }
            case "vector" -> {
                boolean divided = node.has(DIVISOR); // of 8-bit pixels; else there is none
                requireKeys("a vector", node, divided ? Set.of("kind", "length", DIVISOR) : Set.of("kind", "length"));
                yield new Schema.Vector(
                        integer("length", node.path("length")), divided ? integer(DIVISOR, node.path(DIVISOR)) : 1);
            }
            case "text" -> {
                requireKeys("a text", node, Set.of("kind", "tokenizer"));
                yield new Schema.Text(tokenizer(node.path("tokenizer")));
            }
            case "text-pair" -> {
                requireKeys("a text to translate", node, Set.of("kind", "source", "target"));
                yield new Schema.TextPair(tokenizer(node.path("source")), tokenizer(node.path("target")));
            }
            default -> throw unknown("the inputs' kind", "table, image, vector, text or text-pair", kind);
        };
    }

    private static Tokenizer tokenizer(JsonNode node) throws IOException {
        return Tokenizer.ofJson(JSON.writeValueAsString(node));
    }

    private static Schema.Column column(JsonNode node) throws IOException {
        String kind = text("a column's kind", node.path("kind"));
        return switch (kind) {
            case "number" -> {
                requireKeys("a number", node, Set.of("name", "kind"), Set.of(NOTATION, ORIGIN));
                yield new Schema.Number(
                        text("a column's name", node.path("name")),
                        node.has(NOTATION) ? notation(node.path(NOTATION)) : NumberNotation.PLAIN,
                        node.has(ORIGIN) ? number("an origin", node.path(ORIGIN)) : 0);
            }
            case "category" -> {
                requireKeys("a category", node, Set.of("name", "kind", "values"));
                yield new Schema.Category(
                        text("a column's name", node.path("name")), texts("a category's values", node.path("values")));
            }
            default -> throw unknown("a column's kind", "number or category", kind);
        };
    }

    private static NumberNotation notation(JsonNode node) throws IOException {
        requireKeys("a notation", node, Set.of("decimal", "grouping", "signs"));
        if (!node.path("signs").isBoolean()) {
            throw broken("a notation's signs must be true or false", node.path("signs"));
        }
        return new NumberNotation(
                constant(DecimalMark.class, "a notation's decimal", node.path("decimal")),
                constant(Grouping.class, "a notation's grouping", node.path("grouping")),
                node.path("signs").booleanValue());
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String what, JsonNode node) throws IOException {
        String word = text(what, node);
        for (E constant : type.getEnumConstants()) {
            if (word(constant).equals(word)) {
                return constant;
            }
        }
        String known = Stream.of(type.getEnumConstants()).map(SchemaJson::word).collect(Collectors.joining(", "));
        throw unknown(what, "one of " + known, word);
    }

    /// The words for missing values; those of earlier versions, which wrote none.
    private static MissingWords missing(JsonNode table) throws IOException {
        if (!table.has(MISSING)) {
            return MissingWords.EARLIER;
        }
        JsonNode node = table.path(MISSING);
        requireKeys("missing values", node, Set.of("numbers", "categories"));
        return new MissingWords(
                texts("words for missing numbers", node.path("numbers")),
                texts("words for missing categories", node.path("categories")));
    }

    private static double number(String what, JsonNode node) throws IOException {
        if (!node.isNumber()) {
            throw broken(what + " must be a number", node);
        }
        return node.doubleValue();
    }

    private static Schema.Outputs outputs(JsonNode node) throws IOException {
        String kind = text("the outputs' kind", node.path("kind"));
        if (kind.equals("next-token")) {
            requireKeys("the outputs", node, Set.of("kind", "vocabulary"));
            return new Schema.NextToken(integer("vocabulary", node.path("vocabulary")));
        }
        requireKeys("the outputs", node, Set.of("kind", "names"));
        List<String> names = texts("the outputs' names", node.path("names"));
        return switch (kind) {
            case "classes" -> new Schema.Classes(names);
            case "values" -> new Schema.Values(names);
            default -> throw unknown("the outputs' kind", "classes, values or next-token", kind);
        };
    }

    private static void requireKeys(String what, JsonNode node, Set<String> keys) throws IOException {
        requireKeys(what, node, keys, Set.of());
    }

    private static void requireKeys(String what, JsonNode node, Set<String> keys, Set<String> optional)
            throws IOException {
        Set<String> names = node.isObject() ? Set.copyOf(node.propertyNames()) : Set.of();
        boolean isKnown = names.stream().allMatch(name -> keys.contains(name) || optional.contains(name));
        if (!names.containsAll(keys) || !isKnown) {
            throw broken(
                    what + " must be an object of "
                            + String.join(", ", keys.stream().sorted().toList()),
                    node);
        }
    }

    private static JsonNode array(String what, JsonNode node) throws IOException {
        if (!node.isArray()) {
            throw broken(what + " must be an array", node);
        }
        return node;
    }

    private static List<String> texts(String what, JsonNode node) throws IOException {
        List<String> texts = new ArrayList<>();
        for (JsonNode text : array(what, node)) {
            texts.add(text(what, text));
        }
        return texts;
    }

    private static String text(String what, JsonNode node) throws IOException {
        if (!node.isString()) {
            throw broken(what + " must be text", node);
        }
        return node.stringValue();
    }

    private static int integer(String what, JsonNode node) throws IOException {
        if (!node.isIntegralNumber() || !node.canConvertToInt()) {
            throw broken(what + " must be an integer", node);
        }
        return node.intValue();
    }

    private static IOException unknown(String what, String known, String got) {
        return new IOException("schema: %s must be %s; got %s".formatted(what, known, MessageText.quote(got)));
    }

    private static IOException broken(String rule, JsonNode got) {
        return new IOException("schema: %s; got %s".formatted(rule, MessageText.quote(got.toString())));
    }
}
