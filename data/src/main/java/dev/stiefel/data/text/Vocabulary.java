package dev.stiefel.data.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The tokens of a tokenizer by their numbers, each as vocabularies show it: the reserved ones, then its own.
final class Vocabulary {
    private final String tokenizer;
    private final List<String> tokens = new ArrayList<>();

    /// The reserved tokens.
    ///
    /// @param tokenizer its name, for messages
    Vocabulary(String tokenizer) {
        this.tokenizer = tokenizer;
        for (ReservedToken each : ReservedToken.values()) {
            tokens.add(each.text());
        }
    }

    /// Adds the token with the next number.
    void add(String token) {
        tokens.add(token);
    }

    int size() {
        return tokens.size();
    }

    String token(int number) {
        return tokens.get(required(number));
    }

    /// A number that must be a token's.
    int required(int number) {
        if (number < 0 || number >= tokens.size()) {
            throw new IllegalArgumentException(
                    "%s: tokens must be in [0, %s); got %s".formatted(tokenizer, tokens.size(), number));
        }
        return number;
    }

    /// All tokens, in order.
    List<String> tokens() {
        return Collections.unmodifiableList(tokens);
    }
}
