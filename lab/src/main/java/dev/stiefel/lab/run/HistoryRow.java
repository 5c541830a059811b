package dev.stiefel.lab.run;

import dev.stiefel.lab.text.Json;
import dev.stiefel.train.EpochRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What an epoch came to: a row of `history.csv`.
///
/// @param epoch counted from 1
/// @param train means over all training samples, each seen just before the step it was part of
/// @param validation at the epoch's end; empty if not measured
/// @param test at the epoch's end; empty if not measured
/// @param learningRate of the epoch's last step
/// @param seconds that the epoch took
/// @param evaluationParameters numbers in the weights at evaluation
/// @param ranks of the factored weights
public record HistoryRow(
        int epoch,
        Optional<Score> train,
        Optional<Score> validation,
        Optional<Score> test,
        double learningRate,
        double seconds,
        long evaluationParameters,
        List<Integer> ranks) {
    private static final int FIXED_CELLS = 10;

    /// Takes a copy of the ranks.
    public HistoryRow {
        ranks = List.copyOf(ranks);
    }

    /// The same, as if it had taken no time: what does not depend on the machine.
    public HistoryRow withoutSeconds() {
        return new HistoryRow(epoch, train, validation, test, learningRate, 0, evaluationParameters, ranks);
    }

    static HistoryRow of(EpochRecord epoch) {
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

    static String header(int factored) {
        StringBuilder line = new StringBuilder("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,"
                + "test_loss,test_accuracy,learning_rate,seconds,evaluation_parameters");
        for (int i = 1; i <= factored; i++) {
            line.append(",rank_").append(i);
        }
        return line.toString();
    }

    String line() {
        List<String> cells = new ArrayList<>();
        cells.add(Integer.toString(epoch));
        for (Optional<Score> score : List.of(train, validation, test)) {
            cells.add(score.map(each -> Double.toString(each.loss())).orElse(""));
            cells.add(score.filter(each -> !Double.isNaN(each.accuracy()))
                    .map(each -> Double.toString(each.accuracy()))
                    .orElse(""));
        }
        cells.add(Double.toString(learningRate));
        cells.add(Double.toString(seconds));
        cells.add(Long.toString(evaluationParameters));
        ranks.forEach(rank -> cells.add(Integer.toString(rank)));
        return String.join(",", cells);
    }

    static HistoryRow read(String line) throws IOException {
        String[] cells = line.split(",", -1);
        if (cells.length < FIXED_CELLS) {
            throw new IOException(
                    "a row must have at least %d cells; got '%s'".formatted(FIXED_CELLS, Json.oneLine(line)));
        }
        try {
            List<Integer> ranks = new ArrayList<>();
            for (int i = FIXED_CELLS; i < cells.length; i++) {
                ranks.add(Integer.valueOf(cells[i]));
            }
            return new HistoryRow(
                    Integer.parseInt(cells[0]),
                    score(cells[1], cells[2]),
                    score(cells[3], cells[4]),
                    score(cells[5], cells[6]),
                    Double.parseDouble(cells[7]),
                    Double.parseDouble(cells[8]),
                    Long.parseLong(cells[9]),
                    ranks);
        } catch (NumberFormatException e) {
            throw new IOException("a row must hold numbers; got '%s'".formatted(Json.oneLine(line)), e);
        }
    }

    private static Optional<Score> score(String loss, String accuracy) {
        return loss.isEmpty()
                ? Optional.empty()
                : Optional.of(new Score(
                        Double.parseDouble(loss), accuracy.isEmpty() ? Double.NaN : Double.parseDouble(accuracy)));
    }
}
