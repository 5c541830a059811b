package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulTTInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;
import static dev.stiefel.tensor.Ops.matmulTTInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.ImageRows;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Products with the patches of images, which are gathered for some rows of positions at a time, so that they stay in
/// the cache: right for any window, and for dense kernels. Where a window's rows are short, the patches are the columns
/// of the matrix that is gathered, not its rows.
final class PatchRows implements KernelRows {
    private static final int PATCHES = 1 << 18; // elements at a time: 1 MiB
    private static final int LEAST_POSITIONS = 256; // at a time, so that products are worth their call
    private static final int SHORT = 16; // elements of a window's row

    private final Scope scope;
    private final ImageGrid grid;
    private @Nullable Tensor room;
    private @Nullable WideRows roomDS;

    PatchRows(Scope scope, ImageGrid grid) {
        this.scope = scope;
        this.grid = grid;
    }

    /// Work on some rows of positions.
    @FunctionalInterface
    private interface Block {
        /// @param firstRow the first row of positions
        /// @param from the first position
        /// @param to the first position that is not among them
        /// @param patches room for `to − from` patches of `n` elements
        void run(int firstRow, int from, int to, Tensor patches);
    }

    private void forEachBlock(Tensor like, int positions, int n, Block block) {
        int width = grid.outputWidth();
        int rows = positions / width;
        int most = Math.max(LEAST_POSITIONS, PATCHES / n);
        int atOnce = Math.min(rows, Math.max(1, most / width));
        Tensor all = room;
        if (all == null || all.size() < (long) atOnce * width * n) {
            all = scope.uninitialized(like.type(), atOnce * width * n);
            room = all;
        }
        for (int row = 0; row < rows; row += atOnce) {
            int end = Math.min(rows, row + atOnce);
            block.run(row, row * width, end * width, all);
        }
    }

    private static Tensor asRows(Tensor room, int count, int n) {
        return room.slice(0, count, n);
    }

    private static Tensor asColumns(Tensor room, int count, int n) {
        return room.slice(0, n, count);
    }

    private boolean isShort(Tensor x) {
        return x.type() == DType.FLOAT32
                && grid.kernelWidth() * x.columns() <= SHORT
                && grid.strideHeight() == 1
                && grid.strideWidth() == 1;
    }

    /// The patches of the positions from the first row on, in rows.
    private Tensor gather(Tensor x, int row, int count, int n, Tensor room) {
        Tensor P = asRows(room, count, n);
        ImageRows.gatherPatchesInto(P, x, grid, row);
        return P;
    }

    /// The patches of the positions from the first row on, in columns.
    private Tensor gatherColumns(Tensor x, int row, int count, int n, Tensor room) {
        Tensor P = asColumns(room, count, n);
        ImageRows.gatherPatchColumnsInto(P, x, grid, row);
        return P;
    }

    @Override
    public void multiply(Tensor x, Tensor V, WideRows wide) {
        Tensor xV = wide.own();
        int n = V.rows();
        boolean isShort = isShort(x);
        forEachBlock(x, xV.rows(), n, (row, from, to, room) -> {
            if (isShort) {
                matmulTNInto(xV.rows(from, to), gatherColumns(x, row, to - from, n, room), V); // [b, r]
            } else {
                matmulInto(xV.rows(from, to), gather(x, row, to - from, n, room), V); // [b, r]
            }
        });
    }

    @Override
    public void gradient(Tensor x, WideRows wide, Tensor place, Accumulation how) {
        Tensor D = wide.own();
        int n = place.rows();
        boolean isShort = isShort(x);
        forEachBlock(x, D.rows(), n, (row, from, to, room) -> {
            Tensor some = D.rows(from, to);
            Accumulation now = from == 0 ? how : Accumulation.ADD;
            if (!isShort) {
                ParameterGradients.multiply(place, gather(x, row, to - from, n, room), some, now); // [n, r]
                return;
            }
            Tensor P = gatherColumns(x, row, to - from, n, room);
            switch (now) {
                case WRITE -> matmulInto(place, P, some); // [n, r]
                case ADD -> addMatmulInPlace(place, 1, P, some);
            }
        });
    }

    @Override
    public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
        roomDS = coreRoom(roomDS, scope, D, f);
        Tensor left = FactorRows.timesCore(D, f, roomDS).own();
        if (how == Accumulation.WRITE) {
            into.clear();
        }
        forEachBlock(into, left.rows(), f.columns(), (row, from, to, room) -> {
            Tensor P = asRows(room, to - from, f.columns());
            matmulNTInto(P, left.rows(from, to), f.V()); // [b, n]
            ImageRows.addPatchesInPlace(into, P, grid, row);
        });
    }

    @Override
    public void multiplyDense(Tensor x, Tensor W, Tensor z) {
        int n = W.columns();
        boolean isShort = isShort(x);
        forEachBlock(x, z.rows(), n, (row, from, to, room) -> {
            if (isShort) {
                matmulTTInto(z.rows(from, to), gatherColumns(x, row, to - from, n, room), W); // [b, m]
            } else {
                matmulNTInto(z.rows(from, to), gather(x, row, to - from, n, room), W); // [b, m]
            }
        });
    }

    @Override
    public void gradientDense(Tensor x, Tensor delta, Tensor place, Accumulation how) {
        int n = place.columns();
        boolean isShort = isShort(x);
        forEachBlock(x, delta.rows(), n, (row, from, to, room) -> {
            Tensor some = delta.rows(from, to);
            Accumulation now = from == 0 ? how : Accumulation.ADD;
            if (!isShort) {
                ParameterGradients.multiply(place, some, gather(x, row, to - from, n, room), now); // [m, n]
                return;
            }
            Tensor P = gatherColumns(x, row, to - from, n, room);
            switch (now) {
                case WRITE -> matmulTTInto(place, some, P); // [m, n]
                case ADD -> addMatmulTTInPlace(place, 1, some, P);
            }
        });
    }

    @Override
    public void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how) {
        if (how == Accumulation.WRITE) {
            into.clear();
        }
        forEachBlock(into, delta.rows(), W.columns(), (row, from, to, room) -> {
            Tensor P = asRows(room, to - from, W.columns());
            matmulInto(P, delta.rows(from, to), W); // [b, n]
            ImageRows.addPatchesInPlace(into, P, grid, row);
        });
    }
}
