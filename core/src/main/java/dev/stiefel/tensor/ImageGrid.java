package dev.stiefel.tensor;

/// Positions of a window that moves over an image: which pixels each output position sees.
///
/// Output position `[oy, ox]` sees, at kernel offset `[ky, kx]`, pixel
/// `[oy · strideHeight − paddingHeight + ky · dilationHeight, …]`, which is 0 where it lies outside of the image.
///
/// @param height of the image, in pixels
/// @param width of the image, in pixels
/// @param kernelHeight of the window, in pixels it sees
/// @param kernelWidth of the window
/// @param strideHeight pixels from one output position to the one below
/// @param strideWidth pixels from one output position to the next
/// @param paddingHeight rows of zeros above and below the image
/// @param paddingWidth columns of zeros left and right of the image
/// @param dilationHeight pixels from one row that the window sees to the next
/// @param dilationWidth pixels from one column that the window sees to the next
public record ImageGrid(
        int height,
        int width,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth) {
    /// Checks that the window fits the padded image.
    public ImageGrid {
        requireAtLeast(1, "height", height);
        requireAtLeast(1, "width", width);
        requireAtLeast(1, "kernel height", kernelHeight);
        requireAtLeast(1, "kernel width", kernelWidth);
        requireAtLeast(1, "stride", Math.min(strideHeight, strideWidth));
        requireAtLeast(0, "padding", Math.min(paddingHeight, paddingWidth));
        requireAtLeast(1, "dilation", Math.min(dilationHeight, dilationWidth));
        if (outputs(height, kernelHeight, 1, paddingHeight, dilationHeight) < 1
                || outputs(width, kernelWidth, 1, paddingWidth, dilationWidth) < 1) {
            throw new IllegalArgumentException("a window of %d × %d pixels%s must fit an image of %d × %d%s"
                    .formatted(
                            kernelHeight,
                            kernelWidth,
                            dilationHeight == 1 && dilationWidth == 1
                                    ? ""
                                    : " with dilation %d × %d".formatted(dilationHeight, dilationWidth),
                            height,
                            width,
                            paddingHeight == 0 && paddingWidth == 0
                                    ? ""
                                    : " with padding %d × %d".formatted(paddingHeight, paddingWidth)));
        }
    }

    private static void requireAtLeast(int least, String what, int value) {
        if (value < least) {
            throw new IllegalArgumentException(
                    "image grid: %s must be at least %d; got %d".formatted(what, least, value));
        }
    }

    private static int outputs(int size, int kernel, int stride, int padding, int dilation) {
        return Math.floorDiv(size + 2 * padding - dilation * (kernel - 1) - 1, stride) + 1;
    }

    /// Rows of output positions.
    public int outputHeight() {
        return outputs(height, kernelHeight, strideHeight, paddingHeight, dilationHeight);
    }

    /// Columns of output positions.
    public int outputWidth() {
        return outputs(width, kernelWidth, strideWidth, paddingWidth, dilationWidth);
    }

    /// Pixels of the image.
    public int pixels() {
        return height * width;
    }

    /// Output positions.
    public int positions() {
        return outputHeight() * outputWidth();
    }

    /// Pixels that the window sees.
    public int offsets() {
        return kernelHeight * kernelWidth;
    }

    /// Returns whether each output position sees just the pixel of its own number.
    public boolean isPointwise() {
        return offsets() == 1 && strideHeight == 1 && strideWidth == 1 && paddingHeight == 0 && paddingWidth == 0;
    }

    /// Returns whether each output position sees a pixel at some kernel offset.
    public boolean seesEverywhere() {
        return seen(outputHeight(), height, kernelHeight, strideHeight, paddingHeight, dilationHeight)
                && seen(outputWidth(), width, kernelWidth, strideWidth, paddingWidth, dilationWidth);
    }

    private static boolean seen(int outputs, int size, int kernel, int stride, int padding, int dilation) {
        for (int o = 0; o < outputs; o++) {
            int first = o * stride - padding;
            boolean sees = false;
            for (int k = 0; k < kernel && !sees; k++) {
                int at = first + k * dilation;
                sees = at >= 0 && at < size;
            }
            if (!sees) {
                return false;
            }
        }
        return true;
    }

    /// A position's pixel at a kernel offset.
    @FunctionalInterface
    public interface Pair {
        /// A position sees a pixel.
        ///
        /// @param position number of the output position, row by row
        /// @param pixel number of the pixel, row by row
        /// @param offset number of the kernel offset, row by row
        void meet(int position, int pixel, int offset);
    }

    /// Calls for every pixel of one image that a position sees, kernel offset by kernel offset.
    public void forEachPair(Pair pair) {
        for (int offset = 0; offset < offsets(); offset++) {
            int kx = offset % kernelWidth;
            for (int oy = 0; oy < outputHeight(); oy++) {
                int iy = imageRow(oy, offset / kernelWidth);
                if (iy < 0 || iy >= height) {
                    continue;
                }
                for (int ox = firstColumn(kx); ox <= lastColumn(kx); ox++) {
                    pair.meet(oy * outputWidth() + ox, iy * width + imageColumn(ox, kx), offset);
                }
            }
        }
    }

    /// Row of the image that a row of output positions sees at kernel row `ky`; may lie outside.
    int imageRow(int outputRow, int ky) {
        return outputRow * strideHeight - paddingHeight + ky * dilationHeight;
    }

    /// Column of the image that a column of output positions sees at kernel column `kx`; may lie outside.
    int imageColumn(int outputColumn, int kx) {
        return outputColumn * strideWidth - paddingWidth + kx * dilationWidth;
    }

    /// First column of output positions whose pixel at kernel column `kx` lies within the image.
    int firstColumn(int kx) {
        return Math.max(0, Math.ceilDiv(paddingWidth - kx * dilationWidth, strideWidth));
    }

    /// Last column of output positions whose pixel at kernel column `kx` lies within the image; less than
    /// [#firstColumn] if there is none.
    int lastColumn(int kx) {
        return Math.min(outputWidth() - 1, Math.floorDiv(width - 1 + paddingWidth - kx * dilationWidth, strideWidth));
    }
}
