package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageConvolution;
import dev.stiefel.tensor.ImageConvolution.KernelForm;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Products with the patches of images by oneDNN's convolutions ([ImageConvolution]), whose code never gathers patches.
/// For a factored kernel, `V` is the kernel of a convolution with `r` outputs.
///
/// That code is generated for the number of outputs, and ranks change while a network trains; so `V` gets columns of
/// zeros up to a multiple of [#MULTIPLE], and rows of `r` numbers zeros behind them ([WideRows]).
final class DirectRows implements KernelRows {
    private static final int MULTIPLE = 8; // half a vector register
    private static final int AT_ONCE = 1 << 17; // elements: 512 KiB

    private final Scope scope;
    private final ImageGrid grid;
    private final int channels;
    private final PairKernel pairKernel;
    private @Nullable ImageConvolution convolution;
    private @Nullable ImageConvolution backward; // with the kernel V Sᵀ
    private @Nullable ImageConvolution pairs;
    private @Nullable Tensor pairsOf;
    private @Nullable Tensor pairV;
    private @Nullable Tensor pairGradient;
    private @Nullable Tensor kernel;
    private @Nullable Tensor wideKernel;
    private @Nullable Tensor wideGradient;
    private @Nullable Tensor embedding; // [r, width]: ones on the diagonal
    private @Nullable Tensor roomInput;
    private @Nullable Tensor roomDelta;
    private @Nullable Tensor roomResult;
    private @Nullable Tensor part; // of the images' gradient
    private @Nullable WideRows roomDS;

    DirectRows(Scope scope, ImageGrid grid, int channels) {
        this.scope = scope;
        this.grid = grid;
        this.channels = channels;
        this.pairKernel = new PairKernel(grid, channels);
    }

    /// Columns that `r` become.
    static int widthOf(int r) {
        return Math.ceilDiv(r, MULTIPLE) * MULTIPLE;
    }

    /// Returns whether this is possible, and fast.
    ///
    /// @param outputs of a dense kernel, or the rank
    static boolean suits(DType type, ImageGrid grid, int channels, int outputs) {
        return type == DType.FLOAT32
                && ImageConvolution.hasForward(grid, channels, outputs)
                && ImageConvolution.hasKernelGradient(grid, channels, outputs)
                && (channels == 1 || ImageConvolution.hasInputGradient(grid, channels, outputs));
    }

    @Override
    public int width(int r) {
        return widthOf(r);
    }

    private ImageConvolution convolution(int outputs, KernelForm form) {
        ImageConvolution made = convolution;
        if (made == null || made.outputs() != outputs) { // the core of a step may be no square
            made = new ImageConvolution(scope, grid, channels, outputs, form);
            convolution = made;
            kernel = null;
        }
        return made;
    }

    private ImageConvolution dense(Tensor W) {
        ImageConvolution made = convolution(W.rows(), KernelForm.ROWS);
        if (kernel != W) {
            made.useKernel(W);
            kernel = W;
        }
        return made;
    }

    private ImageConvolution factored(Tensor V) {
        int r = V.columns();
        ImageConvolution made = convolution(width(r), KernelForm.COLUMNS);
        if (kernel != V) {
            if (width(r) == r && V.isContiguous()) {
                made.useKernel(V);
            } else {
                Tensor wide = wideKernel;
                if (wide == null || wide.columns() != width(r)) {
                    wide = scope.uninitialized(V.type(), V.rows(), width(r));
                    wideKernel = wide;
                }
                matmulInto(wide, V, embedding(r)); // [n, width]
                made.useKernel(wide);
            }
            kernel = V;
        }
        return made;
    }

    private Tensor embedding(int r) {
        Tensor made = embedding;
        if (made == null || made.rows() != r) {
            made = scope.zeros(DType.FLOAT32, r, width(r));
            for (int i = 0; i < r; i++) {
                made.set(i, i, 1);
            }
            embedding = made;
        }
        return made;
    }

    /// The input's rows without gaps between them.
    private Tensor gaplessInput(Tensor rows) {
        if (rows.isContiguous()) {
            return rows;
        }
        roomInput = roomFor(rows, roomInput);
        return copy(rows, roomInput);
    }

    /// Rows of the gradient of the outputs without gaps between them.
    private Tensor gaplessDelta(Tensor rows) {
        if (rows.isContiguous()) {
            return rows;
        }
        roomDelta = roomFor(rows, roomDelta);
        return copy(rows, roomDelta);
    }

    private Tensor roomFor(Tensor rows, @Nullable Tensor there) {
        return WeightProduct.room(there, scope, rows.type(), rows.rows(), rows.columns());
    }

    private static Tensor copy(Tensor rows, Tensor room) {
        Tensor copy = WeightProduct.top(room, rows.rows());
        copy.copyFrom(rows);
        return copy;
    }

    /// Returns whether two positions at once are faster.
    private boolean inPairs(int r) {
        return width(r) == MULTIPLE && PairKernel.suits(grid);
    }

    private ImageConvolution pairs() {
        ImageConvolution made = pairs;
        if (made == null) {
            made = new ImageConvolution(scope, pairKernel.pairs(), channels, 2 * MULTIPLE, KernelForm.COLUMNS);
            pairs = made;
        }
        return made;
    }

    /// Two rows of positions in each.
    private static Tensor twoInARow(Tensor rows) {
        return rows.slice(0, rows.rows() / 2, 2 * rows.columns());
    }

    @Override
    public void multiply(Tensor x, Tensor V, WideRows xV) {
        if (!inPairs(V.columns())) {
            factored(V).forwardInto(xV.wide(), gaplessInput(x));
            return;
        }
        ImageConvolution made = pairs();
        if (pairsOf != V) {
            Tensor both = pairV;
            if (both == null) {
                both = scope.zeros(V.type(), pairKernel.rows(), 2 * MULTIPLE);
                pairV = both;
            }
            pairKernel.spread(V, both);
            made.useKernel(both);
            pairsOf = V;
        }
        made.forwardInto(twoInARow(xV.wide()), gaplessInput(x));
    }

    private void gradientInPairs(Tensor images, Tensor D, Tensor place, Accumulation how) {
        Tensor both = pairGradient;
        if (both == null) {
            both = scope.uninitialized(place.type(), pairKernel.rows(), 2 * MULTIPLE);
            pairGradient = both;
        }
        pairs().kernelGradientInto(both, images, twoInARow(D));
        pairKernel.collect(both, place, how);
    }

    @Override
    public void gradient(Tensor x, WideRows D, Tensor place, Accumulation how) {
        int r = place.columns();
        Tensor images = gaplessInput(x);
        if (inPairs(r)) {
            gradientInPairs(images, D.wide(), place, how);
            return;
        }
        ImageConvolution made = convolution(width(r), KernelForm.COLUMNS);
        if (width(r) == r && place.isContiguous()) {
            gradient(made, place, images, D.wide(), how);
            return;
        }
        Tensor wide = wideGradient;
        if (wide == null || wide.columns() != width(r)) {
            wide = scope.uninitialized(place.type(), place.rows(), width(r));
            wideGradient = wide;
        }
        made.kernelGradientInto(wide, images, D.wide());
        switch (how) {
            case WRITE -> matmulNTInto(place, wide, embedding(r)); // [n, r]
            case ADD -> addMatmulNTInPlace(place, 1, wide, embedding(r));
        }
    }

    private static void gradient(
            ImageConvolution made, Tensor place, Tensor images, Tensor positions, Accumulation how) {
        switch (how) {
            case WRITE -> made.kernelGradientInto(place, images, positions);
            case ADD -> made.addKernelGradientInPlace(place, images, positions);
        }
    }

    @Override
    public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
        if (f.gauge() == Gauge.FREE) {
            inputGradient(factored(f.V()), D.wide(), into, how);
        } else if (D.own().rows() >= f.columns()) {
            inputGradient(withCore(f), D.wide(), into, how);
        } else {
            roomDS = coreRoom(roomDS, scope, D, f);
            inputGradient(factored(f.V()), FactorRows.timesCore(D, f, roomDS).wide(), into, how);
        }
    }

    /// The convolution with the kernel `V Sᵀ`, which is cheaper than `D S` where positions are many.
    private ImageConvolution withCore(Factors f) {
        int r = f.U().columns();
        ImageConvolution made = backward;
        if (made == null) {
            made = new ImageConvolution(scope, grid, channels, width(r), KernelForm.COLUMNS);
            Tensor kernelWithCore = scope.uninitialized(f.type(), f.columns(), width(r));
            matmulInto(kernelWithCore, f.V(), matmulTN(scope, f.S(), embedding(r))); // [n, width]
            made.useKernel(kernelWithCore);
            backward = made;
        }
        return made;
    }

    private void inputGradient(ImageConvolution made, Tensor positions, Tensor into, Accumulation how) {
        if (how == Accumulation.WRITE && into.isContiguous()) {
            made.inputGradientInto(into, positions);
            return;
        }
        int samples = into.rows() / grid.pixels();
        int atOnce = Math.min(samples, Math.max(1, AT_ONCE / (grid.pixels() * channels)));
        Tensor room = WeightProduct.room(part, scope, into.type(), atOnce * grid.pixels(), channels);
        part = room;
        for (int from = 0; from < samples; from += atOnce) {
            int to = Math.min(samples, from + atOnce);
            Tensor some = WeightProduct.top(room, (to - from) * grid.pixels());
            made.inputGradientInto(some, positions.rows(from * grid.positions(), to * grid.positions()));
            Tensor place = into.rows(from * grid.pixels(), to * grid.pixels());
            how.put(some, place);
        }
    }

    @Override
    public void multiplyDense(Tensor x, Tensor W, Tensor z) {
        Tensor images = gaplessInput(x);
        if (z.isContiguous()) {
            dense(W).forwardInto(z, images);
        } else {
            roomResult = roomFor(z, roomResult);
            Tensor result = WeightProduct.top(roomResult, z.rows());
            dense(W).forwardInto(result, images);
            z.copyFrom(result);
        }
    }

    @Override
    public void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how) {
        ImageConvolution made = convolution(place.rows(), KernelForm.ROWS);
        gradient(made, place, gaplessInput(x), gaplessDelta(delta), how);
    }

    @Override
    public void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how) {
        inputGradient(dense(W), gaplessDelta(delta), into, how);
    }
}
