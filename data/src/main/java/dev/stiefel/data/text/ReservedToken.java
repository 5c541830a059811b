package dev.stiefel.data.text;

/// Tokens that stand for no text, the first ones of every tokenizer.
public enum ReservedToken {
    /// Padding of rows.
    PADDING(0, "[PAD]"),
    /// Text without a token.
    UNKNOWN(1, "[UNK]"),
    /// Begins a sequence.
    START(2, "[START]"),
    /// Ends a sequence.
    END(3, "[END]");

    private final int number;
    private final String text;

    ReservedToken(int number, String text) {
        this.number = number;
        this.text = text;
    }

    /// The number of the token.
    public int number() {
        return number;
    }

    /// The token as vocabularies show it.
    public String text() {
        return text;
    }
}
