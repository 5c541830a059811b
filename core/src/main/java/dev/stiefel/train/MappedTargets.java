package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.function.Consumer;

/// Other samples, whose target vectors are changed when they are gathered.
final class MappedTargets extends SamplesView {
    private final Consumer<float[]> change;

    MappedTargets(Samples source, Consumer<float[]> change) {
        super(source);
        if (source.hasLabels()) {
            throw new IllegalStateException("samples: these have classes, not target vectors");
        }
        this.change = change;
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        Targets.Values targets = (Targets.Values) source.targets(scope, type, order, from, to);
        try (Threads one = Threads.of(1)) {
            Gathering.changeInPlace(SampleRows.vectors(targets.values()), one, change);
        }
        return targets;
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new MappedTargets(source.atEpoch(epoch), change);
    }
}
