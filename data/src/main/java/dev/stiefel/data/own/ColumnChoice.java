package dev.stiefel.data.own;

/// A column of a table, as a user names it: by its name in the header, or by its number in a table without a header.
public sealed interface ColumnChoice {
    /// A column by its name; the first line of the table is the header.
    ///
    /// @param name as the header has it
    record Named(String name) implements ColumnChoice {
        @Override
        public String toString() {
            return MessageText.quote(name);
        }
    }

    /// A column by its number; the table has no header.
    ///
    /// @param number from 1 on
    record Numbered(int number) implements ColumnChoice {
        /// Checks the range.
        public Numbered {
            if (number < 1) {
                throw new IllegalArgumentException("column number must be at least 1; got " + number);
            }
        }

        @Override
        public String toString() {
            return Integer.toString(number);
        }
    }

    /// The column that a word says: a number if it has nothing but digits, else a name.
    static ColumnChoice of(String word) {
        return word.matches("[0-9]{1,9}") ? new Numbered(Integer.parseInt(word)) : new Named(word);
    }
}
