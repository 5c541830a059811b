package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.SummaryTable;
import dev.stiefel.lab.report.PageTable.Cell;
import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// A summary as a page shows it: mean and standard deviation in one cell, errors in percent. The file has the numbers.
final class SummaryCells {
    private static final String MEAN = "_mean";
    private static final String DEVIATION = "_std";
    private static final Pattern ERROR = Pattern.compile("(test|train|validation)_error_");

    private SummaryCells() {}

    static PageTable of(SummaryTable table) {
        List<String> names = table.header();
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < names.size(); i++) {
            places.put(names.get(i), i);
        }
        List<Integer> columns = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean spread = name.endsWith(DEVIATION) && places.containsKey(stem(name, DEVIATION) + MEAN);
            int column = i;
            boolean empty =
                    table.rows().stream().allMatch(row -> row.get(column).isEmpty());
            boolean same = name.equals("configuration")
                    && table.rows().stream()
                                    .map(row -> row.get(column))
                                    .distinct()
                                    .count()
                            == 1
                    && names.size() > 1;
            if (!spread && !empty && !same) {
                columns.add(i);
            }
        }
        List<List<Cell>> rows = new ArrayList<>();
        for (List<String> row : table.rows()) {
            List<Cell> cells = new ArrayList<>();
            for (int column : columns) {
                Integer spread = places.get(stem(names.get(column), MEAN) + DEVIATION);
                cells.add(cell(names.get(column), row.get(column), spread == null ? "" : row.get(spread)));
            }
            rows.add(cells);
        }
        return new PageTable(
                "Each row is a configuration: means over its runs ± a standard deviation. Errors are the share"
                        + " misclassified.",
                columns.stream().map(names::get).map(SummaryCells::words).toList(),
                rows);
    }

    private static Cell cell(String name, String text, String spread) {
        double value = number(text);
        if (Double.isNaN(value)) {
            return Cell.text(text);
        }
        if (ERROR.matcher(name).find()) {
            return Cell.number(NumberText.percent(value, number(spread)), value);
        }
        return Cell.number(
                spread.isEmpty()
                        ? plain(text, value)
                        : NumberText.withCommas(value) + " ± " + NumberText.withCommas(number(spread)),
                value);
    }

    /// Names of axes are not to be grouped: a width of 1000 is no 1,000.
    private static String plain(String text, double value) {
        return text.matches("-?[0-9.]{1,8}") ? text : NumberText.withCommas(value);
    }

    private static double number(String text) {
        try {
            return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
        } catch (NumberFormatException _) {
            return Double.NaN;
        }
    }

    private static String words(String name) {
        return stem(name, MEAN)
                .replace('_', ' ')
                .replaceAll("([a-z])([A-Z])", "$1 $2")
                .toLowerCase(Locale.ROOT);
    }

    private static String stem(String name, String ending) {
        return name.endsWith(ending) ? name.substring(0, name.length() - ending.length()) : name;
    }
}
