package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The names of a table's columns, and those among them that a user named.
final class Header {
    private Header() {}

    /// The columns' names: those without one are called by their numbers.
    static List<String> named(List<String> cells) {
        List<String> names = new ArrayList<>(cells);
        for (int column = 0; column < names.size(); column++) {
            if (names.get(column).isEmpty()) {
                names.set(column, "column " + (column + 1));
            }
        }
        return names;
    }

    /// The index of each name; all must be different.
    static Map<String, Integer> index(List<String> names, long line) throws IOException {
        Map<String, Integer> index = HashMap.newHashMap(names.size());
        for (int column = 0; column < names.size(); column++) {
            Integer earlier = index.putIfAbsent(names.get(column), column);
            if (earlier != null) {
                throw new IOException(MessageText.format(
                        "line %d: column names must differ; columns %,d and %,d are both called %s",
                        line, earlier + 1, column + 1, MessageText.quote(names.get(column))));
            }
        }
        return index;
    }

    /// Returns whether at least half of the names are numbers that do not just count the columns: it is a row of
    /// data then, most likely.
    static boolean looksLikeData(List<String> names) {
        long numbers = names.stream().filter(Header::isNumber).count();
        return numbers > 0 && numbers * 2 >= names.size() && !counts(names, 0) && !counts(names, 1);
    }

    private static boolean isNumber(String name) {
        return Double.isFinite(Decimal.parseDouble(name));
    }

    private static boolean counts(List<String> names, int first) {
        for (int column = 0; column < names.size(); column++) {
            String name = names.get(column);
            if (isNumber(name) && !name.equals(Integer.toString(column + first))) {
                return false;
            }
        }
        return true;
    }

    /// The target columns: one name, even if it has commas, or several.
    static List<Integer> targets(OwnSpec spec, List<String> names) {
        String target = spec.target()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--target must name the column to predict; the columns of %s are %s"
                                .formatted(spec.data(), MessageText.list(names))));
        List<Integer> columns = find("--target", List.of(target), names, spec.data());
        return columns;
    }

    /// The columns that a user named with an option.
    ///
    /// @param wanted names, or several in one text, separated by commas; a name may have commas itself
    static List<Integer> find(String option, List<String> wanted, List<String> names, Path file) {
        List<Integer> columns = new ArrayList<>();
        for (String text : wanted) {
            for (String name : parts(CellText.of(text.strip()), names)) {
                int column = names.indexOf(name);
                if (column < 0) {
                    throw new IllegalArgumentException("%s must name columns of %s; got %s; its columns are %s%s"
                            .formatted(
                                    option,
                                    file,
                                    MessageText.quote(name),
                                    MessageText.list(names),
                                    looksLikeData(names)
                                            ? ", which look like data: the first line must name the columns"
                                            : ""));
                }
                if (columns.contains(column)) {
                    throw new IllegalArgumentException(
                            "%s must name a column once; got %s twice".formatted(option, MessageText.quote(name)));
                }
                columns.add(column);
            }
        }
        return columns;
    }

    /// The names in a text: at each place the longest one that a column has, else what comes before the next comma.
    private static List<String> parts(String text, List<String> names) {
        List<String> parts = new ArrayList<>();
        String rest = text;
        while (!rest.isEmpty()) {
            int end = rest.length();
            while (end >= 0 && !names.contains(rest.substring(0, end).strip())) {
                end = rest.lastIndexOf(',', end - 1);
            }
            if (end < 0) {
                int comma = rest.indexOf(',');
                end = comma < 0 ? rest.length() : comma;
            }
            String part = rest.substring(0, end).strip();
            if (!part.isEmpty()) {
                parts.add(part);
            }
            rest = end >= rest.length() ? "" : rest.substring(end + 1).strip();
        }
        return parts;
    }
}
