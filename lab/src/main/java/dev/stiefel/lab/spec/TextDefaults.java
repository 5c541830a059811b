package dev.stiefel.lab.spec;

import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.language.TokenizerKind;
import dev.stiefel.data.text.TextForm;

/// Defaults for the reading and encoding of texts. Needed before a run's other options are known.
public final class TextDefaults {
    /// Tokens of a text that trains, at most.
    public static final int MAX_TOKENS = 128;

    /// Tokens of a window of plain text.
    public static final int CONTEXT = 64;

    private static final double PLAIN_TEST_FRACTION = 0.1;

    private TextDefaults() {}

    /// The tokenizer of texts of this kind.
    public static TokenizerKind tokenizer(TextKind kind) {
        return kind == TextKind.PLAIN ? TokenizerKind.CHARACTER : TokenizerKind.BYTE_PAIR;
    }

    /// The normal form of texts. Single characters are kept as they are.
    public static TextForm form(TokenizerKind tokenizer, boolean lowerCase) {
        if (lowerCase) {
            return TextForm.LOWER_CASE;
        }
        return tokenizer == TokenizerKind.CHARACTER ? TextForm.VERBATIM : TextForm.NFKC;
    }

    /// The fraction of texts of this kind that is the test set.
    public static double testFraction(TextKind kind) {
        return kind == TextKind.PLAIN ? PLAIN_TEST_FRACTION : Options.USUAL_TEST_FRACTION;
    }

    /// The fraction of a user's own samples that is the test set.
    static double testFraction(DataFacts data) {
        return data.text().map(text -> testFraction(text.kind())).orElse(Options.USUAL_TEST_FRACTION);
    }
}
