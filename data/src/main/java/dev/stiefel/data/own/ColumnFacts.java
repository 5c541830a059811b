package dev.stiefel.data.own;

import dev.stiefel.data.own.NotationVotes.PlainShape;
import dev.stiefel.data.own.NotationVotes.Verdict;
import dev.stiefel.data.own.NumberNotation.DecimalMark;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Facts about the cells of a column, as far as one pass over them can tell.
final class ColumnFacts {
    private static final double ENOUGH = 0.99;
    private static final double MANY = 0.5;
    private static final double NEARLY_ALL = 0.9;
    private static final int FEWEST_UNIQUE = 20;
    private static final int FEW_NUMBERS = 20;
    private static final int FEW_TEXTS = 1_000;
    private static final double FAR = 16; // deviations from zero from where on float32 loses digits that matter

    /// Possible kind of a column.
    enum Kind {
        /// Numbers in a notation.
        NUMBERS,
        /// Texts that are distinguished.
        CATEGORIES,
        /// Dates or times.
        DATES,
        /// Numbers such as `1,234`, which may be read in two ways.
        AMBIGUOUS,
        /// Percentages or currencies beside numbers that are in another unit.
        UNITS,
        /// Many different numbers, and among them texts that are none.
        MIXED
    }

    /// Cells that are no plain numbers; most columns have none.
    private static final class Others {
        private final Set<String> distinct = new HashSet<>();
        private final Set<String> units = new TreeSet<>();
        private long withoutUnit;
        private long texts;
        private long dates;
        private String firstNumber = "";
        private @Nullable String firstText; // that is a number in no notation
        private long firstTextLine;
        private String firstDate = "";
    }

    private final boolean categorical;
    private final NotationVotes votes = new NotationVotes();
    private long present;
    private long plain;
    private long zeros;
    private String leadingZero = ""; // the first number that begins with one
    private final Set<Float> fewNumbers = new HashSet<>();
    private @Nullable Others others;

    // of plain numbers
    private double least = Double.POSITIVE_INFINITY;
    private double mean;
    private double squares;
    private boolean counts = true;
    private double latest;

    // of a row that has not ended
    private boolean hereMissing = true;
    private double hereNumber;
    private String hereText = "";
    private PlainShape hereShape = PlainShape.SMALL;

    /// @param categorical true if the user declares it categorical
    ColumnFacts(boolean categorical) {
        this.categorical = categorical;
    }

    // ---- cells ----

    /// Looks at a cell of a row.
    void cell(char[] text, int from, int to, MissingWords.Lookup words) {
        hereNumber = number(text, from, to);
        boolean isPlain = Double.isFinite(hereNumber);
        hereMissing = !isPlain
                && (categorical ? words.isMissingCategory(text, from, to) : words.isMissingNumber(text, from, to));
        boolean leads = to - from > 1 && text[from] == '0' && NumberReader.isDigit(text[from + 1]);
        hereText = !hereMissing && (!isPlain || categorical || leads) ? CellText.of(text, from, to) : "";
        if (isPlain) {
            hereShape = PlainShape.of(text, from, to);
        }
    }

    private static double number(char[] text, int from, int to) {
        float rounded = Decimal.parse(text, from, to);
        return rounded == Decimal.NONE
                ? Double.POSITIVE_INFINITY
                : Math.abs(rounded) < FAR ? rounded : Decimal.parseDouble(text, from, to);
    }

    /// Counts the row's cell, and is ready for the next row.
    ///
    /// @param room number of further different texts that may be kept
    /// @return number of further texts that were kept: 0 or 1
    int count(long line, int room) {
        int kept = 0;
        if (!hereMissing) {
            present++;
            if (Double.isFinite(hereNumber)) {
                countPlain();
            }
            if (!Double.isFinite(hereNumber) || categorical) {
                kept = countOther(line, room);
            }
        }
        forget();
        return kept;
    }

    /// Forgets the row's cell.
    void forget() {
        hereMissing = true;
        hereText = "";
    }

    private void countPlain() {
        double value = hereNumber;
        votes.add(hereShape);
        plain++;
        zeros += value == 0 ? 1 : 0;
        leadingZero = leadingZero.isEmpty() ? hereText : leadingZero;
        if (fewNumbers.size() <= FEW_NUMBERS) {
            fewNumbers.add((float) value);
        }
        counts &= plain == 1 ? value == 0 || value == 1 : value == latest + 1;
        latest = value;
        least = Math.min(least, value);
        double step = value - mean;
        mean += step / plain;
        squares += step * (value - mean);
    }

    private int countOther(long line, int room) {
        if (others == null) {
            others = new Others();
        }
        if (!categorical) {
            look(others, line);
        }
        return others.distinct.size() <= Categories.MOST && room > 0 && others.distinct.add(hereText) ? 1 : 0;
    }

    private void look(Others of, long line) {
        if (SignedText.canBegin(hereText) && isNumber(of)) {
            of.firstNumber = of.firstNumber.isEmpty() ? hereText : of.firstNumber;
            return;
        }
        if (of.firstText == null) {
            of.firstText = hereText;
            of.firstTextLine = line;
        }
        boolean canBeDates = of.dates > 0 || of.texts < FEW_TEXTS; // else they are not half of the cells
        of.texts++;
        if (canBeDates && DateText.isDate(hereText)) {
            of.firstDate = of.dates++ == 0 ? hereText : of.firstDate;
        }
    }

    private boolean isNumber(Others of) {
        char[] text = hereText.toCharArray();
        SignedText signed = SignedText.of(text, 0, text.length);
        boolean isSigned = signed.to() - signed.from() < text.length && !isPlainSign(text, signed);
        if (!signed.isValid() || !votes.count(text, signed.from(), signed.to(), isSigned)) {
            return false;
        }
        if (signed.unit().isEmpty()) {
            of.withoutUnit++;
        } else {
            of.units.add(signed.unit());
        }
        return true;
    }

    private static boolean isPlainSign(char[] text, SignedText signed) {
        return signed.from() == 1 && (text[0] == '-' || text[0] == '+') && signed.to() == text.length;
    }

    // ---- what follows ----

    /// The possible kind of the column.
    ///
    /// @param chosen the decimal mark that the user says
    /// @param elsewhere the one that other columns of the file have, if they agree
    Kind kind(Optional<DecimalMark> chosen, Optional<DecimalMark> elsewhere) {
        if (categorical) {
            return Kind.CATEGORIES;
        }
        Verdict verdict = votes.decide(chosen, elsewhere);
        long dates = others == null ? 0 : others.dates;
        if (verdict.numbers() >= ENOUGH * present) {
            return verdict.isAmbiguous() ? Kind.AMBIGUOUS : hasOneUnit() ? Kind.NUMBERS : Kind.UNITS;
        }
        if (dates >= MANY * present) {
            return Kind.DATES;
        }
        return verdict.numbers() >= MANY * present && fewNumbers.size() + distinctTexts() > FEW_NUMBERS
                ? Kind.MIXED
                : Kind.CATEGORIES;
    }

    /// Returns whether the numbers are all in the same unit: at most one currency, and percentages are not beside
    /// fractions.
    private boolean hasOneUnit() {
        if (others == null || others.units.isEmpty()) {
            return true;
        }
        return others.units.size() == 1 && (!others.units.contains("%") || others.withoutUnit + plain == zeros);
    }

    /// Its numbers' notation.
    NumberNotation notation(Optional<DecimalMark> chosen, Optional<DecimalMark> elsewhere) {
        return votes.decide(chosen, elsewhere).notation();
    }

    /// The decimal mark that its numbers must have; empty if they can have either, or it is no column of numbers.
    Optional<DecimalMark> sureMark() {
        Optional<DecimalMark> mark = categorical ? Optional.empty() : votes.sureMark();
        return mark.filter(each -> votes.decide(mark, mark).numbers() >= ENOUGH * present);
    }

    /// The origin that is subtracted from its numbers before they are rounded: their smallest value if they are
    /// far from zero compared with their spread, and else 0.
    double origin() {
        double deviation = Math.sqrt(squares / Math.max(1, plain));
        return deviation > 0 && Math.abs(mean) > FAR * deviation ? least : 0;
    }

    /// Returns whether it has nothing in any row.
    boolean isEmpty() {
        return present == 0;
    }

    /// Returns whether it counts the rows, from 0 or from 1.
    boolean countsRows() {
        return present > 1 && plain == present && counts;
    }

    /// Returns whether nearly every row has another text.
    boolean isNearlyUnique() {
        return others != null && present >= FEWEST_UNIQUE && others.distinct.size() >= NEARLY_ALL * present;
    }

    /// The number of different texts that are no plain numbers; more than [Categories#MOST] are not counted.
    private int distinctTexts() {
        return others == null ? 0 : others.distinct.size();
    }

    /// The number of values that it can have as categories, as far as they were kept.
    int distinct() {
        return distinctTexts() + (categorical ? 0 : fewNumbers.size());
    }

    /// The number of cells that are not empty.
    long present() {
        return present;
    }

    /// The number of cells with numbers in the most frequent notation.
    long numbers() {
        return votes.decide(Optional.empty(), Optional.empty()).numbers();
    }

    /// The first text that is no number in any notation; empty for none.
    String firstText() {
        return others == null || others.firstText == null ? "" : others.firstText;
    }

    /// The line of [#firstText()].
    long firstTextLine() {
        return others == null ? 0 : others.firstTextLine;
    }

    /// The first number that is not plain; empty for none.
    String firstNumber() {
        return others == null ? "" : others.firstNumber;
    }

    /// The first date; empty for none.
    String firstDate() {
        return others == null ? "" : others.firstDate;
    }

    /// The currencies and percent signs at its numbers.
    Set<String> units() {
        return others == null ? Set.of() : others.units;
    }

    /// The first number that begins with a zero before another digit; empty for none.
    String leadingZero() {
        return leadingZero;
    }
}
