package dev.stiefel.train;

import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Other samples, whose images are varied when they are gathered in an epoch. Outside of epochs they are as they are.
final class AugmentedImages extends SamplesView {
    private static final int NO_EPOCH = 0;

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
        super(source);
        this.augmentation = augmentation;
        this.epoch = epoch;
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
    public Samples atEpoch(int newEpoch) {
        return new AugmentedImages(source.atEpoch(newEpoch), augmentation, newEpoch);
    }
}
