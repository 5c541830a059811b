package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Other samples, of which something is different: all but that is theirs.
abstract class SamplesView implements Samples {
    final Samples source;

    SamplesView(Samples source) {
        this.source = source;
    }

    @Override
    public int size() {
        return source.size();
    }

    @Override
    public List<SampleShape> inputs() {
        return source.inputs();
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
        return source.gather(scope, threads, type, order, from, to);
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return source.targets(scope, type, order, from, to);
    }

    @Override
    public int[] lengths() {
        boolean fixed = inputs().stream().allMatch(shape -> shape.rows().isPresent());
        return fixed ? Samples.super.lengths() : source.lengths();
    }

    /// The same view of the source at that epoch.
    @Override
    public abstract Samples atEpoch(int epoch);
}
