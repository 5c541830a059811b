package dev.stiefel.lab.text;

import java.util.List;
import java.util.stream.Collectors;

/// Comma-separated values, as the lab writes them.
public final class Csv {
    private Csv() {}

    /// Cells with commas in between, without a line break.
    public static String line(List<String> cells) {
        return cells.stream().map(Csv::cell).collect(Collectors.joining(","));
    }

    /// A cell, in quotes where it has to be.
    public static String cell(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' || c == '"' || c == '\n' || c == '\r') {
                return '"' + text.replace("\"", "\"\"") + '"';
            }
        }
        return text;
    }
}
