package dev.stiefel.data.own;

import java.util.regex.Pattern;

/// Texts from users' files, fit for a one-line message.
final class Text {
    private static final int LONGEST_QUOTE = 80;
    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

    private Text() {}

    /// Quoted, on one line, of bounded length.
    static String quote(String text) {
        return "'" + brief(text) + "'";
    }

    /// On one line, of bounded length.
    static String brief(String text) {
        String shown = text.length() <= LONGEST_QUOTE ? text : text.substring(0, LONGEST_QUOTE) + "…";
        return UNPRINTABLE.matcher(shown).replaceAll("?");
    }
}
