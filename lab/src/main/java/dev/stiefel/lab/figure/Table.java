package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.Csv;
import java.util.ArrayList;
import java.util.List;

/// The numbers behind a figure. Rows are made when they are asked for, as a figure may have a
/// hundred thousands.
public final class Table {
    private final List<String> columns;
    private final int rows;
    private final Row row;

    /// @param columns the columns' names
    /// @param rows number of rows
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

    /// The number of rows.
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

    /// The table as a CSV file: commas, a header, decimal points, empty cells for missing values.
    public String csv() {
        StringBuilder text = new StringBuilder();
        text.append(Csv.line(columns)).append('\n');
        for (int index = 0; index < rows; index++) {
            text.append(Csv.line(row(index))).append('\n');
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

    /// The rows of a table, made on demand.
    @FunctionalInterface
    public interface Row {
        /// The cells of a row, counted from 0.
        List<String> at(int index);
    }
}
