package dev.stiefel.lab.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// A table of a page.
///
/// @param caption caption of the table
/// @param header the columns' names
/// @param rows as many cells each as there are columns
record PageTable(String caption, List<String> header, List<List<Cell>> rows) {
    PageTable {
        header = List.copyOf(header);
        rows = List.copyOf(rows);
    }

    /// A cell.
    ///
    /// @param shown text of the cell
    /// @param value number for sorting rows, if there is one
    /// @param kind layout of the cell
    record Cell(String shown, double value, Kind kind) {
        static Cell text(String shown) {
            return new Cell(shown, Double.NaN, Kind.TEXT);
        }

        static Cell code(String shown) {
            return new Cell(shown, Double.NaN, Kind.CODE);
        }

        static Cell number(String shown, double value) {
            return new Cell(shown, value, Kind.NUMBER);
        }
    }

    /// Layout of a cell.
    enum Kind {
        TEXT,
        NUMBER,
        CODE
    }

    /// Returns whether all that a column has is numbers, or nothing.
    private boolean isNumeric(int column) {
        return rows.stream()
                .map(row -> row.get(column))
                .allMatch(cell -> cell.kind() == Kind.NUMBER || cell.shown().isEmpty());
    }

    void write(Html html, String name) {
        List<Boolean> numeric = new ArrayList<>();
        for (int column = 0; column < header.size(); column++) {
            numeric.add(isNumeric(column));
        }
        html.open("div class=\"scroll%s\" role=\"region\" tabindex=\"0\" aria-label=\"%s\""
                .formatted(rows.size() > 30 ? " tall" : "", Html.escape(name)));
        html.open(rows.size() > 1 && !header.contains("") ? "table class=\"sortable\"" : "table");
        html.element("caption", caption);
        html.raw("<thead><tr>");
        for (int column = 0; column < header.size(); column++) {
            html.raw(numeric.get(column) ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">")
                    .text(header.get(column))
                    .raw("</th>");
        }
        html.raw("</tr></thead>\n<tbody>\n");
        for (List<Cell> row : rows) {
            html.raw("<tr>");
            for (int column = 0; column < row.size(); column++) {
                write(html, row.get(column), column == 0, numeric.get(column));
            }
            html.raw("</tr>\n");
        }
        html.raw("</tbody>\n").close("table").close("div");
    }

    private static void write(Html html, Cell cell, boolean first, boolean numeric) {
        String tag = first ? "th" : "td";
        html.raw("<").raw(tag).raw(first ? " scope=\"row\"" : "");
        if (numeric) {
            html.raw(" class=\"number\"");
        } else if (cell.shown().length() > 60) {
            html.raw(" class=\"long\"");
        }
        if (cell.kind() == Kind.NUMBER) {
            html.raw(" data-value=\"").raw(Double.toString(cell.value())).raw("\"");
        }
        html.raw(">");
        if (cell.kind() == Kind.CODE) {
            html.raw("<code>").text(cell.shown()).raw("</code>");
        } else {
            html.text(cell.shown());
        }
        html.raw("</").raw(tag).raw(">");
    }

    /// A row of texts and numbers that is being put together.
    static List<Cell> row(Cell... cells) {
        List<Cell> row = new ArrayList<>();
        Collections.addAll(row, cells);
        return row;
    }
}
