package dev.stiefel.data.own;

/// Tells what a record of a table is by its cells: a row, a comment, or neither.
final class RowShape {
    /// Kind of a record.
    enum Kind {
        /// A row with a cell for each column.
        WHOLE,
        /// The same, and a delimiter behind the last cell.
        TRAILING,
        /// No row, and it begins with `#`.
        COMMENT,
        /// Something else.
        BROKEN
    }

    private final int columns;
    private boolean begunWithHash;
    private boolean endsEmpty; // whether the latest cell is one too many, and empty

    RowShape(int columns) {
        this.columns = columns;
    }

    /// Looks at a cell of the record.
    void cell(int column, char[] text, int from, int to) {
        if (column == 0) {
            begunWithHash = from < to && text[from] == '#';
        }
        endsEmpty = column == columns && from == to;
    }

    /// The kind of a record after its last cell.
    Kind end(int cells) {
        if (cells == columns) {
            return Kind.WHOLE;
        }
        if (cells == columns + 1 && endsEmpty) {
            return Kind.TRAILING;
        }
        return begunWithHash ? Kind.COMMENT : Kind.BROKEN;
    }
}
