package dev.stiefel.lab.figure;

import java.util.ArrayList;
import java.util.List;

/// Widths of texts, by a table of advance widths: those of DejaVu Sans, which is wider than the fonts of pages. A
/// text that fits here therefore fits everywhere, and a machine without fonts can lay out a figure.
final class TextWidths {
    /// Hundredths of the font's size, for the characters from the space to the tilde.
    private static final int[] WIDTHS = {
        32, 41, 46, 84, 64, 96, 78, 28, 40, 40, 50, 84, 32, 37, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
        84, 84, 84, 54, 100, 69, 69, 70, 78, 64, 58, 78, 76, 30, 30, 66, 56, 87, 75, 79, 61, 79, 70, 64, 62, 74, 69, 99,
        69, 62, 69, 40, 34, 40, 84, 50, 50, 62, 64, 55, 64, 62, 36, 64, 64, 28, 28, 58, 28, 98, 64, 62, 64, 64, 42, 53,
        40, 64, 60, 82, 60, 60, 53, 64, 34, 64, 84
    };

    private static final String NARROW = "⁰¹²³⁴⁵⁶⁷⁸⁹·\u00A0";
    private static final String USUAL = "⁻äöüßéèàáóσλµ–ABC";

    private TextWidths() {}

    static double width(String text, double size) {
        int sum = 0;
        for (int i = 0; i < text.length(); i++) {
            sum += width(text.charAt(i));
        }
        return sum * size / 100;
    }

    private static int width(char c) {
        if (c >= ' ' && c <= '~') {
            return WIDTHS[c - ' '];
        }
        return NARROW.indexOf(c) >= 0 ? 41 : USUAL.indexOf(c) >= 0 ? 66 : 100;
    }

    /// The text, or as much of it as fits, with an ellipsis.
    static String fitted(String text, double size, double room) {
        if (width(text, size) <= room) {
            return text;
        }
        int end = text.length();
        while (end > 0 && width(text.substring(0, end).stripTrailing() + "…", size) > room) {
            end--;
        }
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end).stripTrailing() + "…";
    }

    /// The text, or as much of its begin and end as fits: names often differ only at their
    /// ends.
    static String shortened(String text, double size, double room) {
        if (width(text, size) <= room) {
            return text;
        }
        String head = fitted(text, size, room * 0.6);
        double left = room - width(head, size);
        int begin = text.length();
        while (begin > 0 && width(text.substring(begin - 1), size) <= left) {
            begin--;
        }
        if (begin < text.length() && Character.isLowSurrogate(text.charAt(begin))) {
            begin++;
        }
        return head + text.substring(begin).stripLeading();
    }

    /// The text in lines, broken at spaces; what does not fit into the last is cut.
    static List<String> wrapped(String text, double size, double room, int lines) {
        List<String> all = new ArrayList<>();
        String rest = text.strip().replaceAll("\\s+", " ");
        while (all.size() < lines - 1 && width(rest, size) > room) {
            int end = rest.lastIndexOf(' ');
            while (end > 0 && width(rest.substring(0, end), size) > room) {
                end = rest.lastIndexOf(' ', end - 1);
            }
            if (end <= 0) {
                break;
            }
            all.add(rest.substring(0, end));
            rest = rest.substring(end + 1);
        }
        all.add(fitted(rest, size, room));
        return all;
    }
}
