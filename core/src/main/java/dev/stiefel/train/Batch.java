package dev.stiefel.train;

import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Some samples, ready for a network.
///
/// @param inputs `[B, width]`
/// @param targets one a sample
public record Batch(Tensor inputs, Targets targets) {
    /// The samples `order[from] … order[to − 1]`, their memory in `scope`.
    public static Batch of(Scope scope, DType type, Samples samples, int[] order, int from, int to) {
        int width = samples.width();
        Tensor inputs = scope.uninitialized(type, to - from, width);
        float[] row = new float[width];
        double[] wide = new double[type == DType.FLOAT64 ? width : 0];
        for (int i = from; i < to; i++) {
            if (type == DType.FLOAT32) {
                samples.writeInput(order[i], inputs, i - from);
            } else {
                samples.copyInput(order[i], row, 0);
                write(inputs, i - from, row, wide);
            }
        }
        return new Batch(inputs, targets(scope, type, samples, order, from, to));
    }

    /// How many samples there are.
    public int size() {
        return inputs.rows();
    }

    private static Targets targets(Scope scope, DType type, Samples samples, int[] order, int from, int to) {
        if (samples.hasLabels()) {
            int[] labels = new int[to - from];
            for (int i = from; i < to; i++) {
                labels[i - from] = samples.label(order[i]);
            }
            return new Targets.Classes(labels);
        }
        int outputs = samples.outputs();
        Tensor values = scope.uninitialized(type, to - from, outputs);
        float[] row = new float[outputs];
        double[] wide = new double[type == DType.FLOAT64 ? outputs : 0];
        for (int i = from; i < to; i++) {
            samples.copyTarget(order[i], row, 0);
            write(values, i - from, row, wide);
        }
        return new Targets.Values(values);
    }

    private static void write(Tensor tensor, int row, float[] values, double[] wide) {
        long at = (long) row * values.length;
        if (tensor.type() == DType.FLOAT32) {
            tensor.write(at, values, 0, values.length);
        } else {
            for (int j = 0; j < values.length; j++) {
                wide[j] = values[j];
            }
            tensor.write(at, wide, 0, wide.length);
        }
    }
}
