package dev.stiefel.data.text;

import dev.stiefel.data.json.StrictJson;
import dev.stiefel.data.text.BytePairTokenizer.Merge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// A tokenizer in the format `tokenizer.json` of the library "tokenizers", version 1.0. Reading takes what writing
/// gives, and nothing else: a tokenizer is made of what the file says, and must give the same file again.
final class TokenizerJson {
    private static final String BYTE_PAIRS = "BPE";
    private static final String PIECES = "WordPiece";
    private static final String CHARACTERS = "WordLevel";

    private static final JsonMapper JSON = StrictJson.MAPPER;

    private TokenizerJson() {}

    // ---- writing ----

    static String write(BytePairTokenizer tokenizer) {
        List<String> tokens = tokenizer.vocabulary();
        ObjectNode model = object(BYTE_PAIRS).putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false);
        model.set("vocab", vocabulary(tokens));
        ArrayNode merges = model.putArray("merges");
        for (Merge each : tokenizer.merges()) {
            merges.add(tokens.get(each.left()) + " " + tokens.get(each.right()));
        }
        return write(normalizer(tokenizer.form()), byteLevel(), byteLevel(), model);
    }

    static String write(WordPieceTokenizer tokenizer) {
        ObjectNode model = object(PIECES)
                .put("unk_token", ReservedToken.UNKNOWN.text())
                .put("continuing_subword_prefix", WordPieceTokenizer.CONTINUATION)
                .put("max_input_chars_per_word", WordPieceTokenizer.LONGEST_WORD);
        model.set("vocab", vocabulary(tokenizer.vocabulary()));
        ObjectNode words = object("Sequence");
        words.putArray("pretokenizers").add(object("BertPreTokenizer")).add(splitAt(PieceWords.CHINESE));
        ObjectNode decoder =
                object(PIECES).put("prefix", WordPieceTokenizer.CONTINUATION).put("cleanup", false);
        return write(pieceNormalizer(tokenizer.form()), words, decoder, model);
    }

    static String write(CharacterTokenizer tokenizer) {
        ObjectNode model = object(CHARACTERS);
        model.set("vocab", vocabulary(tokenizer.vocabulary()));
        model.put("unk_token", ReservedToken.UNKNOWN.text());
        return write(normalizer(tokenizer.form()), splitAt("[\\s\\S]"), object("Fuse"), model);
    }

    private static String write(JsonNode normalizer, JsonNode words, JsonNode decoder, JsonNode model) {
        ObjectNode root = JSON.createObjectNode();
        root.put("version", "1.0").putNull("truncation").putNull("padding");
        ArrayNode added = root.putArray("added_tokens");
        for (ReservedToken each : ReservedToken.values()) {
            added.addObject()
                    .put("id", each.number())
                    .put("content", each.text())
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true);
        }
        root.set("normalizer", normalizer);
        root.set("pre_tokenizer", words);
        root.putNull("post_processor");
        root.set("decoder", decoder);
        root.set("model", model);
        return JSON.writeValueAsString(root);
    }

    private static ObjectNode object(String type) {
        return JSON.createObjectNode().put("type", type);
    }

    private static ObjectNode vocabulary(List<String> tokens) {
        ObjectNode vocabulary = JSON.createObjectNode();
        for (int i = 0; i < tokens.size(); i++) {
            vocabulary.put(tokens.get(i), i);
        }
        return vocabulary;
    }

    private static ObjectNode byteLevel() {
        return object("ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    /// Makes a word of all that a regular expression matches.
    private static ObjectNode splitAt(String regex) {
        ObjectNode split = object("Split");
        split.putObject("pattern").put("Regex", regex);
        return split.put("behavior", "Isolated").put("invert", false);
    }

    private static JsonNode normalizer(TextForm form) {
        List<ObjectNode> steps = steps(form);
        return steps.isEmpty() ? JsonNodeFactory.instance.nullNode() : sequence(steps);
    }

    /// The form, and spaces in place of control characters.
    private static JsonNode pieceNormalizer(TextForm form) {
        List<ObjectNode> steps = new ArrayList<>(steps(form));
        ObjectNode replacement = object("Replace");
        replacement.putObject("pattern").put("Regex", PieceWords.CONTROL);
        steps.add(replacement.put("content", " "));
        return sequence(steps);
    }

    private static ObjectNode sequence(List<ObjectNode> steps) {
        ObjectNode sequence = object("Sequence");
        sequence.putArray("normalizers").addAll(steps);
        return sequence;
    }

    private static List<ObjectNode> steps(TextForm form) {
        List<String> types = switch (form) {
            case VERBATIM -> List.of();
            case NFKC -> List.of("NFKC");
            case LOWER_CASE -> List.of("NFKC", "Lowercase");
            case LOWER_CASE_WITHOUT_ACCENTS -> List.of("NFKC", "Lowercase", "NFD", "StripAccents");
        };
        return types.stream().map(TokenizerJson::object).toList();
    }

    // ---- reading ----

    /// Makes a tokenizer of what a file says.
    @FunctionalInterface
    private interface Maker<T extends Tokenizer> {
        T make(JsonNode root) throws IOException;
    }

    static Tokenizer read(String json) throws IOException {
        JsonNode root = parse(json);
        return switch (type(root)) {
            case BYTE_PAIRS -> made(root, TokenizerJson::bytePairs);
            case PIECES -> made(root, TokenizerJson::pieces);
            case CHARACTERS -> made(root, TokenizerJson::characters);
            default -> throw otherType(String.join(", ", BYTE_PAIRS, PIECES) + " or " + CHARACTERS, root);
        };
    }

    static BytePairTokenizer readBytePairs(String json) throws IOException {
        return made(parse(json, BYTE_PAIRS), TokenizerJson::bytePairs);
    }

    static WordPieceTokenizer readPieces(String json) throws IOException {
        return made(parse(json, PIECES), TokenizerJson::pieces);
    }

    static CharacterTokenizer readCharacters(String json) throws IOException {
        return made(parse(json, CHARACTERS), TokenizerJson::characters);
    }

    private static JsonNode parse(String json) throws IOException {
        try {
            return JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IOException("tokenizer: it must be JSON; " + e.getOriginalMessage(), e);
        }
    }

    private static JsonNode parse(String json, String type) throws IOException {
        JsonNode root = parse(json);
        if (!type(root).equals(type)) {
            throw otherType(type, root);
        }
        return root;
    }

    private static String type(JsonNode root) {
        return root.path("model").path("type").asString("");
    }

    private static IOException otherType(String wanted, JsonNode root) {
        return new IOException("tokenizer: its model must be of type %s; got %s"
                .formatted(wanted, root.path("model").path("type")));
    }

    private static <T extends Tokenizer> T made(JsonNode root, Maker<T> maker) throws IOException {
        T made;
        try {
            made = maker.make(root);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!JSON.readTree(made.toJson()).equals(root)) {
            throw new IOException("tokenizer: its vocabulary or settings are not those of its %s; it is damaged"
                    .formatted(made instanceof BytePairTokenizer ? "merges" : "tokens"));
        }
        return made;
    }

    private static BytePairTokenizer bytePairs(JsonNode root) throws IOException {
        JsonNode model = root.path("model");
        Map<String, Integer> numbers = new HashMap<>();
        for (Map.Entry<String, JsonNode> each : model.path("vocab").properties()) {
            numbers.put(each.getKey(), each.getValue().asInt(-1));
        }
        List<Merge> merges = new ArrayList<>();
        for (JsonNode each : model.path("merges")) {
            String[] parts = each.asString("").split(" ", -1);
            Integer left = parts.length == 2 ? numbers.get(parts[0]) : null;
            Integer right = parts.length == 2 ? numbers.get(parts[1]) : null;
            if (left == null || right == null) {
                throw new IOException(
                        "tokenizer: merge %s must be of two tokens; got %s".formatted(merges.size(), each));
            }
            merges.add(new Merge(left, right));
        }
        return new BytePairTokenizer(form(root, TokenizerJson::normalizer), merges);
    }

    private static WordPieceTokenizer pieces(JsonNode root) throws IOException {
        return new WordPieceTokenizer(form(root, TokenizerJson::pieceNormalizer), tokens(root));
    }

    private static CharacterTokenizer characters(JsonNode root) throws IOException {
        return CharacterTokenizer.ofCharacters(form(root, TokenizerJson::normalizer), tokens(root));
    }

    /// The tokens after the reserved ones, by their numbers.
    private static List<String> tokens(JsonNode root) {
        return root.path("model").path("vocab").properties().stream()
                .sorted(Comparator.comparingInt(each -> each.getValue().asInt(-1)))
                .skip(ReservedToken.values().length)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static TextForm form(JsonNode root, Function<TextForm, JsonNode> normalizer) throws IOException {
        for (TextForm form : TextForm.values()) {
            if (normalizer.apply(form).equals(root.path("normalizer"))) {
                return form;
            }
        }
        throw new IOException("tokenizer: its normalizer is not known; got " + root.path("normalizer"));
    }
}
