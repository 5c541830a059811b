package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Image;
import java.util.List;

/// Every so many pixels of an image, with channels of zeros around its own: the shortcut without parameters of residual
/// networks (He et al. 2016, arXiv 1512.03385, option A). [Subsample].
///
/// @param stride pixels from one that is taken to the next, at least 1
/// @param outputs channels of the output. Half of the channels that the input lacks come before it, rounded down
public record SubsampleSpec(int stride, int outputs) implements LayerSpec {
    /// Checks the numbers.
    public SubsampleSpec {
        if (stride < 1 || outputs < 1) {
            throw new IllegalArgumentException(
                    "subsample: stride and outputs must be at least 1; got %d and %d".formatted(stride, outputs));
        }
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        Image image = Shapes.image("subsample", inputs);
        if (outputs < image.channels()) {
            throw new IllegalArgumentException(
                    "subsample: outputs must be at least the %d channels; got %d".formatted(image.channels(), outputs));
        }
        return Window.of(1, 1).stride(stride).output("subsample", image, outputs);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Subsample(name, Shapes.image("subsample", inputs), stride, outputs);
    }
}
