package dev.stiefel.lab.analysis;

import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.Score;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What was measured of a run after every epoch, in plain arrays, since there may be thousands
/// of runs.
final class Curves {
    private static final int LAST = 10;

    private final int epochs;
    private final Map<Measure, double[]> values = new EnumMap<>(Measure.class); // those that were measured at all
    private final List<List<Integer>> ranks = new ArrayList<>(); // equal ones are one object
    private final long[] parameters;

    private Curves(int epochs) {
        this.epochs = epochs;
        this.parameters = new long[epochs];
        Arrays.fill(parameters, -1);
    }

    /// @param rows by rising epochs, of which some may be missing
    static Curves of(List<HistoryRow> rows) {
        Curves curves = new Curves(rows.isEmpty() ? 0 : rows.getLast().epoch());
        for (HistoryRow row : rows) {
            curves.put(row);
        }
        while (curves.ranks.size() < curves.epochs) {
            curves.ranks.add(List.of());
        }
        return curves;
    }

    static Curves none() {
        return new Curves(0);
    }

    private void put(HistoryRow row) {
        put(row.epoch(), row.train(), Measure.TRAIN_LOSS, Measure.TRAIN_ERROR);
        put(row.epoch(), row.validation(), Measure.VALIDATION_LOSS, Measure.VALIDATION_ERROR);
        put(row.epoch(), row.test(), Measure.TEST_LOSS, Measure.TEST_ERROR);
        while (ranks.size() < row.epoch() - 1) {
            ranks.add(List.of());
        }
        boolean same = !ranks.isEmpty() && ranks.getLast().equals(row.ranks());
        ranks.add(same ? ranks.getLast() : row.ranks());
        parameters[row.epoch() - 1] = row.evaluationParameters();
    }

    private void put(int epoch, Optional<Score> score, Measure loss, Measure error) {
        if (score.isPresent()) {
            put(epoch, loss, score.get().loss());
            put(epoch, error, 1 - score.get().accuracy());
        }
    }

    private void put(int epoch, Measure measure, double value) {
        if (Double.isFinite(value)) {
            values.computeIfAbsent(measure, _ -> missing(epochs))[epoch - 1] = value;
        }
    }

    private static double[] missing(int count) {
        double[] all = new double[count];
        Arrays.fill(all, Double.NaN);
        return all;
    }

    int epochs() {
        return epochs;
    }

    boolean hasValues() {
        return !values.isEmpty();
    }

    boolean has(Measure measure) {
        return values.containsKey(measure);
    }

    double value(Measure measure, int epoch) {
        double[] all = values.get(measure);
        return all == null || epoch < 1 || epoch > epochs ? Double.NaN : all[epoch - 1];
    }

    List<Integer> ranks(int epoch) {
        return epoch < 1 || epoch > epochs ? List.of() : ranks.get(epoch - 1);
    }

    long parameters(int epoch) {
        return epoch < 1 || epoch > epochs ? -1 : parameters[epoch - 1];
    }

    /// How many epochs lack a measure that others have.
    int missing(Measure measure) {
        double[] all = values.get(measure);
        return all == null
                ? 0
                : Math.toIntExact(Arrays.stream(all).filter(Double::isNaN).count());
    }

    RunOutcome outcome(Measure measure) {
        int best = epochOfLeast(measure);
        int bestValidation =
                epochOfLeast(has(Measure.VALIDATION_ERROR) ? Measure.VALIDATION_ERROR : Measure.VALIDATION_LOSS);
        double sum = 0;
        int count = 0;
        for (int epoch = Math.max(1, epochs - LAST + 1); epoch <= epochs; epoch++) {
            double value = value(measure, epoch);
            if (!Double.isNaN(value)) {
                sum += value;
                count++;
            }
        }
        return new RunOutcome(
                value(measure, epochs),
                value(measure, best),
                best,
                count == 0 ? Double.NaN : sum / count,
                value(measure, bestValidation),
                bestValidation);
    }

    /// The first; 0 if there is none.
    private int epochOfLeast(Measure measure) {
        int least = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double value = value(measure, epoch);
            if (!Double.isNaN(value) && (least == 0 || value < value(measure, least))) {
                least = epoch;
            }
        }
        return least;
    }
}
