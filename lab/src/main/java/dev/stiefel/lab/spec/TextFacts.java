package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// What a network depends on of texts, found by reading them.
///
/// @param kind what the texts are
/// @param sourceVocabulary tokens of the tokenizer of texts, or of sources
/// @param targetVocabulary tokens of the tokenizer of translations; the same as of sources where there are none
/// @param validation how many of the training samples validate
/// @param tokens that train in an epoch, of sources and targets together
public record TextFacts(TextKind kind, int sourceVocabulary, int targetVocabulary, int validation, long tokens) {
    /// As the hashes of sweeps have it, whatever kinds are called in messages.
    String hashed() {
        return "TextFacts[kind=%s, sourceVocabulary=%s, targetVocabulary=%s, validation=%s, tokens=%s]"
                .formatted(Words.of(kind), sourceVocabulary, targetVocabulary, validation, tokens);
    }

    ObjectNode toJson() {
        return Json.object()
                .put("kind", Words.of(kind))
                .put("sourceVocabulary", sourceVocabulary)
                .put("targetVocabulary", targetVocabulary)
                .put("validation", validation)
                .put("tokens", tokens);
    }

    static TextFacts read(ObjectNode json) throws IOException {
        return new TextFacts(
                Json.wordField(TextKind.class, json, "kind"),
                Json.intField(json, "sourceVocabulary"),
                Json.intField(json, "targetVocabulary"),
                Json.intField(json, "validation"),
                Json.longField(json, "tokens"));
    }
}
