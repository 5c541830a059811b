package dev.stiefel.lab.record;

import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.train.EpochRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The scores of an epoch: a row of `history.csv`. An empty cell was not measured. In an imported run, any figure
/// may be missing.
///
/// @param epoch counted from 1
/// @param train means over all training samples, each seen just before its step
/// @param validation at the epoch's end; empty if not measured
/// @param test at the epoch's end; empty if not measured
/// @param learningRate of the epoch's last step; NaN if missing
/// @param seconds duration of the epoch; NaN if missing
/// @param evaluationParameters numbers in the weights at evaluation; -1 if missing
/// @param ranks of the factored weights; none if missing
public record HistoryRow(
        int epoch,
        Optional<Score> train,
        Optional<Score> validation,
        Optional<Score> test,
        double learningRate,
        double seconds,
        long evaluationParameters,
        List<Integer> ranks) {
    private static final String FIXED = "epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,"
            + "test_loss,test_accuracy,learning_rate,seconds,evaluation_parameters";
    private static final int FIXED_CELLS = 10;

    /// Takes a copy of the ranks.
    public HistoryRow {
        ranks = List.copyOf(ranks);
    }

    /// The same, as if it had taken no time: what does not depend on the machine.
    public HistoryRow withoutSeconds() {
        return new HistoryRow(epoch, train, validation, test, learningRate, 0, evaluationParameters, ranks);
    }

    /// The same with the perplexity of each loss that is of single tokens. With smoothed targets, the training
    /// loss has none.
    HistoryRow withPerplexity(RunSpec spec) {
        if (!spec.predictsTokens()) {
            return this;
        }
        boolean smoothed = spec.find(Options.LABEL_SMOOTHING).orElse(0.0) > 0;
        return new HistoryRow(
                epoch,
                smoothed ? train : train.map(Score::withPerplexity),
                validation.map(Score::withPerplexity),
                test.map(Score::withPerplexity),
                learningRate,
                seconds,
                evaluationParameters,
                ranks);
    }

    /// The row of an epoch that has just ended.
    public static HistoryRow of(EpochRecord epoch) {
        return new HistoryRow(
                epoch.epoch(),
                Optional.of(Score.of(epoch.train())),
                epoch.validation().map(Score::of),
                epoch.test().map(Score::of),
                epoch.learningRate(),
                epoch.seconds(),
                epoch.evaluationParameters(),
                epoch.ranks());
    }

    /// The first line of the file, for so many factored weights.
    public static String header(int factored) {
        return header(factored, List.of());
    }

    /// The first line of the file: further measures have columns behind those of the ranks.
    ///
    /// @param further columns of further measures, as [#furtherColumns] names them
    static String header(int factored, List<String> further) {
        StringBuilder line = new StringBuilder(FIXED);
        for (int i = 1; i <= factored; i++) {
            line.append(",rank_").append(i);
        }
        further.forEach(column -> line.append(',').append(column));
        return line.toString();
    }

    /// Columns of the further measures of this row: `SPLIT_MEASURE`.
    List<String> furtherColumns() {
        List<String> columns = new ArrayList<>();
        splits().forEach((split, score) ->
                score.ifPresent(each -> each.further().keySet().forEach(name -> columns.add(split + "_" + name))));
        return columns;
    }

    /// Names of the further measures of some rows, in the order in which they first appear.
    public static List<String> furtherMeasures(List<HistoryRow> rows) {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> row.splits()
                .values()
                .forEach(score ->
                        score.ifPresent(each -> names.addAll(each.further().keySet()))));
        return List.copyOf(names);
    }

    private Map<String, Optional<Score>> splits() {
        Map<String, Optional<Score>> splits = new LinkedHashMap<>();
        splits.put("train", train);
        splits.put("validation", validation);
        splits.put("test", test);
        return splits;
    }

    /// The row as a line of the file, without a line break.
    public String line() {
        return line(ranks.size(), List.of());
    }

    /// The row as a line of a file with these columns.
    String line(int factored, List<String> further) {
        List<String> cells = new ArrayList<>();
        cells.add(Integer.toString(epoch));
        for (Optional<Score> score : List.of(train, validation, test)) {
            cells.add(score.map(each -> cell(each.loss())).orElse(""));
            cells.add(score.map(each -> cell(each.accuracy())).orElse(""));
        }
        cells.add(cell(learningRate));
        cells.add(cell(seconds));
        cells.add(evaluationParameters < 0 ? "" : Long.toString(evaluationParameters));
        ranks.forEach(rank -> cells.add(Integer.toString(rank)));
        if (!further.isEmpty()) {
            for (int i = ranks.size(); i < factored; i++) {
                cells.add("");
            }
            Map<String, Double> figures = furtherFigures();
            further.forEach(column -> cells.add(cell(figures.getOrDefault(column, Double.NaN))));
        }
        return String.join(",", cells);
    }

    private Map<String, Double> furtherFigures() {
        Map<String, Double> figures = new LinkedHashMap<>();
        splits().forEach((split, score) -> score.ifPresent(
                each -> each.further().forEach((name, figure) -> figures.put(split + "_" + name, figure))));
        return figures;
    }

    /// @param header of the file, which names the columns
    static HistoryRow read(String header, String line) throws IOException {
        String[] cells = line.split(",", -1);
        if (cells.length < FIXED_CELLS) {
            throw new IOException(
                    "a row must have at least %s cells; got '%s'".formatted(FIXED_CELLS, Json.oneLine(line)));
        }
        String[] columns = header.split(",", -1);
        try {
            List<Integer> ranks = new ArrayList<>();
            Map<String, Map<String, Double>> further = new LinkedHashMap<>();
            for (int i = FIXED_CELLS; i < cells.length; i++) {
                String column = i < columns.length ? columns[i] : "rank_";
                if (column.startsWith("rank_")) {
                    if (!cells[i].isEmpty()) {
                        ranks.add(Integer.valueOf(cells[i]));
                    }
                } else {
                    int end = column.indexOf('_');
                    if (end > 0 && !cells[i].isEmpty()) {
                        further.computeIfAbsent(column.substring(0, end), split -> new LinkedHashMap<>())
                                .put(column.substring(end + 1), number(cells[i]));
                    }
                }
            }
            return new HistoryRow(
                    Integer.parseInt(cells[0]),
                    score(cells[1], cells[2], further.getOrDefault("train", Map.of())),
                    score(cells[3], cells[4], further.getOrDefault("validation", Map.of())),
                    score(cells[5], cells[6], further.getOrDefault("test", Map.of())),
                    number(cells[7]),
                    number(cells[8]),
                    cells[9].isEmpty() ? -1 : Long.parseLong(cells[9]),
                    ranks);
        } catch (NumberFormatException e) {
            throw new IOException("a row must hold numbers; got '%s'".formatted(Json.oneLine(line)), e);
        }
    }

    private static Optional<Score> score(String loss, String accuracy, Map<String, Double> further) {
        return loss.isEmpty() && accuracy.isEmpty()
                ? Optional.empty()
                : Optional.of(new Score(number(loss), number(accuracy), further));
    }

    private static String cell(double value) {
        return Double.isNaN(value) ? "" : Double.toString(value);
    }

    private static double number(String cell) {
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
