package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Turns rows of a table into input values. Immutable; any number of threads may use one.
public final class RowEncoder {
    private final List<Schema.Column> columns;
    private final int[] offsets;
    private final List<CategoryPlaces> places = new ArrayList<>();
    private final List<NumberReader> numbers = new ArrayList<>();
    private final MissingWords.Lookup words;
    private final int width;

    RowEncoder(Schema.Table table) {
        columns = table.columns();
        words = table.missing().lookup();
        offsets = new int[columns.size()];
        int at = 0;
        for (int column = 0; column < offsets.length; column++) {
            offsets[column] = at;
            at += columns.get(column).width();
            places.add(CategoryPlaces.of(columns.get(column)));
            numbers.add(
                    columns.get(column) instanceof Schema.Number number ? NumberReader.of(number) : NumberReader.PLAIN);
        }
        width = at;
    }

    /// Input values of a row of which nothing is known: NaN where a number is missing.
    float[] empty() {
        float[] inputs = new float[width];
        for (int column = 0; column < offsets.length; column++) {
            if (columns.get(column) instanceof Schema.Number) {
                inputs[offsets[column]] = Float.NaN;
            }
        }
        return inputs;
    }

    /// Writes what a cell says into the input values of its row.
    void encode(int column, char[] text, int from, int to, float[] inputs) {
        switch (columns.get(column)) {
            case Schema.Number number -> inputs[offsets[column]] = number(column, number.name(), text, from, to);
            case Schema.Category _ -> {
                int place = places.get(column).find(new String(text, from, to - from));
                if (place != CategoryPlaces.UNKNOWN && !words.isMissingCategory(text, from, to)) {
                    inputs[offsets[column] + place] = 1;
                }
            }
        }
    }

    private float number(int index, String column, char[] text, int from, int to) {
        float value = numbers.get(index).parse(text, from, to);
        if (value == Decimal.NONE) {
            if (words.isMissingNumber(text, from, to)) {
                return Float.NaN;
            }
            throw new IllegalArgumentException("column %s must be a number; got %s"
                    .formatted(MessageText.quote(column), MessageText.quote(new String(text, from, to - from))));
        }
        return value;
    }

    /// The input values of a whole row, as [Schema#encodeRow] gives them.
    ///
    /// @param row texts, numbers or truth values, by the columns' names
    /// @throws IllegalArgumentException if a value is of another kind than its column
    public float[] encode(Map<String, ? extends @Nullable Object> row) {
        float[] inputs = empty();
        for (int column = 0; column < offsets.length; column++) {
            @Nullable Object cell = row.get(columns.get(column).name());
            if (cell instanceof Number number && columns.get(column) instanceof Schema.Number) {
                float value = numbers.get(column).distance(number.doubleValue());
                if (Float.isFinite(value)) {
                    inputs[offsets[column]] = value;
                    continue;
                }
            }
            requireKind(column, cell);
            if (cell != null) {
                char[] text = cell.toString().strip().toCharArray();
                encode(column, text, 0, text.length, inputs);
            }
        }
        return inputs;
    }

    /// A number, or a truth value, where no category is one.
    private void requireKind(int column, @Nullable Object cell) {
        boolean fits = !(columns.get(column) instanceof Schema.Category)
                || (cell instanceof Boolean && places.get(column).hasTruthValues())
                || (cell instanceof Number && places.get(column).hasNumbers())
                || !(cell instanceof Boolean || cell instanceof Number);
        if (!fits && columns.get(column) instanceof Schema.Category(String name, List<String> values)) {
            throw new IllegalArgumentException("column %s must be one of %s; got %s"
                    .formatted(MessageText.quote(name), MessageText.list(values), cell));
        }
    }

    /// The input values of a row whose values come in the order of the columns, as [#encode(Map)] gives them.
    ///
    /// @param row as many values as there are columns; null where one is missing
    public float[] encode(List<? extends @Nullable Object> row) {
        if (row.size() != columns.size()) {
            throw new IllegalArgumentException(MessageText.format(
                    "a row must have a value for each of its %,d columns, %s; got %,d",
                    columns.size(), names(), row.size()));
        }
        Map<String, @Nullable Object> named = new HashMap<>();
        for (int column = 0; column < row.size(); column++) {
            named.put(columns.get(column).name(), row.get(column));
        }
        return encode(named);
    }

    /// Requires that a row has all columns, and no others but these.
    ///
    /// @param given names of the row's columns
    /// @param passedOver names of columns that may be there: targets, for one
    /// @throws IllegalArgumentException naming the columns that are missing or unknown
    public void requireColumns(Set<String> given, Set<String> passedOver) {
        List<String> known = columns.stream().map(Schema.Column::name).toList();
        List<String> missing =
                known.stream().filter(name -> !given.contains(name)).toList();
        List<String> unknown = given.stream()
                .filter(name -> !known.contains(name) && !passedOver.contains(name))
                .toList();
        if (missing.isEmpty() && unknown.isEmpty()) {
            return;
        }
        StringBuilder got = new StringBuilder();
        if (!missing.isEmpty()) {
            got.append("; missing: %s (null says that a value is not known)".formatted(MessageText.list(missing)));
        }
        if (!unknown.isEmpty()) {
            got.append("; unknown: ").append(MessageText.list(unknown));
        }
        throw new IllegalArgumentException("a row must have the columns %s%s".formatted(names(), got));
    }

    private String names() {
        return MessageText.list(columns.stream().map(Schema.Column::name).toList());
    }
}
