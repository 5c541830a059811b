package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Softmax cross-entropy over large vocabularies, in single precision: the same as [SmoothedCrossEntropy], in
/// loops over a row that the compiler vectorizes. Sums over rows are of double precision.
///
/// @param smoothing in [0, 1)
/// @param measures measures besides the loss
record WideCrossEntropy(double smoothing, List<Measure> measures) {
    private static final int LEAST = 256; // classes from which it is the faster one

    /// For an objective over outputs of this kind, if it has this loss.
    static Optional<WideCrossEntropy> of(Objective objective, DType type, int classes) {
        if (type != DType.FLOAT32 || classes < LEAST) {
            return Optional.empty();
        }
        return switch (objective.loss()) {
            case SoftmaxCrossEntropy plain -> Optional.of(new WideCrossEntropy(0, objective.measures()));
            case SmoothedCrossEntropy smoothed ->
                Optional.of(new WideCrossEntropy(smoothed.smoothing(), objective.measures()));
            default -> Optional.empty();
        };
    }

    /// Evaluates like [Objective#evaluateInto], whose checks are done.
    Sums evaluateInto(Tensor delta, Tensor outputs, Targets.Classes targets, int from, double weight) {
        int k = outputs.columns();
        float[] y = new float[k];
        double sum = 0;
        double[] counts = new double[measures.size()];
        long counted = 0;
        for (int i = 0; i < outputs.rows(); i++) {
            if (!targets.counts(from + i)) {
                delta.rows(i, i + 1).clear();
                continue;
            }
            outputs.readRows(i, 1, y);
            int label = targets.label(from + i);
            float largest = LongRows.largest(y, k);
            for (int m = 0; m < counts.length; m++) {
                counts[m] += measure(measures.get(m), y, largest, targets, from + i);
            }
            sum += row(y, label, largest, weight);
            delta.writeRows(i, 1, y);
            counted++;
        }
        return new Sums(sum, counts, counted);
    }

    /// The loss of a row, whose outputs become their gradient.
    private double row(float[] y, int label, float largest, double weight) {
        int k = y.length;
        double ofLabel = y[label];
        double mean = smoothing == 0 ? 0 : LongRows.sum(y, k) / k;
        for (int j = 0; j < k; j++) {
            y[j] -= largest;
        }
        Exponential.ofInPlace(y, 0, k);
        double sum = LongRows.sum(y, k);
        float factor = (float) (weight / sum);
        float shift = (float) (weight * smoothing / k);
        for (int j = 0; j < k; j++) {
            y[j] = y[j] * factor - shift;
        }
        y[label] -= (float) (weight * (1 - smoothing));
        double plain = Math.log(sum) - (ofLabel - largest);
        return smoothing == 0 ? plain : plain + smoothing * (ofLabel - mean);
    }

    private static double measure(Measure measure, float[] y, float largest, Targets.Classes targets, int row) {
        if (measure instanceof Accuracy) {
            return isFirstOf(largest, y, targets.label(row)) ? 1 : 0;
        }
        double[] outputs = new double[y.length];
        for (int j = 0; j < y.length; j++) {
            outputs[j] = y[j];
        }
        return measure.of(outputs, targets, row);
    }

    private static boolean isFirstOf(float largest, float[] y, int label) {
        boolean isFirst = y[label] == largest;
        for (int j = 0; isFirst && j < label; j++) {
            isFirst = y[j] != largest;
        }
        return isFirst;
    }
}
