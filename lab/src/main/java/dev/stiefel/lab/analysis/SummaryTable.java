package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.text.Csv;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One row per configuration: the results of its runs, as in `summary.csv`.
///
/// Columns: `configuration`, one an axis that varies, `runs`, then `final_test_error_mean`,
/// `final_test_error_std`, `best_test_error_mean`, `best_test_error_std` (each run's lowest
/// over its epochs), `best_epoch_mean`, `last10_test_error_mean`,
/// `test_error_at_best_validation_mean`; the same for `train` and `validation` where measured
/// (their best epochs are `best_train_epoch_mean` and `best_validation_epoch_mean`). A cell is
/// empty where there is nothing to say, as a standard deviation of one run. Configurations
/// without a usable run have 0 runs. Further measures have columns behind these, named after them in the same way
/// (`final_test_top_5_accuracy_mean`), for each split where they were measured; their best is the highest where
/// higher is better.
public final class SummaryTable {
    private static final MathContext DIGITS = new MathContext(10);

    private final List<String> header;
    private final List<List<String>> rows;

    private SummaryTable(List<String> header, List<List<String>> rows) {
        this.header = List.copyOf(header);
        this.rows = List.copyOf(rows);
    }

    /// The table of all configurations of a set.
    public static SummaryTable of(RunSet set) {
        List<RunMeasure> measures = new ArrayList<>();
        Stream.of(Split.TEST, Split.TRAIN, Split.VALIDATION)
                .map(RunMeasure::error)
                .filter(error -> error.split() == Split.TEST || set.has(error))
                .forEach(measures::add);
        measures.addAll(set.furtherMeasures());
        List<String> header = new ArrayList<>(List.of("configuration"));
        set.axes().forEach(axis -> header.add(axis.key()));
        header.add("runs");
        measures.forEach(measure -> header.addAll(columns(measure)));
        List<List<String>> rows = new ArrayList<>();
        Stream.concat(set.configurations().stream(), set.fruitless().stream()).forEach(each -> {
            List<String> row = new ArrayList<>(List.of(each.name()));
            set.axes().forEach(axis -> {
                Object value = each.axes().get(axis);
                row.add(value == null ? "" : value.toString());
            });
            row.add(String.valueOf(each.runs().size()));
            measures.forEach(measure -> row.addAll(cells(each.outcomes(measure))));
            rows.add(List.copyOf(row));
        });
        return new SummaryTable(header, rows);
    }

    private static List<String> columns(RunMeasure measure) {
        String name = measure.column();
        return List.of(
                "final_%s_mean".formatted(name),
                "final_%s_std".formatted(name),
                "best_%s_mean".formatted(name),
                "best_%s_std".formatted(name),
                bestEpoch(measure),
                "last10_%s_mean".formatted(name),
                "%s_at_best_validation_mean".formatted(name));
    }

    private static String bestEpoch(RunMeasure measure) {
        if (measure.isFurther()) {
            return "best_%s_epoch_mean".formatted(measure.column());
        }
        return measure.split() == Split.TEST
                ? "best_epoch_mean"
                : "best_%s_epoch_mean".formatted(measure.split().word());
    }

    private static List<String> cells(List<RunOutcome> outcomes) {
        Statistics last = statistics(outcomes, RunOutcome::last);
        Statistics best = statistics(outcomes, RunOutcome::best);
        return Stream.of(
                        last.mean(),
                        last.standardDeviation(),
                        best.mean(),
                        best.standardDeviation(),
                        statistics(outcomes, each -> each.bestEpoch() == 0 ? Double.NaN : each.bestEpoch())
                                .mean(),
                        statistics(outcomes, RunOutcome::last10).mean(),
                        statistics(outcomes, RunOutcome::atBestValidation).mean())
                .map(SummaryTable::number)
                .toList();
    }

    private static Statistics statistics(List<RunOutcome> outcomes, ToDoubleFunction<RunOutcome> figure) {
        return Statistics.of(outcomes.stream().mapToDouble(figure));
    }

    private static String number(double value) {
        if (!Double.isFinite(value)) {
            return "";
        }
        BigDecimal rounded = new BigDecimal(value).round(DIGITS);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    /// The columns' names.
    public List<String> header() {
        return header;
    }

    /// The cells; empty where there is nothing to say.
    public List<List<String>> rows() {
        return rows;
    }

    /// The table as text of `summary.csv`.
    public String csv() {
        return Stream.concat(Stream.of(header), rows.stream())
                .map(Csv::line)
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /// The table as text of `summary.md`: figures rounded to four digits after the point.
    public String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, header);
        line(text, header.stream().map(_ -> "---").toList());
        int first = header.indexOf("runs") + 1;
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>(row.subList(0, first));
            row.subList(first, row.size()).forEach(cell -> cells.add(shortened(cell)));
            line(text, cells);
        }
        return text.toString();
    }

    private static String shortened(String cell) {
        return cell.isEmpty() ? "" : String.format(Locale.ROOT, "%.4f", Double.parseDouble(cell));
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append(cells.stream()
                .map(cell -> cell.replace("|", "\\|").replaceAll("\\s+", " "))
                .collect(Collectors.joining(" | ", "| ", " |\n")));
    }
}
