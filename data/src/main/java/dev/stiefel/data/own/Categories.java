package dev.stiefel.data.own;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The different values of a column, numbered as they come.
final class Categories {
    /// The largest number of categories of a column.
    static final int MOST = 1_000;

    private static final int LONGEST = 1_000;

    private final String column;
    private final String remedy;
    private final Map<String, Integer> codes = new HashMap<>();
    private final List<String> values = new ArrayList<>();

    private Categories(String column, String remedy) {
        this.column = column;
        this.remedy = remedy;
    }

    static Categories ofInput(String column) {
        return new Categories(
                column,
                MessageText.format(
                        "leave it out with --ignore %1$s, or classify its texts with --text %1$s",
                        MessageText.brief(column)));
    }

    static Categories ofTarget(String column) {
        return new Categories(column, "there must be fewer classes; for numbers, use --task regression");
    }

    /// The number of a value, a new one if it is new.
    int code(String value, long line) throws IOException {
        Integer known = codes.get(value);
        if (known != null) {
            return known;
        }
        if (values.size() == MOST) {
            throw new IOException(MessageText.format(
                    "line %d: column %s must have at most %,d different values; this is one more; %s",
                    line, MessageText.quote(column), MOST, remedy));
        }
        if (value.length() > LONGEST) {
            throw new IOException(MessageText.format(
                    "line %d: a category must have at most %,d characters; column %s has %,d; %s",
                    line, LONGEST, MessageText.quote(column), value.length(), remedy));
        }
        codes.put(value, values.size());
        values.add(value);
        return values.size() - 1;
    }

    /// All values, numerically if all are numbers, else by text.
    List<String> sorted() {
        return MessageText.sorted(values);
    }

    /// The place in [#sorted()] of each number.
    int[] places() {
        List<String> sorted = sorted();
        int[] places = new int[values.size()];
        for (int place = 0; place < places.length; place++) {
            places[codes.getOrDefault(sorted.get(place), 0)] = place;
        }
        return places;
    }
}
