package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Turns rows of a table into input values. Immutable; any number of threads may use one.
public final class RowEncoder {
    private final List<Schema.Column> columns;
    private final int[] offsets;
    private final List<Map<String, Integer>> places = new ArrayList<>();
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
            places.add(places(columns.get(column)));
            numbers.add(
                    columns.get(column) instanceof Schema.Number number ? NumberReader.of(number) : NumberReader.PLAIN);
        }
        width = at;
    }

    private static Map<String, Integer> places(Schema.Column column) {
        Map<String, Integer> places = new HashMap<>();
        if (column instanceof Schema.Category(var _, List<String> values)) {
            for (int place = 0; place < values.size(); place++) {
                places.put(values.get(place), place);
            }
            for (int place = 0;
                    place < values.size();
                    place++) { // of files of earlier versions, which kept texts as they were
                places.putIfAbsent(CellText.of(values.get(place)), place);
            }
        }
        return places;
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
                Map<String, Integer> known = places.get(column);
                String raw = new String(text, from, to - from);
                Integer place = known.getOrDefault(raw, known.get(CellText.of(raw)));
                if (place != null && !words.isMissingCategory(text, from, to)) {
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
    /// @param row texts, or numbers, by the columns' names
    public float[] encode(Map<String, ?> row) {
        float[] inputs = empty();
        for (int column = 0; column < offsets.length; column++) {
            Object cell = row.get(columns.get(column).name());
            if (cell instanceof Number number && columns.get(column) instanceof Schema.Number) {
                float value = numbers.get(column).distance(number.doubleValue());
                if (Float.isFinite(value)) {
                    inputs[offsets[column]] = value;
                    continue;
                }
            }
            if (cell != null) {
                char[] text = cell.toString().strip().toCharArray();
                encode(column, text, 0, text.length, inputs);
            }
        }
        return inputs;
    }
}
