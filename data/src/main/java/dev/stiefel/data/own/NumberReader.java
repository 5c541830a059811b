package dev.stiefel.data.own;

import dev.stiefel.data.own.NumberNotation.Grouping;

/// Reads the numbers of a column: in its notation, and as their distances from its origin. Immutable.
final class NumberReader {
    /// Reads plain numbers as they are.
    static final NumberReader PLAIN = new NumberReader(NumberNotation.PLAIN, 0);

    private static final int GROUP = 3;
    private static final int SMALL_GROUP = 2; // in India the thousands come first, then hundreds of them

    private final NumberNotation notation;
    private final double origin;
    private final boolean plain;

    NumberReader(NumberNotation notation, double origin) {
        this.notation = notation;
        this.origin = origin;
        plain = notation.equals(NumberNotation.PLAIN);
    }

    static NumberReader of(Schema.Number column) {
        return new NumberReader(column.notation(), column.origin());
    }

    /// The distance of a number from the origin, rounded once; [Decimal#NONE] for what is no number.
    float parse(char[] text, int from, int to) {
        if (plain && origin == 0) {
            return Decimal.parse(text, from, to);
        }
        double value = parseDouble(text, from, to);
        return Double.isFinite(value) ? (float) (value - origin) : Decimal.NONE;
    }

    /// The distance of a number from the origin, rounded once.
    float distance(double value) {
        return (float) (value - origin);
    }

    /// The number itself, or infinity for what is none.
    double parseDouble(char[] text, int from, int to) {
        if (plain) {
            return Decimal.parseDouble(text, from, to);
        }
        if (!notation.signs()) {
            return unsigned(text, from, to);
        }
        SignedText signed = SignedText.of(text, from, to);
        if (!signed.isValid() || !startsAsNumber(text[signed.from()])) {
            return Double.POSITIVE_INFINITY;
        }
        double value = unsigned(text, signed.from(), signed.to());
        return signed.isNegative() && Double.isFinite(value) ? -value : value;
    }

    private boolean startsAsNumber(char c) {
        return isDigit(c) || c == notation.decimal().character();
    }

    private double unsigned(char[] text, int from, int to) {
        char[] plainText = new char[to - from];
        int length = toPlain(notation, text, from, to, plainText);
        return length < 0 ? Double.POSITIVE_INFINITY : Decimal.parseDouble(plainText, 0, length);
    }

    /// Returns whether a text without signs is a number in a notation.
    static boolean fits(NumberNotation notation, char[] text, int from, int to) {
        char[] plainText = new char[to - from];
        int length = toPlain(notation, text, from, to, plainText);
        return length >= 0 && Decimal.parse(plainText, 0, length) != Decimal.NONE;
    }

    /// Rewrites a number with a decimal point and without groups; gives the length, or −1 for what is not in the
    /// notation.
    private static int toPlain(NumberNotation notation, char[] text, int from, int to, char[] into) {
        int length = 0;
        int i = from;
        if (i < to && (text[i] == '-' || text[i] == '+')) {
            into[length++] = text[i++];
        }
        int whole = i;
        boolean grouped = false;
        for (; i < to && (isDigit(text[i]) || notation.grouping().is(text[i])); i++) {
            if (isDigit(text[i])) {
                into[length++] = text[i];
            } else {
                grouped = true;
            }
        }
        if (grouped && !isGrouped(notation.grouping(), text, whole, i)) {
            return -1;
        }
        for (; i < to; i++) {
            char c = text[i];
            boolean isMark = c == notation.decimal().character();
            if (!isMark
                    && (grouped || notation.decimal().character() != '.')
                    && !isDigit(c)
                    && !isExponent(c, grouped)) {
                return -1;
            }
            into[length++] = isMark ? '.' : c;
        }
        return length;
    }

    private static boolean isExponent(char c, boolean grouped) {
        return !grouped && (c == 'e' || c == 'E' || c == '-' || c == '+');
    }

    /// Returns whether the groups have three digits each, or two before the last three, and the first has one at
    /// least and is not zero.
    private static boolean isGrouped(Grouping grouping, char[] text, int from, int to) {
        int end = to;
        int width = GROUP;
        boolean last = true;
        while (true) {
            int start = end;
            while (start > from && isDigit(text[start - 1])) {
                start--;
            }
            int digits = end - start;
            if (start == from) {
                return !last && digits >= 1 && digits <= width && text[from] != '0';
            }
            if (!grouping.is(text[start - 1])) {
                return false;
            }
            if (last) {
                if (digits != GROUP) {
                    return false;
                }
            } else if (digits == SMALL_GROUP) {
                width = SMALL_GROUP;
            } else if (digits != GROUP || width == SMALL_GROUP) {
                return false;
            }
            last = false;
            end = start - 1;
        }
    }

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
