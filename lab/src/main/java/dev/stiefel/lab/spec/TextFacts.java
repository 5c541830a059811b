package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// Facts of texts on which a network depends, found by reading them.
///
/// @param kind kind of the texts
/// @param sourceVocabulary tokens of the tokenizer of texts, or of sources
/// @param targetVocabulary tokens of the tokenizer of translations; the same as of sources where there are none
/// @param validation number of training samples used for validation
/// @param tokens number of tokens that an epoch trains on, of sources and targets together
public record TextFacts(TextKind kind, int sourceVocabulary, int targetVocabulary, int validation, long tokens) {
    /// The text for hashes of sweeps, which does not depend on the names of kinds in messages.
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
