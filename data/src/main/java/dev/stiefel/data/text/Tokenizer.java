package dev.stiefel.data.text;

import java.io.IOException;

/// Text as a sequence of tokens with numbers, and back. Numbers begin with the reserved ones ([ReservedToken]).
public interface Tokenizer {
    /// A tokenizer of one of this package's kinds from its JSON ([#toJson]).
    ///
    /// @throws IOException if it is not what [#toJson] writes
    static Tokenizer ofJson(String json) throws IOException {
        return TokenizerJson.read(json);
    }

    /// The number of tokens, reserved ones among them.
    int size();

    /// The tokens of a text, without start and end.
    int[] encode(String text);

    /// The text of tokens. Reserved ones give none.
    ///
    /// @throws IllegalArgumentException if a number is no token's
    String decode(int... tokens);

    /// A token as vocabularies show it.
    ///
    /// @throws IllegalArgumentException if the number is no token's
    String token(int number);

    /// The tokenizer in the format `tokenizer.json` of the library "tokenizers", which other tools read.
    String toJson();
}
