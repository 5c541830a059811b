package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/// Writes SVG elements. Texts are escaped; equal calls make equal bytes.
final class Canvas {
    private final StringBuilder out = new StringBuilder();
    private final Set<String> inks = new TreeSet<>();

    /// Anchor of a text.
    enum Anchor {
        START("start"),
        MIDDLE("middle"),
        END("end");

        private final String word;

        Anchor(String word) {
            this.word = word;
        }
    }

    /// Marks an ink as used.
    String ink(String inkClass) {
        inks.add(inkClass);
        return Palette.attributes(inkClass);
    }

    /// Attributes of an outline.
    String stroke(String inkClass, double width) {
        return "%s fill=\"none\" stroke-width=\"%s\"".formatted(ink(inkClass), NumberText.coordinate(width));
    }

    Canvas raw(String element) {
        out.append(element);
        return this;
    }

    void line(double x1, double y1, double x2, double y2, String attributes) {
        out.append("<path d=\"M")
                .append(point(x1, y1))
                .append('L')
                .append(point(x2, y2))
                .append("\" ");
        out.append(attributes).append("/>\n");
    }

    void path(String data, String attributes) {
        out.append("<path d=\"").append(data).append("\" ").append(attributes).append("/>\n");
    }

    /// Draws a path with a text that appears on hovering.
    void path(String data, String attributes, String hover) {
        out.append("<path d=\"").append(data).append("\" ").append(attributes);
        out.append("><title>").append(escaped(hover)).append("</title></path>\n");
    }

    void rect(double x, double y, double width, double height, String attributes) {
        out.append("<rect x=\"").append(NumberText.coordinate(x));
        out.append("\" y=\"").append(NumberText.coordinate(y));
        out.append("\" width=\"").append(NumberText.coordinate(width));
        out.append("\" height=\"").append(NumberText.coordinate(height));
        out.append("\" ").append(attributes).append("/>\n");
    }

    void text(double x, double y, double size, Anchor anchor, String inkClass, String text) {
        text(x, y, size, anchor, inkClass, text, "");
    }

    /// A text read upwards, its middle held.
    void upward(double x, double y, double size, String inkClass, String text) {
        String turn = " transform=\"rotate(-90 %s %s)\"".formatted(NumberText.coordinate(x), NumberText.coordinate(y));
        text(x, y, size, Anchor.MIDDLE, inkClass, text, turn);
    }

    /// A text that is shortened to the room it has; the whole is shown on hovering.
    void fitted(double x, double y, double size, Anchor anchor, String inkClass, String text, double room) {
        String line = oneLine(text);
        String shown = TextWidths.shortened(line, size, room);
        if (shown.equals(line)) {
            text(x, y, size, anchor, inkClass, line);
        } else {
            out.append("<g><title>").append(escaped(line)).append("</title>");
            text(x, y, size, anchor, inkClass, shown);
            out.append("</g>\n");
        }
    }

    private void text(double x, double y, double size, Anchor anchor, String inkClass, String text, String attributes) {
        if (text.isBlank()) {
            return;
        }
        out.append("<text x=\"").append(NumberText.coordinate(x));
        out.append("\" y=\"").append(NumberText.coordinate(y));
        out.append("\" font-size=\"").append(NumberText.coordinate(size));
        out.append("\" text-anchor=\"").append(anchor.word).append("\" ");
        out.append(ink(inkClass)).append(attributes).append('>');
        out.append(escaped(text)).append("</text>\n");
    }

    Drawing drawing(double width, double height) {
        return new Drawing(width, height, out.toString(), Collections.unmodifiableSet(new TreeSet<>(inks)));
    }

    static String point(double x, double y) {
        String second = NumberText.coordinate(y);
        return NumberText.coordinate(x) + (second.startsWith("-") ? "" : " ") + second;
    }

    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    /// The text as XML holds it; what XML cannot hold is replaced.
    static String escaped(String text) {
        StringBuilder safe = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\n', '\r', '\t' -> safe.append(' ');
                default -> {
                    if (Character.isHighSurrogate(c)
                            && i + 1 < text.length()
                            && Character.isLowSurrogate(text.charAt(i + 1))) {
                        safe.append(c).append(text.charAt(++i));
                    } else {
                        boolean allowed = c >= ' ' && !Character.isSurrogate(c) && c < '\uFFFE' && c != 0x7f;
                        safe.append(allowed ? c : '\uFFFD');
                    }
                }
            }
        }
        return safe.toString();
    }
}
