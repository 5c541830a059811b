package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.PaddedImages;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Products with the patches of images that are never gathered, for windows of stride 1.
///
/// In a copy of the images with zeros around them ([PaddedImages]), the values in one row of a window are
/// contiguous: `kw · channels` numbers. Those of the next position begin `channels` numbers later. The values
/// at every `kw`-th position are therefore the rows of a matrix without gaps. So for each row of the kernel and
/// each of the `kw` classes of positions there is one product, and the rows of the kernel are added up:
///
///     z_j = Σ_ky  x[j + ky · pitch … + kw − 1] W_kyᵀ        j = i · kw + class,   i = 0, 1, …
///
/// Positions between the images are computed as well, and left out when results are copied: `(1 + ph / h) (1 +
/// pw / w)` times the flops, against `kh · kw` copies of every pixel. The way back is the same with the kernel
/// reversed.
///
/// Products are fast where what comes out is at least as wide as a vector register. At small ranks the way
/// forward therefore computes two neighbouring positions at once, from a window that is one wider; and the
/// gradient of `V` is computed transposed.
final class PaddedRows implements KernelRows {
    private static final int AT_ONCE = 1 << 17; // elements of padded images at a time: 512 KiB
    private static final double WORTH_OVER_PATCHES = 20;
    private static final double WORTH_OVER_SHIFTS = 48;
    private static final int LEAST_INNER = 32;
    private static final int NARROW = 8; // half a vector register

    private final Scope scope;
    private final ImageGrid grid;
    private final PaddedImages padded;
    private final int channels;
    private final int kw;
    private @Nullable Tensor pixels; // with zeros around the images
    private @Nullable Tensor positionSums; // results of products
    private @Nullable Tensor pixelSums; // likewise, on the way back
    private @Nullable Tensor spread; // rows of positions, with zeros in between
    private @Nullable Tensor spreadBack; // likewise, for the gradient of the input
    private @Nullable Tensor reversed;
    private @Nullable Tensor reversedOf;
    private @Nullable WideRows roomDS;
    private @Nullable Tensor twoPositions;
    private @Nullable Tensor twoPositionsOf;
    private @Nullable Tensor gradient; // transposed
    private @Nullable Tensor identity;

    PaddedRows(Scope scope, ImageGrid grid, int channels) {
        this.scope = scope;
        this.grid = grid;
        this.padded = new PaddedImages(grid);
        this.channels = channels;
        this.kw = grid.kernelWidth();
    }

    /// Returns whether this is faster than [PatchRows]: what is computed in vain against what is copied.
    ///
    /// @param width columns that come out of a product with patches
    static boolean beatsPatches(ImageGrid grid, int channels, int width) {
        return inVain(grid, channels, width) < WORTH_OVER_PATCHES;
    }

    /// Returns whether this is faster than [ShiftedRows].
    ///
    /// @param width columns that come out of a product with patches
    static boolean beatsShifts(ImageGrid grid, int channels, int width) {
        return inVain(grid, channels, width) < WORTH_OVER_SHIFTS;
    }

    /// Multiplications in vain, for each element of the patches.
    private static double inVain(ImageGrid grid, int channels, int width) {
        return PaddedImages.suits(grid) && grid.kernelWidth() * channels >= LEAST_INNER
                ? (new PaddedImages(grid).waste() - 1) * width
                : Double.POSITIVE_INFINITY;
    }

    /// Work on some images.
    @FunctionalInterface
    private interface Block {
        /// @param from the first image
        /// @param count number of samples
        /// @param rows of each class of positions
        void run(int from, int count, int rows);
    }

    private int samplesAtOnce(int samples) {
        return Math.min(samples, Math.max(1, AT_ONCE / (padded.perImage() * channels)));
    }

    private int classRows(int samples) {
        return Math.ceilDiv(samples * padded.perImage(), kw);
    }

    /// Rows that the last ones of all classes reach: at most `kw` behind the last image.
    private int reached(int samples) {
        return samplesAtOnce(samples) * padded.perImage() + 2 * (kw + 1);
    }

    private void forEachBlock(int samples, Block block) {
        int atOnce = samplesAtOnce(samples);
        for (int from = 0; from < samples; from += atOnce) {
            int count = Math.min(atOnce, samples - from);
            block.run(from, count, classRows(count));
        }
    }

    /// Room for so many images, all zeros when it is made.
    private Tensor zeros(@Nullable Tensor there, DType type, int rows, int columns) {
        return there != null && there.rows() >= rows && there.columns() == columns
                ? there
                : scope.zeros(type, rows, columns);
    }

    /// The pixels of some images, with zeros around them.
    private Tensor pixels(Tensor x, int samples, int from, int count) {
        Tensor all = zeros(pixels, x.type(), reached(samples) + padded.reach(), channels);
        pixels = all;
        padded.spreadPixelsInto(all, x, from, count);
        return all;
    }

    /// Rows of positions, with zeros in between and in front.
    private Tensor spread(@Nullable Tensor there, Tensor rows, int samples, int from, int count) {
        Tensor room = zeros(there, rows.type(), padded.reach() + reached(samples), rows.columns());
        padded.spreadPositionsInto(room, padded.reach(), rows, from, count);
        int end = padded.reach() + count * padded.perImage();
        room.rows(end, end + kw).clear(); // which the last rows of classes reach, where more images were before
        return room;
    }

    private Tensor sums(@Nullable Tensor there, DType type, int samples, int columns) {
        return zeros(there, type, reached(samples), columns);
    }

    /// The values in the window for a row of it, at every `kw`-th position: `[rows, kw · columns]`.
    private Tensor windows(Tensor of, int first, int rows) {
        return of.slice((long) first * of.columns(), rows, kw * of.columns());
    }

    /// Every `kw`-th row: `[rows, columns]`.
    private Tensor everyRow(Tensor of, int first, int rows) {
        return windows(of, first, rows).columnRange(0, of.columns());
    }

    /// A row of the kernel among the rows of `[kh · kw · n, …]`.
    private Tensor kernelRow(Tensor of, int ky, int n) {
        return of.rows(ky * kw * n, (ky + 1) * kw * n);
    }

    private Tensor kernelColumns(Tensor of, int ky, int n) {
        return of.columnRange(ky * kw * n, (ky + 1) * kw * n);
    }

    @Override
    public void multiply(Tensor x, Tensor V, WideRows wide) {
        Tensor xV = wide.own();
        int samples = x.rows() / grid.pixels();
        boolean inTwos = V.columns() <= NARROW && kw % 2 == 1;
        forEachBlock(samples, (from, count, rows) -> {
            Tensor X = pixels(x, samples, from, count);
            Tensor Z = sums(positionSums, x.type(), samples, V.columns());
            positionSums = Z;
            if (inTwos) {
                multiplyInTwos(X, V, Z, count);
            } else {
                for (int c = 0; c < kw; c++) {
                    Tensor out = everyRow(Z, c, rows);
                    for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                        Tensor seen = windows(X, c + ky * padded.kernelRow(), rows);
                        addMatmulInPlace(out, ky == 0 ? 0 : 1, 1, seen, kernelRow(V, ky, channels)); // [rows, r]
                    }
                }
            }
            padded.collectPositionsInto(xV, Z, from, count);
        });
    }

    /// Two neighbouring positions at once: of every `kw + 1` positions, pair by pair.
    private void multiplyInTwos(Tensor X, Tensor V, Tensor Z, int images) {
        int r = V.columns();
        int period = kw + 1;
        int rows = Math.ceilDiv(images * padded.perImage(), period);
        Tensor both = twoPositions(V);
        for (int c = 0; c < period; c += 2) {
            Tensor out = Z.slice((long) c * r, rows, period * r).columnRange(0, 2 * r);
            for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                Tensor seen = X.slice((long) (c + ky * padded.kernelRow()) * channels, rows, period * channels);
                Tensor factor = both.rows(ky * period * channels, (ky + 1) * period * channels);
                addMatmulInPlace(out, ky == 0 ? 0 : 1, 1, seen, factor); // [rows, 2 r]
            }
        }
    }

    /// The matrix `[[V_ky, 0], [0, V_ky]]` for each row of the kernel; its second part is a pixel further down.
    private Tensor twoPositions(Tensor V) {
        if (twoPositionsOf != V || twoPositions == null) {
            int r = V.columns();
            int height = (kw + 1) * channels;
            Tensor made = scope.zeros(V.type(), grid.kernelHeight() * height, 2 * r);
            for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                Tensor own = kernelRow(V, ky, channels);
                int first = ky * height;
                made.rows(first, first + own.rows()).columnRange(0, r).copyFrom(own);
                int second = first + channels;
                made.rows(second, second + own.rows()).columnRange(r, 2 * r).copyFrom(own);
            }
            twoPositions = made;
            twoPositionsOf = V;
        }
        return twoPositions;
    }

    @Override
    public void gradient(Tensor x, WideRows wide, Tensor place, Accumulation how) {
        Tensor D = wide.own();
        int samples = x.rows() / grid.pixels();
        int r = D.columns();
        if (gradient == null || gradient.rows() != r) {
            gradient = scope.uninitialized(D.type(), r, place.rows());
        }
        Tensor transposed = gradient;
        transposed.clear();
        addGradient(x, D, samples, transposed);
        Tensor one = identity(D.type(), r);
        switch (how) {
            case WRITE -> matmulTNInto(place, transposed, one); // [n, r]
            case ADD -> addMatmulTNInPlace(place, 1, transposed, one);
        }
    }

    /// `place ← place + Dᵀ P(x)`.
    private void addGradient(Tensor x, Tensor D, int samples, Tensor place) {
        forEachBlock(samples, (from, count, rows) -> {
            Tensor X = pixels(x, samples, from, count);
            Tensor all = spread(spread, D, samples, from, count);
            spread = all;
            for (int c = 0; c < kw; c++) {
                Tensor some = everyRow(all, padded.reach() + c, rows);
                for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                    Tensor seen = windows(X, c + ky * padded.kernelRow(), rows);
                    addMatmulTNInPlace(kernelColumns(place, ky, channels), 1, some, seen); // [r, kw · channels]
                }
            }
        });
    }

    private Tensor identity(DType type, int r) {
        Tensor one = identity;
        if (one == null || one.rows() != r) {
            one = scope.identity(type, r);
            identity = one;
        }
        return one;
    }

    @Override
    public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
        roomDS = coreRoom(roomDS, scope, D, f);
        Tensor left = FactorRows.timesCore(D, f, roomDS).own();
        int r = f.V().columns();
        Tensor G = reversedFactor(f.V(), r); // [channels, kh · kw · r]
        back(left, into, how, (out, beta, seen, ky) -> addMatmulNTInPlace(out, beta, 1, seen, kernelColumns(G, ky, r)));
    }

    /// A product on the way back.
    @FunctionalInterface
    private interface BackProduct {
        void add(Tensor out, double beta, Tensor seen, int ky);
    }

    private void back(Tensor rows, Tensor into, Accumulation how, BackProduct product) {
        int samples = into.rows() / grid.pixels();
        forEachBlock(samples, (from, count, classRows) -> {
            Tensor all = spread(spreadBack, rows, samples, from, count);
            spreadBack = all;
            Tensor P = sums(pixelSums, into.type(), samples, channels);
            pixelSums = P;
            for (int c = 0; c < kw; c++) {
                Tensor out = everyRow(P, c, classRows);
                for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                    // The row of positions that sees pixel p in kernel row ky ends at p − ky · kernelRow.
                    int first = padded.reach() - (kw - 1) - ky * padded.kernelRow() + c;
                    product.add(out, ky == 0 ? 0 : 1, windows(all, first, classRows), ky);
                }
            }
            switch (how) {
                case WRITE -> padded.collectPixelsInto(into, P, from, count);
                case ADD -> padded.addPixelsInPlace(into, P, from, count);
            }
        });
    }

    /// `V_q` for each kernel offset side by side, each row of the kernel from right to left.
    private Tensor reversedFactor(Tensor V, int r) {
        if (reversedOf != V || reversed == null) {
            Tensor made = scope.uninitialized(V.type(), channels, grid.offsets() * r);
            forEachReversed(
                    (t, q) -> made.columnRange(t * r, (t + 1) * r).copyFrom(V.rows(q * channels, (q + 1) * channels)));
            reversed = made;
            reversedOf = V;
        }
        return reversed;
    }

    /// `W_q` for each kernel offset one below another, each row of the kernel from right to left.
    private Tensor reversedKernel(Tensor W) {
        int m = W.rows();
        if (reversedOf != W || reversed == null) {
            Tensor made = scope.uninitialized(W.type(), grid.offsets() * m, channels);
            forEachReversed(
                    (t, q) -> made.rows(t * m, (t + 1) * m).copyFrom(W.columnRange(q * channels, (q + 1) * channels)));
            reversed = made;
            reversedOf = W;
        }
        return reversed;
    }

    /// Kernel offsets with their numbers where each row of the kernel goes from right to left.
    @FunctionalInterface
    private interface Reversal {
        void meet(int reversed, int offset);
    }

    private void forEachReversed(Reversal reversal) {
        for (int ky = 0; ky < grid.kernelHeight(); ky++) {
            for (int kx = 0; kx < kw; kx++) {
                reversal.meet(ky * kw + kw - 1 - kx, ky * kw + kx);
            }
        }
    }

    @Override
    public void multiplyDense(Tensor x, Tensor W, Tensor z) {
        int samples = x.rows() / grid.pixels();
        forEachBlock(samples, (from, count, rows) -> {
            Tensor X = pixels(x, samples, from, count);
            Tensor Z = sums(positionSums, x.type(), samples, W.rows());
            positionSums = Z;
            for (int c = 0; c < kw; c++) {
                Tensor out = everyRow(Z, c, rows);
                for (int ky = 0; ky < grid.kernelHeight(); ky++) {
                    Tensor seen = windows(X, c + ky * padded.kernelRow(), rows);
                    addMatmulNTInPlace(out, ky == 0 ? 0 : 1, 1, seen, kernelColumns(W, ky, channels)); // [rows, m]
                }
            }
            padded.collectPositionsInto(z, Z, from, count);
        });
    }

    @Override
    public void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how) {
        if (how == Accumulation.WRITE) {
            place.clear();
        }
        addGradient(x, delta, x.rows() / grid.pixels(), place); // [m, n]
    }

    @Override
    public void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how) {
        Tensor F = reversedKernel(W); // [kh · kw · m, channels]
        back(
                delta,
                into,
                how,
                (out, beta, seen, ky) -> addMatmulInPlace(out, beta, 1, seen, kernelRow(F, ky, W.rows())));
    }
}
