package dev.stiefel.data.text;

import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The words that byte pairs are learned and applied in: letters, digits or other characters, each with a space before
/// them, English endings after an apostrophe, and other white space. They are those of GPT-2, and together the text.
final class WordSplitter {
    private static final Pattern WORD = Pattern.compile(
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            Pattern.UNICODE_CHARACTER_CLASS);

    private WordSplitter() {}

    static void forEach(String text, Consumer<String> action) {
        Matcher matcher = WORD.matcher(text);
        while (matcher.find()) {
            action.accept(matcher.group());
        }
    }
}
