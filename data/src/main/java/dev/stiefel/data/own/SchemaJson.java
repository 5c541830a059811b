package dev.stiefel.data.own;

import dev.stiefel.data.json.StrictJson;
import dev.stiefel.data.text.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A schema as JSON. Reading is strict: every key must be there, and no other.
final class SchemaJson {
    private static final int LONGEST = 64 << 20;
    private static final JsonMapper JSON = StrictJson.MAPPER;

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
            }
            case Schema.Image image ->
                into.put("kind", "image")
                        .put("rows", image.rows())
                        .put("columns", image.columns())
                        .put("channels", image.channels());
            case Schema.Vector vector -> into.put("kind", "vector").put("length", vector.length());
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
            case Schema.Number _ -> into.put("kind", "number");
            case Schema.Category category -> write(into.put("kind", "category").putArray("values"), category.values());
        }
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
                requireKeys("a table", node, Set.of("kind", "columns"));
                List<Schema.Column> columns = new ArrayList<>();
                for (JsonNode column : array("a table's columns", node.path("columns"))) {
                    columns.add(column(column));
                }
                yield new Schema.Table(columns);
            }
            case "image" -> {
                requireKeys("an image", node, Set.of("kind", "rows", "columns", "channels"));
                yield new Schema.Image(
                        integer("rows", node.path("rows")),
                        integer("columns", node.path("columns")),
                        integer("channels", node.path("channels")));
            }
            case "vector" -> {
                requireKeys("a vector", node, Set.of("kind", "length"));
                yield new Schema.Vector(integer("length", node.path("length")));
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
                requireKeys("a number", node, Set.of("name", "kind"));
                yield new Schema.Number(text("a column's name", node.path("name")));
            }
            case "category" -> {
                requireKeys("a category", node, Set.of("name", "kind", "values"));
                yield new Schema.Category(
                        text("a column's name", node.path("name")), texts("a category's values", node.path("values")));
            }
            default -> throw unknown("a column's kind", "number or category", kind);
        };
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
        if (!node.isObject() || !Set.copyOf(node.propertyNames()).equals(keys)) {
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
