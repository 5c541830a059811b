package dev.stiefel.train;

import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;

/// The inputs of other samples, with targets of their own.
final class Relabelled extends SamplesView {
    private final SampleTargets targets;

    Relabelled(Samples source, SampleTargets targets) {
        super(source);
        if (targets.size() != source.size()) {
            throw new IllegalArgumentException("samples: there must be one label for each of %d samples; got %d"
                    .formatted(source.size(), targets.size()));
        }
        this.targets = targets;
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
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return targets.gather(scope, type, order, from, to);
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new Relabelled(source.atEpoch(epoch), targets);
    }
}
