package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Samples of several rows as vectors, in the same memory.
final class Flattened extends SamplesView {
    private final SampleShape shape;

    Flattened(Samples source) {
        super(source);
        this.shape = new SampleShape.Vector(source.width());
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(shape);
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        SampleRows rows = source.gather(scope, threads, type, order, from, to).getFirst();
        return List.of(SampleRows.vectors(rows.values().slice(0, to - from, shape.columns())));
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new Flattened(source.atEpoch(epoch));
    }
}
