package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Some samples, ready for a network.
///
/// @param inputs the rows of each input of the network, at least one
/// @param targets one for each output row
public record Batch(List<SampleRows> inputs, Targets targets) {
    /// Copies the list; all inputs and the targets are of the same number of samples.
    public Batch {
        inputs = List.copyOf(inputs);
        if (inputs.isEmpty()) {
            throw new IllegalArgumentException("batch: there must be at least one input; got none");
        }
        int samples = targets.layout().samples();
        for (SampleRows rows : inputs) {
            if (rows.layout().samples() != samples) {
                throw new IllegalArgumentException(
                        "batch: inputs and targets must be of the same samples; got %d and %d"
                                .formatted(rows.layout().samples(), samples));
            }
        }
    }

    /// The samples `order[from] … order[to − 1]`, their memory in `scope`.
    public static Batch of(Scope scope, DType type, Samples samples, int[] order, int from, int to) {
        try (Threads one = Threads.of(1)) {
            return of(scope, one, type, samples, order, from, to);
        }
    }

    /// The same, gathered by several threads.
    public static Batch of(Scope scope, Threads threads, DType type, Samples samples, int[] order, int from, int to) {
        return new Batch(
                samples.gather(scope, threads, type, order, from, to), samples.targets(scope, type, order, from, to));
    }

    /// The number of samples.
    public int size() {
        return targets.layout().samples();
    }
}
