package dev.stiefel.train;

import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// Vectors that hold images plane by plane, as images of one row a pixel.
final class PlanarImages extends SamplesView {
    private final SampleShape.Image shape;

    PlanarImages(Samples source, SampleShape.Image shape) {
        super(source);
        if (source.width() != shape.values().orElseThrow()) {
            throw new IllegalArgumentException("samples: images of %s need %d values each; got %d"
                    .formatted(shape, shape.values().orElseThrow(), source.width()));
        }
        this.shape = shape;
    }

    @Override
    public List<SampleShape> inputs() {
        return List.of(shape);
    }

    @Override
    public List<SampleRows> gather(Scope scope, Threads threads, DType type, int[] order, int from, int to) {
        SampleRows planes = source.gather(scope, threads, type, order, from, to).getFirst();
        if (shape.channels() > 1) {
            Gathering.changeInPlace(planes, threads, this::interleave);
        }
        RowLayout layout = RowLayout.uniform(to - from, shape.height() * shape.width());
        return List.of(new SampleRows(planes.values().slice(0, layout.rows(), shape.channels()), layout));
    }

    private void interleave(float[] image) {
        System.arraycopy(shape.ofPlanes(image), 0, image, 0, image.length);
    }

    @Override
    public Samples atEpoch(int epoch) {
        return new PlanarImages(source.atEpoch(epoch), shape);
    }
}
