package dev.stiefel.data.own;

/// Notation of the numbers in a column of a table.
///
/// @param decimal mark between a number's whole part and its fraction
/// @param grouping separator of thousands, if there is one
/// @param signs true if a number may have a currency or a percent sign, a Unicode minus or one at its end, or
///     parentheses for a minus; such a sign does not change the value: `5 %` is 5
public record NumberNotation(DecimalMark decimal, Grouping grouping, boolean signs) {
    /// Digits, a point and an exponent, and nothing else.
    public static final NumberNotation PLAIN = new NumberNotation(DecimalMark.POINT, Grouping.NONE, false);

    /// Mark between a number's whole part and its fraction.
    public enum DecimalMark {
        /// The point, as in `3.14`.
        POINT('.'),
        /// The comma, as in `3,14`.
        COMMA(',');

        private final char character;

        DecimalMark(char character) {
            this.character = character;
        }

        char character() {
            return character;
        }
    }

    /// Separator of a number's thousands.
    public enum Grouping {
        /// Nothing does.
        NONE,
        /// The comma, as in `1,234`.
        COMMA,
        /// The point, as in `1.234`.
        POINT,
        /// A space of any width, as in `1 234`.
        SPACE,
        /// The apostrophe, as in `1'234`.
        APOSTROPHE;

        boolean is(char c) {
            return switch (this) {
                case NONE -> false;
                case COMMA -> c == ',';
                case POINT -> c == '.';
                case SPACE -> c == ' ' || c == '\u00a0' || c == '\u202f' || c == '\u2009';
                case APOSTROPHE -> c == '\'' || c == '\u2019';
            };
        }
    }

    /// Checks that the marks differ.
    public NumberNotation {
        if (grouping.is(decimal.character)) {
            throw new IllegalArgumentException(
                    "notation: thousands must be parted by another character than decimals; got '%s' for both"
                            .formatted(decimal.character));
        }
    }

    /// The same, in which numbers may have signs.
    NumberNotation withSigns() {
        return new NumberNotation(decimal, grouping, true);
    }

    /// It in words: `a decimal comma, thousands parted by points`.
    String describe() {
        String marks = decimal == DecimalMark.POINT ? "a decimal point" : "a decimal comma";
        String groups = switch (grouping) {
            case NONE -> "";
            case COMMA -> ", thousands parted by commas";
            case POINT -> ", thousands parted by points";
            case SPACE -> ", thousands parted by spaces";
            case APOSTROPHE -> ", thousands parted by apostrophes";
        };
        return marks + groups;
    }
}
