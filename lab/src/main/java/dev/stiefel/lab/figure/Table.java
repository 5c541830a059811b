package dev.stiefel.lab.figure;

import java.util.ArrayList;
import java.util.List;

/// The numbers behind a figure. Rows are made when they are asked for, as a figure may have a
/// hundred thousands.
public final class Table {
    private final List<String> columns;
    private final int rows;
    private final Row row;

    /// @param columns the columns' names
    /// @param rows how many rows there are
    /// @param row the cells of each
    public Table(List<String> columns, int rows, Row row) {
        this.columns = List.copyOf(columns);
        this.rows = rows;
        this.row = row;
    }

    /// The columns' names.
    public List<String> columns() {
        return columns;
    }

    /// How many rows there are.
    public int size() {
        return rows;
    }

    /// The cells of a row, counted from 0.
    public List<String> row(int index) {
        return row.at(index);
    }

    /// All rows.
    public List<List<String>> rows() {
        List<List<String>> all = new ArrayList<>(rows);
        for (int index = 0; index < rows; index++) {
            all.add(row(index));
        }
        return all;
    }

    /// As a CSV file holds it: commas, a header, decimal points, an empty cell for what is
    /// missing.
    public String csv() {
        StringBuilder text = new StringBuilder();
        append(text, columns);
        for (int index = 0; index < rows; index++) {
            append(text, row(index));
        }
        return text.toString();
    }

    /// A number as a cell: whole numbers without a point, nothing for what is not finite.
    static String cell(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static void append(StringBuilder text, List<String> cells) {
        for (int i = 0; i < cells.size(); i++) {
            text.append(i == 0 ? "" : ",").append(quoted(cells.get(i)));
        }
        text.append('\n');
    }

    private static String quoted(String cell) {
        boolean plain = true;
        for (int i = 0; i < cell.length() && plain; i++) {
            char c = cell.charAt(i);
            plain = c != ',' && c != '"' && c != '\n' && c != '\r';
        }
        return plain ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    /// Where a table's cells come from.
    @FunctionalInterface
    public interface Row {
        /// The cells of a row, counted from 0.
        List<String> at(int index);
    }
}
