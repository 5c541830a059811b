package dev.stiefel.data.text;

import dev.stiefel.data.text.BytePairTokenizer.Merge;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A byte-pair tokenizer in the format `tokenizer.json` of the library "tokenizers", version 1.0. Reading takes what
/// writing gives, and nothing else.
final class TokenizerJson {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private TokenizerJson() {}

    static String write(BytePairTokenizer tokenizer) {
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
        root.set("normalizer", normalizer(tokenizer.form()));
        root.set("pre_tokenizer", byteLevel());
        root.putNull("post_processor");
        root.set("decoder", byteLevel());
        ObjectNode model = root.putObject("model");
        model.put("type", "BPE").putNull("dropout").putNull("unk_token");
        model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
        model.put("fuse_unk", false).put("byte_fallback", false);
        ObjectNode vocabulary = model.putObject("vocab");
        List<String> tokens = tokenizer.vocabulary();
        for (int i = 0; i < tokens.size(); i++) {
            vocabulary.put(tokens.get(i), i);
        }
        ArrayNode merges = model.putArray("merges");
        for (Merge each : tokenizer.merges()) {
            merges.add(tokens.get(each.left()) + " " + tokens.get(each.right()));
        }
        return JSON.writeValueAsString(root);
    }

    private static ObjectNode byteLevel() {
        return JSON.createObjectNode()
                .put("type", "ByteLevel")
                .put("add_prefix_space", false)
                .put("trim_offsets", true)
                .put("use_regex", true);
    }

    private static JsonNode normalizer(TextForm form) {
        List<String> types = switch (form) {
            case VERBATIM -> List.of();
            case NFKC -> List.of("NFKC");
            case LOWER_CASE -> List.of("NFKC", "Lowercase");
            case LOWER_CASE_WITHOUT_ACCENTS -> List.of("NFKC", "Lowercase", "NFD", "StripAccents");
        };
        if (types.isEmpty()) {
            return JSON.getNodeFactory().nullNode();
        }
        ObjectNode sequence = JSON.createObjectNode().put("type", "Sequence");
        ArrayNode all = sequence.putArray("normalizers");
        types.forEach(each -> all.addObject().put("type", each));
        return sequence;
    }

    static BytePairTokenizer read(String json) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JacksonException e) {
            throw new IOException("tokenizer: it must be JSON; " + e.getOriginalMessage(), e);
        }
        JsonNode model = root.path("model");
        if (!"BPE".equals(model.path("type").asString(""))) {
            throw new IOException("tokenizer: its model must be of type BPE; got " + model.path("type"));
        }
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
                        "tokenizer: merge %d must be of two tokens; got %s".formatted(merges.size(), each));
            }
            merges.add(new Merge(left, right));
        }
        for (TextForm form : TextForm.values()) {
            if (normalizer(form).equals(root.path("normalizer"))) {
                return made(form, merges, root);
            }
        }
        throw new IOException("tokenizer: its normalizer is not known; got " + root.path("normalizer"));
    }

    private static BytePairTokenizer made(TextForm form, List<Merge> merges, JsonNode root) throws IOException {
        BytePairTokenizer made;
        try {
            made = new BytePairTokenizer(form, merges);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
        if (!JSON.readTree(write(made)).equals(root)) {
            throw new IOException("tokenizer: its vocabulary or settings are not those of its merges; it is damaged");
        }
        return made;
    }
}
