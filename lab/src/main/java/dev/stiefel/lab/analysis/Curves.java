package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.record.HistoryRow;
import dev.stiefel.lab.record.Score;
import dev.stiefel.nn.Measure.Better;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Measurements of a run after every epoch, in plain arrays, since there may be thousands of runs.
final class Curves {
    private static final int LAST = 10;

    private final int epochs;
    private final Map<String, double[]> values = new HashMap<>(); // of what was measured at all, by column
    private final Set<String> further = new LinkedHashSet<>(); // names of further measures
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
        row.train().ifPresent(score -> put(row.epoch(), Split.TRAIN, score));
        row.validation().ifPresent(score -> put(row.epoch(), Split.VALIDATION, score));
        row.test().ifPresent(score -> put(row.epoch(), Split.TEST, score));
        while (ranks.size() < row.epoch() - 1) {
            ranks.add(List.of());
        }
        boolean same = !ranks.isEmpty() && ranks.getLast().equals(row.ranks());
        ranks.add(same ? ranks.getLast() : row.ranks());
        parameters[row.epoch() - 1] = row.evaluationParameters();
    }

    private void put(int epoch, Split split, Score score) {
        put(epoch, RunMeasure.loss(split), score.loss());
        put(epoch, RunMeasure.error(split), 1 - score.accuracy());
        further.addAll(score.further().keySet());
        score.further().forEach((name, figure) -> put(epoch, new RunMeasure(split, name, Better.LOWER), figure));
    }

    private void put(int epoch, RunMeasure measure, double value) {
        if (Double.isFinite(value)) {
            values.computeIfAbsent(measure.column(), _ -> missing(epochs))[epoch - 1] = value;
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

    boolean has(RunMeasure measure) {
        return values.containsKey(measure.column());
    }

    /// Names of what was measured beside loss and accuracy.
    Set<String> further() {
        return Collections.unmodifiableSet(further);
    }

    double value(RunMeasure measure, int epoch) {
        double[] all = values.get(measure.column());
        return all == null || epoch < 1 || epoch > epochs ? Double.NaN : all[epoch - 1];
    }

    List<Integer> ranks(int epoch) {
        return epoch < 1 || epoch > epochs ? List.of() : ranks.get(epoch - 1);
    }

    long parameters(int epoch) {
        return epoch < 1 || epoch > epochs ? -1 : parameters[epoch - 1];
    }

    /// The number of epochs that lack a measure that others have.
    int missing(RunMeasure measure) {
        double[] all = values.get(measure.column());
        return all == null
                ? 0
                : Math.toIntExact(Arrays.stream(all).filter(Double::isNaN).count());
    }

    RunOutcome outcome(RunMeasure measure) {
        int best = bestEpoch(measure);
        int bestValidation =
                bestEpoch(has(RunMeasure.VALIDATION_ERROR) ? RunMeasure.VALIDATION_ERROR : RunMeasure.VALIDATION_LOSS);
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
    private int bestEpoch(RunMeasure measure) {
        int best = 0;
        for (int epoch = 1; epoch <= epochs; epoch++) {
            double value = value(measure, epoch);
            if (!Double.isNaN(value) && (best == 0 || measure.better().isBetter(value, value(measure, best)))) {
                best = epoch;
            }
        }
        return best;
    }
}
