package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.function.Consumer;

/// Other samples, whose inputs are changed when they are gathered.
final class MappedInputs extends SamplesView {
    private final Consumer<float[]> change;

    MappedInputs(Samples source, Consumer<float[]> change) {
        super(source);
        this.change = change;
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        List<SampleRows> rows = source.gather(scope, threads, type, order, from, to);
        Gathering.changeInPlace(rows.getFirst(), threads, change);
        return rows;
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new MappedInputs(source.atEpoch(epoch), change);
    }
}
