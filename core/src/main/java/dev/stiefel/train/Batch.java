package dev.stiefel.train;

import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;

/// Some samples, ready for a network.
///
/// @param inputs `[B, width]`
/// @param targets one a sample
public record Batch(Tensor inputs, Targets targets) {
    /// The samples `order[from] … order[to − 1]`, their memory in `scope`.
    public static Batch of(Scope scope, DType type, Samples samples, int[] order, int from, int to) {
        Tensor inputs = scope.uninitialized(type, to - from, samples.width());
        gather(inputs, 0, samples, order, from, to);
        return new Batch(inputs, targets(scope, type, samples, order, from, to));
    }

    /// The same, gathered by several threads.
    public static Batch of(Scope scope, Threads threads, DType type, Samples samples, int[] order, int from, int to) {
        Tensor inputs = scope.uninitialized(type, to - from, samples.width());
        int count = threads.count();
        threads.run(count, i -> {
            int begin = from + (int) ((long) (to - from) * i / count);
            int end = from + (int) ((long) (to - from) * (i + 1) / count);
            gather(inputs, begin - from, samples, order, begin, end);
        });
        return new Batch(inputs, targets(scope, type, samples, order, from, to));
    }

    private static void gather(Tensor inputs, int row, Samples samples, int[] order, int from, int to) {
        for (int i = from; i < to; i++) {
            samples.writeInput(order[i], inputs, row + i - from);
        }
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
        for (int i = from; i < to; i++) {
            samples.writeTarget(order[i], values, i - from);
        }
        return new Targets.Values(values);
    }
}
