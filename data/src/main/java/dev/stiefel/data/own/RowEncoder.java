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
    private final int width;

    RowEncoder(Schema.Table table) {
        columns = table.columns();
        offsets = new int[columns.size()];
        int at = 0;
        for (int column = 0; column < offsets.length; column++) {
            offsets[column] = at;
            at += columns.get(column).width();
            places.add(places(columns.get(column)));
        }
        width = at;
    }

    private static Map<String, Integer> places(Schema.Column column) {
        Map<String, Integer> places = new HashMap<>();
        if (column instanceof Schema.Category(var _, List<String> values)) {
            values.forEach(value -> places.put(value, places.size()));
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
        if (MissingValues.isMissing(text, from, to)) {
            return;
        }
        switch (columns.get(column)) {
            case Schema.Number(String name) -> inputs[offsets[column]] = number(name, text, from, to);
            case Schema.Category _ -> {
                Integer place = places.get(column).get(new String(text, from, to - from));
                if (place != null) {
                    inputs[offsets[column] + place] = 1;
                }
            }
        }
    }

    private static float number(String column, char[] text, int from, int to) {
        float value = Decimal.parse(text, from, to);
        if (value == Decimal.NONE) {
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
                float value = (float) number.doubleValue(); // what its digits would be read as
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
