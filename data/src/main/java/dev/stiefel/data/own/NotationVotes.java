package dev.stiefel.data.own;

import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.data.own.NumberNotation.Grouping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Possible notations of a column's numbers: counted cell by cell, and decided after the last one.
final class NotationVotes {
    /// The notation of a column's numbers.
    ///
    /// @param notation the one that most cells are in, and of several the plainest
    /// @param numbers number of cells in this notation
    /// @param isAmbiguous true if `1,234` may be 1.234 or 1234 by all cells of the column
    record Verdict(NumberNotation notation, long numbers, boolean isAmbiguous) {}

    /// Evidence of a plain number for the notation of its column.
    enum PlainShape {
        /// A whole number below a thousand.
        SMALL,
        /// Another whole number.
        LARGE,
        /// A number with an exponent, and without a point.
        EXPONENT,
        /// A number whose point may part thousands: `1.234`.
        GROUPED,
        /// Another number with a point.
        POINTED;

        /// The shape of a text which is a plain number.
        static PlainShape of(char[] text, int from, int to) {
            int start = text[from] == '-' || text[from] == '+' ? from + 1 : from;
            int point = -1;
            for (int i = start; i < to; i++) {
                if (text[i] == '.') {
                    point = i;
                } else if (text[i] == 'e' || text[i] == 'E') {
                    return point < 0 ? EXPONENT : POINTED;
                }
            }
            if (point < 0) {
                return to - start <= LONGEST_SMALL ? SMALL : LARGE;
            }
            boolean isGrouped = to - point - 1 == LONGEST_SMALL
                    && point > start
                    && point - start <= LONGEST_SMALL
                    && text[start] != '0';
            return isGrouped ? GROUPED : POINTED;
        }
    }

    private static final int LONGEST_SMALL = 3; // digits of a whole that needs no groups
    private static final List<NumberNotation> NOTATIONS = notations(); // the plainest first

    private final long[] marked = new long[NOTATIONS.size()]; // cells with other marks than plain numbers have
    private long small;
    private long large;
    private long exponents;
    private long grouped;
    private long pointed;
    private long commas; // cells with commas that are numbers with either decimal mark
    private long signed;

    private static List<NumberNotation> notations() {
        List<NumberNotation> notations = new ArrayList<>();
        for (DecimalMark mark : DecimalMark.values()) {
            for (Grouping grouping : Grouping.values()) {
                if (!grouping.is(mark.character())) {
                    notations.add(new NumberNotation(mark, grouping, false));
                }
            }
        }
        return List.copyOf(notations);
    }

    /// Counts a plain number.
    void add(PlainShape shape) {
        switch (shape) {
            case SMALL -> small++;
            case LARGE -> large++;
            case EXPONENT -> exponents++;
            case GROUPED -> grouped++;
            case POINTED -> pointed++;
        }
    }

    /// Counts a number in any notation; tells whether it is one.
    ///
    /// @param isSigned true if signs were removed from it
    boolean count(char[] text, int from, int to, boolean isSigned) {
        if (!canBegin(text[from]) && !(isSign(text[from]) && to - from > 1 && canBegin(text[from + 1]))) {
            return false;
        }
        boolean isNumber = true;
        if (NumberReader.fits(NumberNotation.PLAIN, text, from, to)) {
            add(PlainShape.of(text, from, to));
        } else {
            isNumber = countMarked(text, from, to);
        }
        signed += isNumber && isSigned ? 1 : 0;
        return isNumber;
    }

    private static boolean canBegin(char c) {
        return NumberReader.isDigit(c) || c == '.' || c == ',';
    }

    private static boolean isSign(char c) {
        return c == '-' || c == '+';
    }

    private boolean countMarked(char[] text, int from, int to) {
        boolean asPoint = false;
        boolean asComma = false;
        for (int i = 0; i < marked.length; i++) {
            NumberNotation notation = NOTATIONS.get(i);
            if (NumberReader.fits(notation, text, from, to)) {
                marked[i]++;
                asPoint |= notation.decimal() == DecimalMark.POINT;
                asComma |= notation.decimal() == DecimalMark.COMMA;
            }
        }
        commas += asPoint && asComma ? 1 : 0;
        return asPoint || asComma;
    }

    private long fits(int notation) {
        NumberNotation of = NOTATIONS.get(notation);
        boolean isPoint = of.decimal() == DecimalMark.POINT;
        return marked[notation]
                + small
                + large
                + exponents
                + (isPoint ? pointed : 0)
                + (isPoint || of.grouping() == Grouping.POINT ? grouped : 0);
    }

    /// The decimal mark that the column's numbers must have; empty if they can have either.
    Optional<DecimalMark> sureMark() {
        long point = most(DecimalMark.POINT);
        long comma = most(DecimalMark.COMMA);
        return point == comma ? Optional.empty() : Optional.of(point > comma ? DecimalMark.POINT : DecimalMark.COMMA);
    }

    private long most(DecimalMark mark) {
        long most = 0;
        for (int i = 0; i < marked.length; i++) {
            most = NOTATIONS.get(i).decimal() == mark ? Math.max(most, fits(i)) : most;
        }
        return most;
    }

    /// Decides.
    ///
    /// @param chosen the decimal mark that the user says
    /// @param elsewhere the one that other columns of the file have, if they agree
    Verdict decide(Optional<DecimalMark> chosen, Optional<DecimalMark> elsewhere) {
        boolean isAmbiguous = false;
        Optional<DecimalMark> mark = chosen.or(this::sureMark);
        if (mark.isEmpty() && commas > 0) {
            mark = markOfCommas().or(() -> elsewhere);
            isAmbiguous = mark.isEmpty();
        } else if (mark.isEmpty() && grouped > 0) {
            mark = elsewhere;
        }
        int best = -1;
        for (int i = 0; i < marked.length; i++) {
            boolean isAllowed = mark.isEmpty() || NOTATIONS.get(i).decimal() == mark.get();
            if (isAllowed && (best < 0 || fits(i) > fits(best))) {
                best = i;
            }
        }
        NumberNotation notation = NOTATIONS.get(best);
        boolean isPlain = marked[best] == 0 && grouped == 0 && notation.decimal() == DecimalMark.COMMA && pointed == 0;
        NumberNotation plainest = isPlain ? NumberNotation.PLAIN : notation; // whole numbers are plain in any notation
        return new Verdict(signed > 0 ? plainest.withSigns() : plainest, fits(best), isAmbiguous);
    }

    /// The decimal mark of a column with cells such as `1,234`: they are decimals beside whole numbers of four
    /// digits and more, and thousands beside whole numbers of fewer.
    private Optional<DecimalMark> markOfCommas() {
        if (large > 0) {
            return Optional.of(DecimalMark.COMMA);
        }
        return small > 0 ? Optional.of(DecimalMark.POINT) : Optional.empty();
    }
}
