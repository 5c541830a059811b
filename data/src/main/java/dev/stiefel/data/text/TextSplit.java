package dev.stiefel.data.text;

/// A text whose last part is held out for validation. A language model's text is split before a tokenizer is learned
/// from it, so that the tokenizer has not seen what validates.
///
/// @param train the text to train on
/// @param validation the rest, which follows it
public record TextSplit(String train, String validation) {
    private static final double VALIDATION = 0.1;

    /// Holds out the last tenth of the characters: training takes the first `⌊0.9 · length⌋` UTF-16 characters, as
    /// published models of tiny Shakespeare do, or one more where that would cut a character in two.
    ///
    /// @throws IllegalArgumentException if one part would be empty
    public static TextSplit lastTenth(String text) {
        int cut = (int) ((1 - VALIDATION) * text.length());
        if (cut > 0 && Character.isSurrogatePair(text.charAt(cut - 1), text.charAt(cut))) {
            cut++;
        }
        if (cut == 0 || cut == text.length()) {
            throw new IllegalArgumentException(
                    "text split: a text must have at least 2 characters, one of them to validate; got "
                            + text.codePointCount(0, text.length()));
        }
        return new TextSplit(text.substring(0, cut), text.substring(cut));
    }
}
