package dev.stiefel.data.text;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The tokenization "13a" of sacreBLEU 2.6.0, which is that of the script `mteval-v13a.pl` for western languages: the
/// words that BLEU compares.
final class Tokenizer13a {
    private static final Pattern PUNCTUATION = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
    private static final Pattern MARK_AFTER_NO_DIGIT = Pattern.compile("([^0-9])([.,])", Pattern.DOTALL);
    private static final Pattern MARK_BEFORE_NO_DIGIT = Pattern.compile("([.,])([^0-9])", Pattern.DOTALL);
    private static final Pattern DASH_AFTER_DIGIT = Pattern.compile("([0-9])(-)");
    private static final String SPACE =
            "[\\s\\x1c-\\x1f\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
    private static final Pattern SPACES = Pattern.compile(SPACE + "+");
    private static final Pattern SPACES_AT_END = Pattern.compile(SPACE + "+$");

    private Tokenizer13a() {}

    /// The tokens of a line.
    static List<String> tokens(String line) {
        String text = SPACES_AT_END.matcher(line).replaceFirst("");
        text = text.replace("<skipped>", "").replace("-\n", "").replace("\n", " ");
        text = text.replace("&quot;", "\"")
                .replace("&amp;", "&")
                .replace("&lt;", "<")
                .replace("&gt;", ">");
        text = PUNCTUATION.matcher(" " + text + " ").replaceAll(" $1 ");
        text = MARK_AFTER_NO_DIGIT.matcher(text).replaceAll("$1 $2 ");
        text = MARK_BEFORE_NO_DIGIT.matcher(text).replaceAll(" $1 $2");
        text = DASH_AFTER_DIGIT.matcher(text).replaceAll("$1 $2 ");
        return Stream.of(SPACES.split(text)).filter(each -> !each.isEmpty()).toList();
    }
}
