package dev.stiefel.cli;

import java.util.ArrayList;
import java.util.List;

/// Rows of text in columns as wide as their widest cell, two spaces apart.
final class TextTable {
    private final List<List<String>> rows = new ArrayList<>();
    private final List<Boolean> right;

    /// One letter a column: `l` for text, `r` for numbers, which end at the same place.
    TextTable(String alignment) {
        right = alignment.chars().mapToObj(letter -> letter == 'r').toList();
    }

    TextTable row(String... cells) {
        rows.add(List.of(cells));
        return this;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                String padding = " ".repeat(width(i) - DisplayWidth.of(row.get(i)));
                line.append(i == 0 ? "" : "  ");
                line.append(right.get(i) ? padding + row.get(i) : row.get(i) + padding);
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString();
    }

    private int width(int column) {
        return rows.stream()
                .filter(row -> row.size() > column)
                .mapToInt(row -> DisplayWidth.of(row.get(column)))
                .max()
                .orElse(0);
    }
}
