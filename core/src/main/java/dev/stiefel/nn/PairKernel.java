package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.axpyInPlace;

import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Tensor;

/// A kernel for two neighbouring positions at once. A window that is one pixel wider and moves two pixels at a
/// time sees what both positions see; its outputs are those of the left position, then those of the right one.
/// So a row of its results is two rows of positions.
///
/// The flops are `(kw + 1) / kw` times those of one position at a time, but results are twice as wide, and
/// generated code computes sixteen columns as fast as eight.
///
/// @param grid of single positions
/// @param channels of the images
record PairKernel(ImageGrid grid, int channels) {
    /// Returns whether positions come in pairs.
    static boolean suits(ImageGrid grid) {
        return grid.strideWidth() == 1
                && grid.dilationWidth() == 1
                && grid.kernelWidth() > 1
                && grid.outputWidth() % 2 == 0;
    }

    /// The grid of the window that covers two positions.
    ImageGrid pairs() {
        return new ImageGrid(
                grid.height(),
                grid.width(),
                grid.kernelHeight(),
                grid.kernelWidth() + 1,
                grid.strideHeight(),
                2,
                grid.paddingHeight(),
                grid.paddingWidth(),
                grid.dilationHeight(),
                1);
    }

    /// Rows of the kernel for two positions.
    int rows() {
        return grid.kernelHeight() * (grid.kernelWidth() + 1) * channels;
    }

    /// Work on the rows of the kernel that the same row of the window meets.
    private interface KernelRow {
        void meet(Tensor single, Tensor left, Tensor right);
    }

    private void forEachRow(Tensor single, Tensor pair, KernelRow row) {
        int width = grid.kernelWidth() * channels;
        int r = pair.columns() / 2;
        for (int ky = 0; ky < grid.kernelHeight(); ky++) {
            int from = ky * (width + channels);
            row.meet(
                    single.rows(ky * width, (ky + 1) * width),
                    pair.rows(from, from + width).columnRange(0, r),
                    pair.rows(from + channels, from + channels + width).columnRange(r, 2 * r));
        }
    }

    /// Writes `V` into the kernel for two positions; zeros stay.
    ///
    /// @param V `[offsets · channels, r]`
    /// @param pair `[rows, 2 · width]`, zeros the first time
    void spread(Tensor V, Tensor pair) {
        int r = V.columns();
        forEachRow(V, pair, (single, left, right) -> {
            left.columnRange(0, r).copyFrom(single);
            right.columnRange(0, r).copyFrom(single);
        });
    }

    /// `place ← ` the gradient of `V` from that of the kernel for two positions, or what it was plus that.
    void collect(Tensor pair, Tensor place, Accumulation how) {
        int r = place.columns();
        forEachRow(place, pair, (single, left, right) -> {
            how.put(left.columnRange(0, r), single);
            axpyInPlace(single, 1, right.columnRange(0, r));
        });
    }
}
