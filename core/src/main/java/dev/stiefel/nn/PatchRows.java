package dev.stiefel.nn;

import static dev.stiefel.nn.WeightProduct.room;
import static dev.stiefel.nn.WeightProduct.top;
import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.ImageRows;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Products with the patches of images, which are gathered for some rows of positions at a time, so that they stay in
/// the cache: right for any window, and for dense kernels.
final class PatchRows implements KernelRows {
    private static final int PATCHES = 1 << 18; // elements at a time: 1 MiB
    private static final int LEAST_POSITIONS = 256; // at a time, so that products are worth their call

    private final Scope scope;
    private final ImageGrid grid;
    private @Nullable Tensor patches;
    private @Nullable Tensor roomDS;

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
        /// @param patches `[to − from, n]`: room for the patches
        void run(int firstRow, int from, int to, Tensor patches);
    }

    private void forEachBlock(Tensor like, int positions, int n, Block block) {
        int width = grid.outputWidth();
        int rows = positions / width;
        int most = Math.max(LEAST_POSITIONS, PATCHES / n);
        int atOnce = Math.min(rows, Math.max(1, most / width));
        Tensor all = room(patches, scope, like.type(), atOnce * width, n);
        patches = all;
        for (int row = 0; row < rows; row += atOnce) {
            int end = Math.min(rows, row + atOnce);
            block.run(row, row * width, end * width, top(all, (end - row) * width));
        }
    }

    @Override
    public void multiply(Tensor x, Tensor V, Tensor xV) {
        forEachBlock(x, xV.rows(), V.rows(), (row, from, to, P) -> {
            ImageRows.gatherPatchesInto(P, x, grid, row); // [b, n]
            matmulInto(xV.rows(from, to), P, V); // [b, r]
        });
    }

    @Override
    public void gradient(Tensor x, Tensor D, Tensor place, Accumulation how) {
        forEachBlock(x, D.rows(), place.rows(), (row, from, to, P) -> {
            ImageRows.gatherPatchesInto(P, x, grid, row);
            if (from == 0 && how == Accumulation.WRITE) {
                matmulTNInto(place, P, D.rows(from, to)); // [n, r]
            } else {
                addMatmulTNInPlace(place, 1, P, D.rows(from, to));
            }
        });
    }

    @Override
    public void multiplyBack(Tensor D, Factors f, Tensor into, Accumulation how) {
        if (f.gauge() != Gauge.FREE) {
            roomDS = room(roomDS, scope, f.type(), D.rows(), f.V().columns());
        }
        Tensor left = FactorRows.timesCore(D, f, roomDS);
        if (how == Accumulation.WRITE) {
            into.clear();
        }
        forEachBlock(into, D.rows(), f.columns(), (row, from, to, P) -> {
            matmulNTInto(P, left.rows(from, to), f.V()); // [b, n]
            ImageRows.addPatchesInPlace(into, P, grid, row);
        });
    }

    @Override
    public void multiplyDense(Tensor x, Tensor W, Tensor z) {
        forEachBlock(x, z.rows(), W.columns(), (row, from, to, P) -> {
            ImageRows.gatherPatchesInto(P, x, grid, row); // [b, n]
            matmulNTInto(z.rows(from, to), P, W); // [b, m]
        });
    }

    @Override
    public void gradientDense(Tensor x, Tensor delta, DenseParameter weight, ParameterGradients gradients) {
        Optional<Tensor> wanted = gradients.place(weight);
        if (wanted.isEmpty()) {
            return;
        }
        Tensor place = wanted.get();
        Accumulation how = gradients.accumulation(weight);
        forEachBlock(x, delta.rows(), place.columns(), (row, from, to, P) -> {
            ImageRows.gatherPatchesInto(P, x, grid, row);
            Accumulation now = from == 0 ? how : Accumulation.ADD;
            ParameterGradients.multiply(place, delta.rows(from, to), P, now); // [m, n]
        });
    }

    @Override
    public void multiplyBackDense(Tensor delta, Tensor W, Tensor into, Accumulation how) {
        if (how == Accumulation.WRITE) {
            into.clear();
        }
        forEachBlock(into, delta.rows(), W.columns(), (row, from, to, P) -> {
            matmulInto(P, delta.rows(from, to), W); // [b, n]
            ImageRows.addPatchesInPlace(into, P, grid, row);
        });
    }
}
