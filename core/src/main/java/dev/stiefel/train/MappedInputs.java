package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.function.Consumer;

/// Other samples, whose inputs are changed when they are gathered.
final class MappedInputs implements Samples {
    private final Samples source;
    private final Consumer<float[]> change;

    MappedInputs(Samples source, Consumer<float[]> change) {
        this.source = source;
        this.change = change;
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
        List<SampleRows> rows = source.gather(scope, threads, type, order, from, to);
        Gathering.changeInPlace(rows.getFirst(), threads, change);
        return rows;
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return source.targets(scope, type, order, from, to);
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new MappedInputs(source.atEpoch(epoch), change);
    }
}
