package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// The computation from outputs and targets: the loss, its gradient, and measures, all in one sweep.
///
/// @param loss the loss to minimize
/// @param measures measures besides the loss; each must apply to the targets
public record Objective(Loss loss, List<Measure> measures) {
    /// Takes a copy of the list.
    public Objective {
        measures = List.copyOf(measures);
    }

    /// Evaluates a slice and writes the gradient of the loss. Rows without a target add nothing, and their gradient
    /// is 0.
    ///
    /// @param delta `[b, k]`: becomes `weight · ∂(sum of losses)/∂outputs`; may be the outputs themselves
    /// @param outputs `[b, k]`
    /// @param targets of the whole batch
    /// @param from the row of the batch at which the slice begins
    /// @param weight factor of each row's gradient: 1 / counted rows for the gradient of the mean
    public Sums evaluateInto(Tensor delta, Tensor outputs, Targets targets, int from, double weight) {
        int k = outputs.columns();
        loss.requireFits(k, targets);
        if (!delta.shape().equals(outputs.shape()) || delta.type() != outputs.type()) {
            throw new IllegalArgumentException(
                    "loss: delta must be like the outputs; got %s and %s".formatted(delta, outputs));
        }
        int rows = outputs.rows();
        if (from < 0 || from + rows > targets.size()) {
            throw new IllegalArgumentException(
                    "loss: rows %d to %d must lie within the %d targets".formatted(from, from + rows, targets.size()));
        }
        if (targets instanceof Targets.Classes classes) {
            requireClasses(classes, from, rows, k);
            Optional<WideCrossEntropy> wide = WideCrossEntropy.of(this, outputs.type(), k);
            if (wide.isPresent()) {
                return wide.get().evaluateInto(delta, outputs, classes, from, weight);
            }
        }
        double[] y = new double[k];
        float[] single = new float[k];
        double sum = 0;
        double[] counts = new double[measures.size()];
        long counted = 0;
        for (int i = 0; i < rows; i++) {
            read(outputs, i, y, single);
            if (targets.counts(from + i)) {
                for (int m = 0; m < counts.length; m++) {
                    counts[m] += measures.get(m).of(y, targets, from + i);
                }
                sum += loss.row(y, targets, from + i, weight);
                counted++;
            } else {
                java.util.Arrays.fill(y, 0);
            }
            write(delta, i, y, single);
        }
        return new Sums(sum, counts, counted);
    }

    private static void read(Tensor outputs, int row, double[] y, float[] single) {
        if (outputs.type() == DType.FLOAT32) {
            outputs.readRows(row, 1, single);
            for (int j = 0; j < y.length; j++) {
                y[j] = single[j];
            }
        } else {
            for (int j = 0; j < y.length; j++) {
                y[j] = outputs.get(row, j);
            }
        }
    }

    private static void write(Tensor delta, int row, double[] y, float[] single) {
        if (delta.type() == DType.FLOAT32) {
            for (int j = 0; j < y.length; j++) {
                single[j] = (float) y[j];
            }
            delta.writeRows(row, 1, single);
        } else {
            for (int j = 0; j < y.length; j++) {
                delta.set(row, j, y[j]);
            }
        }
    }

    private static void requireClasses(Targets.Classes classes, int from, int rows, int k) {
        for (int row = from; row < from + rows; row++) {
            int label = classes.label(row);
            if (label != Targets.Classes.NONE && (label < 0 || label >= k)) {
                throw new IllegalArgumentException(
                        "loss: classes must be in [0, %d); sample %d has %d".formatted(k, row, label));
            }
        }
    }
}
