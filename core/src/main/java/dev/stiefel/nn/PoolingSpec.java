package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Image;
import java.util.List;

/// The greatest or the mean value that a window sees of each channel: [Pooling].
///
/// @param kind greatest or mean
/// @param window kernel, stride, padding and dilation. Padding is never the greatest value, and counts as 0 in a mean,
///     which divides by all pixels of the window
public record PoolingSpec(Kind kind, Window window) implements LayerSpec {
    /// The function of a window's values.
    public enum Kind {
        /// The greatest value.
        MAX,
        /// The mean.
        AVERAGE
    }

    /// Checks that padding is at most half of the kernel.
    public PoolingSpec {
        Window.Extent kernel = window.kernel();
        Window.Extent padding = window.padding();
        if (2 * padding.height() > kernel.height() || 2 * padding.width() > kernel.width()) {
            throw new IllegalArgumentException(
                    "pooling: padding must be at most half of the kernel; got %s and %s".formatted(padding, kernel));
        }
    }

    /// Greatest values of squares that lie side by side.
    ///
    /// @param side of a square, in pixels
    public static PoolingSpec maxPool(int side) {
        return new PoolingSpec(Kind.MAX, Window.of(side, side).stride(side));
    }

    /// Means of squares that lie side by side.
    ///
    /// @param side of a square, in pixels
    public static PoolingSpec averagePool(int side) {
        return new PoolingSpec(Kind.AVERAGE, Window.of(side, side).stride(side));
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        Image image = Shapes.image("pooling", inputs);
        SampleShape output = window.output("pooling", image, image.channels());
        if (kind == Kind.MAX && !window.grid(image).seesEverywhere()) {
            throw new IllegalArgumentException(
                    "pooling: every window must see a pixel; got %s on %s, where dilation steps over the image"
                            .formatted(window, image));
        }
        return output;
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Pooling(name, kind, Shapes.image("pooling", inputs), window);
    }
}
