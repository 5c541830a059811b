package dev.stiefel.nn;

import static dev.stiefel.nn.WeightProduct.room;
import static dev.stiefel.nn.WeightProduct.top;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.ImageRows;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Products of patches with a factor, without patches of the input. `V` is cut into a block `V_q [channels, r]` for
/// each kernel offset `q`, side by side in `B = [V_1 | V_2 | …]`, and only what has `r` channels is shifted:
///
///     P(x) V   = Σ_q shift_q((x B)_q)
///     P(x)ᵀ D  = xᵀ [shift_1ᵀ D | shift_2ᵀ D | …], its blocks one below another
///     Pᵀ(D Vᵀ) = [shift_1ᵀ D | shift_2ᵀ D | …] Bᵀ
///
/// With stride 1 and padding that keeps the size, the flops are those of patches; what moves is
/// `kernel height · kernel width · r` numbers a pixel instead of `kernel height · kernel width · channels`.
final class ShiftedRows implements FactorRows {
    private static final int SHIFTED = 1 << 18; // elements at a time: 1 MiB

    private final Scope scope;
    private final ImageGrid grid;
    private final int channels;
    private @Nullable Tensor of; // the V of the blocks
    private @Nullable Tensor blocks; // B
    private @Nullable Tensor shifted;
    private @Nullable Tensor sums;
    private @Nullable WideRows roomDS;

    ShiftedRows(Scope scope, ImageGrid grid, int channels) {
        this.scope = scope;
        this.grid = grid;
        this.channels = channels;
    }

    /// Work on some images.
    @FunctionalInterface
    private interface Block {
        /// @param from the first image
        /// @param to the first image that is not among them
        /// @param shifted `[(to − from) · pixels, offsets · r]`: room
        void run(int from, int to, Tensor shifted);
    }

    private void forEachBlock(Tensor like, int samples, int r, Block block) {
        int width = grid.offsets() * r;
        int atOnce = Math.min(samples, Math.max(1, SHIFTED / (grid.pixels() * width)));
        if (shifted == null || shifted.columns() != width) {
            shifted = null; // of another rank
        }
        Tensor all = room(shifted, scope, like.type(), atOnce * grid.pixels(), width);
        shifted = all;
        for (int from = 0; from < samples; from += atOnce) {
            int to = Math.min(samples, from + atOnce);
            block.run(from, to, top(all, (to - from) * grid.pixels()));
        }
    }

    /// `B`, which is made once a pass.
    private Tensor blocks(Tensor V) {
        if (of != V || blocks == null) {
            int r = V.columns();
            Tensor made = scope.uninitialized(V.type(), channels, grid.offsets() * r);
            for (int q = 0; q < grid.offsets(); q++) {
                made.columnRange(q * r, (q + 1) * r).copyFrom(V.rows(q * channels, (q + 1) * channels));
            }
            of = V;
            blocks = made;
        }
        return blocks;
    }

    private Tensor pixels(Tensor x, int from, int to) {
        return x.rows(from * grid.pixels(), to * grid.pixels());
    }

    private Tensor positions(Tensor x, int from, int to) {
        return x.rows(from * grid.positions(), to * grid.positions());
    }

    @Override
    public void multiply(Tensor x, Tensor V, WideRows wide) {
        Tensor xV = wide.own();
        Tensor B = blocks(V);
        forEachBlock(x, x.rows() / grid.pixels(), V.columns(), (from, to, xB) -> {
            matmulInto(xB, pixels(x, from, to), B); // [pixels, offsets · r]
            ImageRows.sumShiftedInto(positions(xV, from, to), xB, grid); // [positions, r]
        });
    }

    @Override
    public void gradient(Tensor x, WideRows wide, Tensor place, Accumulation how) {
        Tensor D = wide.own();
        int r = D.columns();
        if (sums == null || sums.columns() != grid.offsets() * r) {
            sums = scope.uninitialized(D.type(), channels, grid.offsets() * r);
        }
        Tensor all = sums;
        forEachBlock(x, x.rows() / grid.pixels(), r, (from, to, spread) -> {
            ImageRows.spreadShiftedInto(spread, positions(D, from, to), grid); // [pixels, offsets · r]
            if (from == 0) {
                matmulTNInto(all, pixels(x, from, to), spread); // [channels, offsets · r]
            } else {
                addMatmulTNInPlace(all, 1, pixels(x, from, to), spread);
            }
        });
        for (int q = 0; q < grid.offsets(); q++) {
            Tensor block = all.columnRange(q * r, (q + 1) * r);
            Tensor part = place.rows(q * channels, (q + 1) * channels);
            how.put(block, part);
        }
    }

    @Override
    public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
        roomDS = coreRoom(roomDS, scope, D, f);
        Tensor left = FactorRows.timesCore(D, f, roomDS).own();
        Tensor B = blocks(f.V());
        forEachBlock(into, into.rows() / grid.pixels(), f.V().columns(), (from, to, spread) -> {
            ImageRows.spreadShiftedInto(spread, positions(left, from, to), grid); // [pixels, offsets · r]
            switch (how) {
                case WRITE -> matmulNTInto(pixels(into, from, to), spread, B); // [pixels, channels]
                case ADD -> addMatmulNTInPlace(pixels(into, from, to), 1, spread, B);
            }
        });
    }
}
