package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Samples of several rows as vectors, in the same memory.
final class Flattened implements Samples {
    private final Samples source;
    private final SampleShape shape;

    Flattened(Samples source) {
        this.source = source;
        this.shape = new SampleShape.Vector(source.width());
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(shape);
    }

    @Override
    public Targets.Kind targetKind() {
        return source.targetKind();
    }

    @Override
    public SampleShape output() {
        return source.output();
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        SampleRows rows = source.gather(scope, threads, type, order, from, to).getFirst();
        return List.of(SampleRows.vectors(rows.values().slice(0, to - from, shape.columns())));
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return source.targets(scope, type, order, from, to);
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new Flattened(source.atEpoch(epoch));
    }
}
