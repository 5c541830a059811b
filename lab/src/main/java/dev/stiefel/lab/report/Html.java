package dev.stiefel.lab.report;

/// HTML as it is written: elements in order, texts escaped.
final class Html {
    private final StringBuilder text = new StringBuilder();

    /// Markup as it stands.
    Html raw(String markup) {
        text.append(markup);
        return this;
    }

    /// A text.
    Html text(String words) {
        text.append(escape(words));
        return this;
    }

    /// An element that holds only a text, on a line of its own. The tag may have attributes.
    Html element(String tag, String words) {
        return raw("<").raw(tag).raw(">").text(words).raw("</").raw(name(tag)).raw(">\n");
    }

    /// The beginning of an element.
    Html open(String tag) {
        return raw("<").raw(tag).raw(">\n");
    }

    /// The end of one.
    Html close(String tag) {
        return raw("</").raw(tag).raw(">\n");
    }

    /// A text fit to stand between tags, and in an attribute's double quotes.
    static String escape(String words) {
        StringBuilder escaped = new StringBuilder(words.length() + 16);
        for (int i = 0; i < words.length(); i++) {
            char c = words.charAt(i);
            switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.append(c < ' ' && c != '\n' && c != '\t' ? '?' : c);
            }
        }
        return escaped.toString();
    }

    private static String name(String tag) {
        int space = tag.indexOf(' ');
        return space < 0 ? tag : tag.substring(0, space);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
