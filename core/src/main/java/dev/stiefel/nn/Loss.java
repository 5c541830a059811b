package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;

/// What training makes small.
public enum Loss {
    /// The cross-entropy of the softmax of the outputs and the class: `−ln softmax(y)_class`.
    SOFTMAX_CROSS_ENTROPY {
        @Override
        void requireFits(Tensor outputs, Targets targets) {
            if (!(targets instanceof Targets.Classes)) {
                throw new IllegalArgumentException("softmax cross-entropy: targets must be classes; got vectors");
            }
        }

        @Override
        double sample(double[] y, int row, Targets targets, double weight) {
            int label = ((Targets.Classes) targets).label(row);
            double largest = Double.NEGATIVE_INFINITY;
            for (double value : y) {
                largest = Math.max(largest, value);
            }
            double target = y[label] - largest;
            double sum = 0;
            for (int j = 0; j < y.length; j++) {
                y[j] = Math.exp(y[j] - largest);
                sum += y[j];
            }
            for (int j = 0; j < y.length; j++) {
                y[j] = weight * (y[j] / sum - (j == label ? 1 : 0));
            }
            return Math.log(sum) - target;
        }
    },
    /// The mean over a sample's outputs of the squared error.
    MEAN_SQUARED_ERROR {
        @Override
        void requireFits(Tensor outputs, Targets targets) {
            if (targets instanceof Targets.Classes) {
                return; // compared with the class's unit vector
            }
            Tensor values = ((Targets.Values) targets).values();
            if (values.columns() != outputs.columns()) {
                throw new IllegalArgumentException("mean squared error: targets must have %d values; got %s"
                        .formatted(outputs.columns(), values.shape()));
            }
        }

        @Override
        double sample(double[] y, int row, Targets targets, double weight) {
            double sum = 0;
            for (int j = 0; j < y.length; j++) {
                double target = switch (targets) {
                    case Targets.Classes classes -> classes.label(row) == j ? 1 : 0;
                    case Targets.Values values -> values.values().get(row, j);
                };
                double error = y[j] - target;
                sum += error * error;
                y[j] = weight * 2 * error / y.length;
            }
            return sum / y.length;
        }
    };

    /// Sums over a slice of a batch.
    ///
    /// @param loss the sum of the samples' losses
    /// @param correct how many samples have their largest output at their class; 0 where there are no classes
    public record Sums(double loss, long correct) {}

    /// Evaluates a slice and writes the gradient.
    ///
    /// @param outputs `[b, k]`
    /// @param delta `[b, k]`: becomes `weight · ∂(sum of losses)/∂outputs`; may be the outputs themselves
    /// @param targets of the whole batch
    /// @param from the row of the batch that the slice begins with
    /// @param weight what each sample's gradient is multiplied by: 1 / batch size for the gradient of the mean
    public Sums evaluateInto(Tensor delta, Tensor outputs, Targets targets, int from, double weight) {
        requireFits(outputs, targets);
        if (!delta.shape().equals(outputs.shape()) || delta.type() != outputs.type()) {
            throw new IllegalArgumentException(
                    "loss: delta must be like the outputs; got %s and %s".formatted(delta, outputs));
        }
        int rows = outputs.rows();
        if (from < 0 || from + rows > targets.size()) {
            throw new IllegalArgumentException(
                    "loss: rows %d to %d must lie within the %d targets".formatted(from, from + rows, targets.size()));
        }
        int k = outputs.columns();
        if (targets instanceof Targets.Classes classes) {
            requireClasses(classes, from, rows, k);
        }
        double[] y = new double[k];
        float[] single = new float[k];
        double loss = 0;
        long correct = 0;
        for (int i = 0; i < rows; i++) {
            if (outputs.type() == DType.FLOAT32) {
                outputs.readRows(i, 1, single);
                for (int j = 0; j < k; j++) {
                    y[j] = single[j];
                }
            } else {
                for (int j = 0; j < k; j++) {
                    y[j] = outputs.get(i, j);
                }
            }
            if (targets instanceof Targets.Classes classes && largest(y) == classes.label(from + i)) {
                correct++;
            }
            loss += sample(y, from + i, targets, weight);
            if (outputs.type() == DType.FLOAT32) {
                for (int j = 0; j < k; j++) {
                    single[j] = (float) y[j];
                }
                delta.writeRows(i, 1, single);
            } else {
                for (int j = 0; j < k; j++) {
                    delta.set(i, j, y[j]);
                }
            }
        }
        return new Sums(loss, correct);
    }

    abstract void requireFits(Tensor outputs, Targets targets);

    /// One sample's loss; `y` becomes its weighted gradient.
    abstract double sample(double[] y, int row, Targets targets, double weight);

    private static void requireClasses(Targets.Classes classes, int from, int rows, int k) {
        for (int row = from; row < from + rows; row++) {
            if (classes.label(row) < 0 || classes.label(row) >= k) {
                throw new IllegalArgumentException(
                        "loss: classes must be in [0, %d); sample %d has %d".formatted(k, row, classes.label(row)));
            }
        }
    }

    /// The first of the largest; a NaN is never it, unless it stands first.
    private static int largest(double[] y) {
        int best = 0;
        for (int j = 1; j < y.length; j++) {
            if (y[j] > y[best]) {
                best = j;
            }
        }
        return best;
    }
}
