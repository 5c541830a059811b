package dev.stiefel.data.own;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// Finds the place of a category by its text, and by other notations of the same value in files and JSON: `2.0`
/// for `2`, `true` for `True`.
///
/// Codes such as `01` are texts: they are no other way to write a number.
final class CategoryPlaces {
    static final int UNKNOWN = -1;

    private static final int AMBIGUOUS = -2;
    private static final Pattern CODE = Pattern.compile("[+-]?0[0-9].*");

    private final Map<String, Integer> byText = new HashMap<>();
    private final Map<Double, Integer> byNumber = new HashMap<>();
    private final Map<String, Integer> byTruth = new HashMap<>();

    private CategoryPlaces(List<String> values) {
        for (int place = 0; place < values.size(); place++) {
            String value = values.get(place);
            byText.put(value, place);
            if (isNumber(value)) {
                byNumber.merge(key(value), place, (_, _) -> AMBIGUOUS);
            }
            if (isTruth(value)) {
                byTruth.merge(value.toLowerCase(Locale.ROOT), place, (_, _) -> AMBIGUOUS);
            }
        }
        for (int place = 0; place < values.size(); place++) { // of earlier versions, which kept texts as they were
            byText.putIfAbsent(CellText.of(values.get(place)), place);
        }
    }

    /// The categories of a column; none for a column of numbers.
    static CategoryPlaces of(Schema.Column column) {
        return new CategoryPlaces(column instanceof Schema.Category(var _, List<String> values) ? values : List.of());
    }

    /// The place of a value, or [#UNKNOWN].
    int find(String text) {
        Integer exact = byText.get(text);
        if (exact == null) {
            exact = byText.get(CellText.of(text));
        }
        if (exact != null) {
            return exact;
        }
        int other = isTruth(text)
                ? byTruth.getOrDefault(text.toLowerCase(Locale.ROOT), UNKNOWN)
                : isNumber(text) ? byNumber.getOrDefault(key(text), UNKNOWN) : UNKNOWN;
        return Math.max(other, UNKNOWN);
    }

    /// Returns whether a category is a number.
    boolean hasNumbers() {
        return !byNumber.isEmpty();
    }

    /// Returns whether a category is a truth value.
    boolean hasTruthValues() {
        return !byTruth.isEmpty();
    }

    private static boolean isTruth(String text) {
        return text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
    }

    private static boolean isNumber(String text) {
        return !CODE.matcher(text).matches() && Double.isFinite(Decimal.parseDouble(text));
    }

    private static double key(String text) {
        return Decimal.parseDouble(text) + 0.0; // one zero
    }
}
