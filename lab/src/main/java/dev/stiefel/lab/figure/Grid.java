package dev.stiefel.lab.figure;

/// The values of a heat map. A value that is not finite is missing.
public final class Grid {
    private final int columns;
    private final int rows;
    private final double[] values;

    private Grid(int columns, int rows) {
        if (columns < 1 || rows < 1) {
            throw new IllegalArgumentException(
                    "grid: it must have a column and a row at least; got %s by %s".formatted(columns, rows));
        }
        this.columns = columns;
        this.rows = rows;
        this.values = new double[Math.multiplyExact(columns, rows)];
    }

    /// A grid of a function's values.
    public static Grid of(int columns, int rows, Cells cells) {
        Grid grid = new Grid(columns, rows);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                grid.values[row * columns + column] = cells.at(column, row);
            }
        }
        return grid;
    }

    /// The number of values along x.
    public int columns() {
        return columns;
    }

    /// The number of values along y.
    public int rows() {
        return rows;
    }

    /// The value at an x and a y, both counted from 0.
    public double value(int column, int row) {
        return values[row * columns + column];
    }

    /// A value for each column (x) and row (y).
    @FunctionalInterface
    public interface Cells {
        /// The value there; NaN where there is none.
        double at(int column, int row);
    }
}
