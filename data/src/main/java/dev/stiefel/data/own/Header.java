package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The names of a table's columns, and those among them that a user named.
final class Header {
    private Header() {}

    /// Requires that each column has a name of its own.
    static void check(List<String> names, long line) throws IOException {
        index(names, line);
    }

    /// Where each name is; all must be different and none empty.
    static Map<String, Integer> index(List<String> names, long line) throws IOException {
        Map<String, Integer> index = HashMap.newHashMap(names.size());
        for (int column = 0; column < names.size(); column++) {
            String name = names.get(column);
            if (name.isEmpty()) {
                throw new IOException(MessageText.format(
                        "line %d: every column must have a name; column %,d of %,d has none",
                        line, column + 1, names.size()));
            }
            Integer earlier = index.putIfAbsent(name, column);
            if (earlier != null) {
                throw new IOException(MessageText.format(
                        "line %d: column names must differ; columns %,d and %,d are both called %s",
                        line, earlier + 1, column + 1, MessageText.quote(name)));
            }
        }
        return index;
    }

    /// The target columns: one name, even if it has commas, or several.
    static List<Integer> targets(OwnSpec spec, List<String> names) {
        String target = spec.target()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--target must name the column that is to be told; the columns of %s are %s"
                                .formatted(spec.data(), MessageText.list(names))));
        List<String> wanted = names.contains(target.strip())
                ? List.of(target.strip())
                : Stream.of(target.split(",", -1)).map(String::strip).toList();
        List<Integer> columns = find("--target", wanted, names, spec.data());
        if (columns.size() > 1 && spec.task().equals(Optional.of(Task.CLASSIFICATION))) {
            throw new IllegalArgumentException(
                    "--target: classification has one target; got " + MessageText.list(wanted));
        }
        return columns;
    }

    /// The columns that a user named with an option.
    static List<Integer> find(String option, List<String> wanted, List<String> names, Path file) {
        List<Integer> columns = new ArrayList<>();
        for (String name : wanted) {
            int column = names.indexOf(name);
            if (column < 0) {
                throw new IllegalArgumentException("%s must name columns of %s; got %s; its columns are %s"
                        .formatted(option, file, MessageText.quote(name), MessageText.list(names)));
            }
            if (columns.contains(column)) {
                throw new IllegalArgumentException(
                        "%s must name a column once; got %s twice".formatted(option, MessageText.quote(name)));
            }
            columns.add(column);
        }
        return columns;
    }
}
