package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Other samples, whose images are varied when they are gathered in an epoch. Outside of epochs they are as they are.
final class AugmentedImages implements Samples {
    private static final int NO_EPOCH = 0;

    private final Samples source;
    private final ImageAugmentation augmentation;
    private final int epoch;

    AugmentedImages(Samples source, ImageAugmentation augmentation) {
        this(source, augmentation, NO_EPOCH);
        int values = augmentation.image().values().orElseThrow();
        if (source.width() != values) {
            throw new IllegalArgumentException("samples: images of %s need %d values each; got %d"
                    .formatted(augmentation.image(), values, source.width()));
        }
    }

    private AugmentedImages(Samples source, ImageAugmentation augmentation, int epoch) {
        this.source = source;
        this.augmentation = augmentation;
        this.epoch = epoch;
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
        if (epoch != NO_EPOCH) {
            Gathering.replace(
                    rows.getFirst(),
                    threads,
                    (i, image, into) -> augmentation.apply(augmentation.draw(epoch, order[from + i]), image, into));
        }
        return rows;
    }

    @Override
    public Targets targets(Scope scope, DType type, int[] order, int from, int to) {
        return source.targets(scope, type, order, from, to);
    }

    @Override
    public Samples atEpoch(int newEpoch) {
        return new AugmentedImages(source.atEpoch(newEpoch), augmentation, newEpoch);
    }
}
