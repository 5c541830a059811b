package dev.stiefel.tensor;

import java.lang.foreign.MemorySegment;

/// Layout of images' pixels, and of a window's positions over them, in one long matrix with zeros around every
/// image. Both have the same numbers: the window at position `j` sees, at kernel offset `[ky, kx]`, pixel `j + ky
/// · dilationHeight · pitch + kx`.
///
/// Neighbours share their zeros: `paddingWidth` pixels from one row to the next, and `paddingHeight` rows from one
/// image to the next. Numbers between the rows of positions belong to no position.
///
/// @param grid of a window of stride 1 that [#suits]
public record PaddedImages(ImageGrid grid) {
    /// Checks that it suits.
    public PaddedImages {
        if (!suits(grid)) {
            throw new IllegalArgumentException(
                    "padded images: stride and horizontal dilation must be 1, and padding less than the window; got "
                            + grid);
        }
    }

    /// Returns whether positions and pixels can have the same numbers.
    public static boolean suits(ImageGrid grid) {
        return grid.strideHeight() == 1
                && grid.strideWidth() == 1
                && grid.dilationWidth() == 1
                && grid.paddingWidth() < grid.kernelWidth()
                && grid.paddingHeight() <= grid.dilationHeight() * (grid.kernelHeight() - 1);
    }

    /// Numbers from a pixel to the one below.
    public int pitch() {
        return grid.width() + grid.paddingWidth();
    }

    /// Numbers of an image.
    public int perImage() {
        return (grid.height() + grid.paddingHeight()) * pitch();
    }

    /// Numbers of an image for each of its positions.
    public double waste() {
        return (double) perImage() / grid.positions();
    }

    /// Numbers from one row that the window sees to the next.
    public int kernelRow() {
        return grid.dilationHeight() * pitch();
    }

    /// Numbers that the window reaches beyond its position.
    public int reach() {
        return (grid.kernelHeight() - 1) * kernelRow() + grid.kernelWidth() - 1;
    }

    /// Copies the pixels of images to their places; what lies between stays as it is.
    ///
    /// @param padded `[at least images · perImage, channels]`, gapless
    /// @param from the first image
    /// @param count number of images
    public void spreadPixelsInto(Tensor padded, Tensor images, int from, int count) {
        int first = grid.paddingHeight() * pitch() + grid.paddingWidth();
        require("spreadPixelsInto", padded, images, from, count, grid.pixels(), 0);
        move(images, from * grid.pixels(), grid.width(), padded, first, count, grid.height(), grid.width(), true);
    }

    /// Copies the rows of positions to their places in the matrix, starting at row `offset`.
    public void spreadPositionsInto(Tensor padded, int offset, Tensor positions, int from, int count) {
        require("spreadPositionsInto", padded, positions, from, count, grid.positions(), offset);
        int first = from * grid.positions();
        move(
                positions,
                first,
                grid.outputWidth(),
                padded,
                offset,
                count,
                grid.outputHeight(),
                grid.outputWidth(),
                true);
    }

    /// Copies the rows of positions out of the long matrix.
    public void collectPositionsInto(Tensor positions, Tensor padded, int from, int count) {
        require("collectPositionsInto", padded, positions, from, count, grid.positions(), 0);
        int first = from * grid.positions();
        move(positions, first, grid.outputWidth(), padded, 0, count, grid.outputHeight(), grid.outputWidth(), false);
    }

    /// Copies the pixels of images out of the long matrix.
    public void collectPixelsInto(Tensor images, Tensor padded, int from, int count) {
        int first = grid.paddingHeight() * pitch() + grid.paddingWidth();
        require("collectPixelsInto", padded, images, from, count, grid.pixels(), 0);
        move(images, from * grid.pixels(), grid.width(), padded, first, count, grid.height(), grid.width(), false);
    }

    /// Adds the pixels of images in the long matrix to those of images.
    public void addPixelsInPlace(Tensor images, Tensor padded, int from, int count) {
        int first = grid.paddingHeight() * pitch() + grid.paddingWidth();
        require("addPixelsInPlace", padded, images, from, count, grid.pixels(), 0);
        for (int image = 0; image < count; image++) {
            for (int row = 0; row < grid.height(); row++) {
                int at = (from + image) * grid.pixels() + row * grid.width();
                int there = first + image * perImage() + row * pitch();
                Ops.axpyInPlace(images.rows(at, at + grid.width()), 1, padded.rows(there, there + grid.width()));
            }
        }
    }

    /// Copies rows between a matrix without gaps and a matrix with numbers between the rows.
    private void move(
            Tensor dense,
            int denseRow,
            int denseWidth,
            Tensor padded,
            int paddedRow,
            int images,
            int rows,
            int width,
            boolean spreads) {
        long element = dense.type().bytes();
        long length = dense.columns() * element;
        long denseStride = dense.rowStride() * element;
        boolean gapless = dense.isContiguous();
        MemorySegment one = dense.memory();
        MemorySegment other = padded.memory();
        Counts.moved(2L * images * rows * width * length);
        for (int image = 0; image < images; image++) {
            for (int row = 0; row < rows; row++) {
                long at = dense.start() + (denseRow + ((long) image * rows + row) * denseWidth) * denseStride;
                long to = padded.start() + (paddedRow + (long) image * perImage() + (long) row * pitch()) * length;
                if (gapless) {
                    copy(one, at, other, to, width * length, spreads);
                } else {
                    for (int column = 0; column < width; column++) {
                        copy(one, at + column * denseStride, other, to + column * length, length, spreads);
                    }
                }
            }
        }
    }

    private static void copy(MemorySegment one, long at, MemorySegment other, long to, long bytes, boolean forth) {
        if (forth) {
            MemorySegment.copy(one, at, other, to, bytes);
        } else {
            MemorySegment.copy(other, to, one, at, bytes);
        }
    }

    private void require(String operation, Tensor padded, Tensor dense, int from, int count, int each, int offset) {
        padded.requireOpen();
        dense.requireOpen();
        padded.requireMatrix(operation);
        dense.requireMatrix(operation);
        padded.requireContiguous(operation);
        padded.requireType(operation, dense.type());
        padded.requireDisjoint(operation, dense);
        if (padded.columns() != dense.columns()) {
            throw new IllegalArgumentException("%s: columns must be equal; got %s and %s"
                    .formatted(operation, padded.describe(), dense.describe()));
        }
        if (from < 0 || count < 0 || (from + (long) count) * each > dense.rows()) {
            throw new IllegalArgumentException("%s: %d images from number %d on must lie within %s"
                    .formatted(operation, count, from, dense.describe()));
        }
        if (offset < 0 || offset + (long) count * perImage() > padded.rows()) {
            throw new IllegalArgumentException("%s: %d images need %d rows from row %d on; got %s"
                    .formatted(operation, count, (long) count * perImage(), offset, padded.describe()));
        }
    }
}
