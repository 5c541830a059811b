package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Vectors that are read when they are gathered.
final class ReadVectors implements Samples {
    private final SampleShape shape;
    private final SampleReader reader;
    private final SampleTargets targets;

    ReadVectors(int width, SampleReader reader, SampleTargets targets) {
        this.shape = new SampleShape.Vector(width);
        this.reader = reader;
        this.targets = targets;
    }

    @Override
    public int size() {
        return targets.size();
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(shape);
    }

    @Override
    public Targets.Kind targetKind() {
        return targets.kind();
    }

    @Override
    public SampleShape output() {
        return targets.output();
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        return List.of(Gathering.fixed(scope, threads, type, shape, size(), order, from, to, reader));
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return targets.gather(scope, type, order, from, to);
    }
}
