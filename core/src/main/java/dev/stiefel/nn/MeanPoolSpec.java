package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Vector;
import java.util.List;

/// The mean of all rows of a sample: global average pooling of an image, or the mean of a sequence. [MeanPool].
public record MeanPoolSpec() implements LayerSpec {
    /// The mean of each channel of an image.
    public static MeanPoolSpec globalAveragePool() {
        return new MeanPoolSpec();
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        return new Vector(Shapes.one("mean pool", inputs).columns());
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new MeanPool(name, Shapes.one("mean pool", inputs));
    }
}
