package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.EnumMap;
import java.util.Map;

/// Products with the patches of 3 × 3 windows by Winograd's convolution ([WinogradTiles]): a quarter of the flops of
/// patches. Rounding is some ten times that of patches, so it is for training alone.
///
/// Some images at a time are transformed, multiplied at each of the 36 places of a tile, and transformed back. The
/// gradient of the images is the same convolution with a window that is turned by half a turn.
final class WinogradRows implements KernelRows {
    private static final int AT_ONCE = 1 << 18; // elements of transformed images: 1 MiB
    private static final int LEAST_TILES = 64; // at a time, so that products are worth reading a kernel
    private static final int LEAST_WIDTH = 24; // channels and outputs: else transforms cost more than they save
    private static final int PLACES = WinogradTiles.PLACES;

    private final Scope scope;
    private final ImageGrid grid;
    private final int channels;
    private final int tiles; // of an image
    private final Map<Role, WinogradTiles> transforms = new EnumMap<>(Role.class);
    private final Tensor forwardTransform;
    private final Tensor backTransform;

    WinogradRows(Scope scope, ImageGrid grid, int channels) {
        this.scope = scope;
        this.grid = grid;
        this.channels = channels;
        this.tiles = WinogradTiles.tiles(grid);
        this.forwardTransform = WinogradTiles.kernelTransform(scope, false);
        this.backTransform = WinogradTiles.kernelTransform(scope, true);
    }

    /// Returns whether this is possible, and likely to be fast.
    ///
    /// @param outputs of a dense kernel, or the rank
    static boolean suits(DType type, ImageGrid grid, int channels, int outputs) {
        int window = WinogradTiles.WINDOW;
        boolean keepsSize = grid.equals(new ImageGrid(grid.height(), grid.width(), window, window, 1, 1, 1, 1, 1, 1));
        return keepsSize
                && type == DType.FLOAT32
                && Math.min(grid.height(), grid.width()) >= WinogradTiles.OUTPUTS
                && Math.min(channels, outputs) >= LEAST_WIDTH;
    }

    /// The transformed operand. Each has arrays of its own, whose zeros around the images stay.
    private enum Role {
        INPUT,
        OUTPUT,
        DELTA,
        DELTA_OF_KERNEL,
        INPUT_GRADIENT
    }

    private WinogradTiles transforms(Role role, int columns) {
        WinogradTiles there = transforms.get(role);
        if (there == null || there.channels() != columns) {
            there = new WinogradTiles(grid, columns);
            transforms.put(role, there);
        }
        return there;
    }

    /// Work on some images.
    @FunctionalInterface
    private interface Block {
        /// @param from the first pixel
        /// @param to the first pixel that is not among them
        /// @param count of tiles
        void run(int from, int to, int count);
    }

    /// Images at a time.
    ///
    /// @param width elements of a place and a tile, before and after products
    private int atOnce(int pixels, int width) {
        int most = Math.max(LEAST_TILES, AT_ONCE / (PLACES * width));
        return Math.min(pixels / grid.pixels(), Math.max(1, most / tiles));
    }

    private void forEachBlock(int pixels, int width, Block block) {
        int samples = pixels / grid.pixels();
        int atOnce = atOnce(pixels, width);
        for (int from = 0; from < samples; from += atOnce) {
            int to = Math.min(samples, from + atOnce);
            block.run(from * grid.pixels(), to * grid.pixels(), (to - from) * tiles);
        }
    }

    /// Room for the places of blocks.
    private Tensor places(Scope local, int pixels, int width, int columns) {
        return local.uninitialized(DType.FLOAT32, PLACES * atOnce(pixels, width) * tiles, columns);
    }

    /// A product of matrices at one place.
    @FunctionalInterface
    private interface Product {
        void run(int place, Tensor out, Tensor in);
    }

    /// `out ← ` the convolution of `in`.
    private void convolve(Role from, Tensor in, Role into, Tensor out, Accumulation how, Product product) {
        int width = in.columns() + out.columns();
        WinogradTiles ofInput = transforms(from, in.columns());
        WinogradTiles ofOutput = transforms(into, out.columns());
        try (Scope local = scope.inner("Winograd's convolution")) {
            Tensor ins = places(local, in.rows(), width, in.columns());
            Tensor outs = places(local, in.rows(), width, out.columns());
            forEachBlock(in.rows(), width, (first, end, count) -> {
                ofInput.inputsInto(ins, in.rows(first, end));
                for (int place = 0; place < PLACES; place++) {
                    product.run(place, at(outs, place, count), at(ins, place, count));
                }
                ofOutput.outputsInto(out.rows(first, end), outs, how);
            });
        }
    }

    /// Adds the gradient of a kernel at all places.
    private void gradients(Tensor x, Tensor D, Product product) {
        int width = x.columns() + D.columns();
        WinogradTiles ofInput = transforms(Role.INPUT, x.columns());
        WinogradTiles ofGradient = transforms(Role.DELTA_OF_KERNEL, D.columns());
        try (Scope local = scope.inner("Winograd's gradient")) {
            Tensor ins = places(local, x.rows(), width, x.columns());
            Tensor gradients = places(local, x.rows(), width, D.columns());
            forEachBlock(x.rows(), width, (from, to, count) -> {
                ofInput.inputsInto(ins, x.rows(from, to));
                ofGradient.gradientsInto(gradients, D.rows(from, to));
                for (int place = 0; place < PLACES; place++) {
                    product.run(place, at(gradients, place, count), at(ins, place, count));
                }
            });
        }
    }

    private static Tensor at(Tensor places, int place, int count) {
        return places.rows(place * count, (place + 1) * count);
    }

    /// A kernel `[9 · channels, r]` at all places, `[places · channels, r]`.
    private Tensor kernels(Scope local, Tensor transform, Tensor V) {
        Tensor gapless = V.isContiguous() ? V : V.copy(local);
        Tensor made = local.uninitialized(DType.FLOAT32, PLACES * channels, V.columns());
        int size = channels * V.columns();
        matmulInto(made.slice(0, PLACES, size), transform, gapless.slice(0, grid.offsets(), size));
        return made;
    }

    private Tensor kernel(Tensor kernels, int place) {
        return kernels.rows(place * channels, (place + 1) * channels); // [channels, r]
    }

    @Override
    public void multiply(Tensor x, Tensor V, WideRows xV) {
        try (Scope local = scope.inner("kernel")) {
            Tensor kernels = kernels(local, forwardTransform, V);
            convolve(
                    Role.INPUT,
                    x,
                    Role.OUTPUT,
                    xV.own(),
                    Accumulation.WRITE,
                    (place, out, in) -> matmulInto(out, in, kernel(kernels, place)));
        }
    }

    @Override
    public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
        try (Scope local = scope.inner("kernel")) {
            Tensor VS = f.gauge() == Gauge.FREE ? f.V() : matmulNT(local, f.V(), f.S()); // [n, r]
            Tensor kernels = kernels(local, backTransform, VS);
            convolve(
                    Role.DELTA,
                    D.own(),
                    Role.INPUT_GRADIENT,
                    into,
                    how,
                    (place, out, in) -> matmulNTInto(out, in, kernel(kernels, place)));
        }
    }

    @Override
    public void gradient(Tensor x, WideRows D, Tensor place, Accumulation how) {
        try (Scope local = scope.inner("gradient of a kernel")) {
            int r = place.columns();
            Tensor all = local.zeros(DType.FLOAT32, PLACES * channels, r);
            gradients(x, D.own(), (at, gradient, in) -> addMatmulTNInPlace(kernel(all, at), 1, in, gradient));
            boolean direct = how == Accumulation.WRITE && place.isContiguous();
            Tensor made = direct ? place : local.uninitialized(DType.FLOAT32, place.rows(), r);
            int size = channels * r;
            matmulTNInto(made.slice(0, grid.offsets(), size), forwardTransform, all.slice(0, PLACES, size));
            if (!direct) {
                how.put(made, place);
            }
        }
    }

    /// A dense kernel `[m, 9 · channels]` at all places, `[places, m · channels]`.
    private Tensor denseKernels(Scope local, Tensor transform, Tensor W) {
        int size = W.rows() * channels;
        Tensor byOffset = local.uninitialized(DType.FLOAT32, grid.offsets(), size);
        for (int offset = 0; offset < grid.offsets(); offset++) {
            byOffset.slice((long) offset * size, W.rows(), channels).copyFrom(at(W, offset));
        }
        Tensor made = local.uninitialized(DType.FLOAT32, PLACES, size);
        matmulInto(made, transform, byOffset);
        return made;
    }

    /// The columns of one offset of a dense kernel, `[m, channels]`.
    private Tensor at(Tensor W, int offset) {
        return W.columnRange(offset * channels, (offset + 1) * channels);
    }

    private Tensor denseKernel(Tensor kernels, int place) {
        int m = kernels.columns() / channels;
        return kernels.slice((long) place * kernels.columns(), m, channels);
    }

    @Override
    public void multiplyDense(Tensor x, Tensor W, Tensor z) {
        try (Scope local = scope.inner("kernel")) {
            Tensor kernels = denseKernels(local, forwardTransform, W);
            convolve(
                    Role.INPUT,
                    x,
                    Role.OUTPUT,
                    z,
                    Accumulation.WRITE,
                    (place, out, in) -> matmulNTInto(out, in, denseKernel(kernels, place)));
        }
    }

    @Override
    public void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how) {
        try (Scope local = scope.inner("kernel")) {
            Tensor kernels = denseKernels(local, backTransform, W);
            convolve(
                    Role.DELTA,
                    delta,
                    Role.INPUT_GRADIENT,
                    into,
                    how,
                    (place, out, in) -> matmulInto(out, in, denseKernel(kernels, place)));
        }
    }

    @Override
    public void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how) {
        try (Scope local = scope.inner("gradient of a kernel")) {
            Tensor all = local.zeros(DType.FLOAT32, PLACES, place.rows() * channels);
            gradients(x, delta, (at, gradient, in) -> addMatmulTNInPlace(denseKernel(all, at), 1, gradient, in));
            Tensor byOffset = local.uninitialized(DType.FLOAT32, grid.offsets(), all.columns());
            matmulTNInto(byOffset, forwardTransform, all);
            for (int offset = 0; offset < grid.offsets(); offset++) {
                how.put(byOffset.slice((long) offset * all.columns(), place.rows(), channels), at(place, offset));
            }
        }
    }
}
