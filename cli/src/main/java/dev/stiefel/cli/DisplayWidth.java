package dev.stiefel.cli;

/// Width of text on a screen: one column per character; we write nothing wider.
final class DisplayWidth {
    private DisplayWidth() {}

    static int of(String text) {
        return text.codePointCount(0, text.length());
    }

    /// At most the first `columns` characters of a text, with `…` as the last one if something is left out.
    static String cut(String text, int columns, boolean unicode) {
        if (of(text) <= columns) {
            return text;
        }
        if (columns < 1) {
            return "";
        }
        return text.substring(0, text.offsetByCodePoints(0, columns - 1)) + (unicode ? "…" : ">");
    }
}
