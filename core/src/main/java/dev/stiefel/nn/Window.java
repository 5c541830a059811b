package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.ImageGrid;

/// Window that a convolution or a pooling layer moves over an image.
///
/// @param kernel pixels that it sees, at least 1 each way
/// @param stride pixels from one position to the next, at least 1
/// @param padding pixels that the image is extended by on each side
/// @param dilation pixels from one pixel that it sees to the next, at least 1: 1 for neighbours
public record Window(Extent kernel, Extent stride, Extent padding, Extent dilation) {
    /// Pixels down and across.
    ///
    /// @param height pixels down
    /// @param width pixels across
    public record Extent(int height, int width) {
        /// The same number both ways.
        public static Extent square(int side) {
            return new Extent(side, side);
        }

        @Override
        public String toString() {
            return "%d × %d".formatted(height, width);
        }
    }

    /// Checks the sizes.
    public Window {
        require("kernel", kernel, 1);
        require("stride", stride, 1);
        require("padding", padding, 0);
        require("dilation", dilation, 1);
    }

    private static void require(String what, Extent extent, int least) {
        if (extent.height < least || extent.width < least) {
            throw new IllegalArgumentException(
                    "window: %s must be at least %d each way; got %s".formatted(what, least, extent));
        }
    }

    /// A window that moves pixel by pixel, without padding.
    public static Window of(int height, int width) {
        return new Window(new Extent(height, width), Extent.square(1), Extent.square(0), Extent.square(1));
    }

    /// The same with another stride.
    public Window stride(int pixels) {
        return new Window(kernel, Extent.square(pixels), padding, dilation);
    }

    /// The same with another padding.
    public Window padding(int height, int width) {
        return new Window(kernel, stride, new Extent(height, width), dilation);
    }

    /// The same with another dilation.
    public Window dilation(int pixels) {
        return new Window(kernel, stride, padding, Extent.square(pixels));
    }

    /// The same with the padding that keeps an image's size where the stride is 1.
    ///
    /// @throws IllegalArgumentException if a side of the kernel is even: the padding would differ from side to side
    public Window samePadding() {
        if (kernel.height % 2 == 0 || kernel.width % 2 == 0) {
            throw new IllegalArgumentException(
                    "window: a kernel of %s pixels has no padding that keeps an image's size; use odd sides, or say the padding"
                            .formatted(kernel));
        }
        return padding(dilation.height * (kernel.height - 1) / 2, dilation.width * (kernel.width - 1) / 2);
    }

    /// Pixels that the window sees from one position.
    public int size() {
        return Math.multiplyExact(kernel.height, kernel.width);
    }

    /// The output shape for an image, with this many channels.
    ///
    /// @param layer its name or kind, for messages
    public Image output(String layer, Image image, int channels) {
        try {
            ImageGrid grid = grid(image);
            return new Image(grid.outputHeight(), grid.outputWidth(), channels);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s: %s".formatted(layer, e.getMessage()), e);
        }
    }

    /// Its positions over an image.
    ImageGrid grid(Image image) {
        return new ImageGrid(
                image.height(),
                image.width(),
                kernel.height,
                kernel.width,
                stride.height,
                stride.width,
                padding.height,
                padding.width,
                dilation.height,
                dilation.width);
    }
}
