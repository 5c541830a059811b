package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A linear map `P(x)` from the rows of a layer's input to the rows that a factored weight multiplies. For a
/// linear layer they are the same; for a convolution they are patches.
interface FactorRows {
    /// The fastest map for a factored kernel of rank `r`.
    static FactorRows ofPatches(Scope scope, DType type, ImageGrid grid, int channels, int r, PassMode mode) {
        if (grid.isPointwise()) {
            return new Same(scope);
        }
        boolean keepsSize = grid.positions() == grid.pixels();
        if (!keepsSize) {
            return KernelRows.of(scope, type, grid, channels, r, mode);
        }
        Optional<KernelRows> fast = KernelRows.withoutPatches(scope, type, grid, channels, r, mode);
        if (fast.isPresent()) {
            return fast.get();
        }
        return PaddedRows.beatsShifts(grid, channels, r)
                ? new PaddedRows(scope, grid, channels)
                : new ShiftedRows(scope, grid, channels);
    }

    /// The width of rows of `r` numbers, padded with zeros.
    default int width(int r) {
        return r;
    }

    /// `xV ← P(x) V`.
    ///
    /// @param V `[n, r]`
    /// @param xV `[positions, r]`
    void multiply(Tensor x, Tensor V, WideRows xV);

    /// `place ← P(x)ᵀ D`, or what it was plus that: `∇L`.
    ///
    /// @param D `[positions, r]`
    /// @param place `[n, r]`
    void gradient(Tensor x, WideRows D, Tensor place, Accumulation how);

    /// `into ← Pᵀ(D S Vᵀ)`, or what it was plus that: the gradient of the input.
    ///
    /// @param D `[positions, r]`
    /// @param into as large as `x`
    void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how);

    /// `D S`, which is `D` in the free gauge.
    static WideRows timesCore(WideRows D, Factors f, @Nullable WideRows room) {
        if (f.gauge() == Gauge.FREE || room == null) {
            return D;
        }
        WideRows DS = room.top(D.own().rows());
        matmulInto(DS.own(), D.own(), f.S()); // [positions, r]
        return DS;
    }

    /// Room for [#timesCore], where it needs any.
    default @Nullable WideRows coreRoom(@Nullable WideRows there, Scope scope, WideRows D, Factors f) {
        int r = f.V().columns();
        return f.gauge() == Gauge.FREE
                ? null
                : WideRows.room(there, scope, f.type(), D.own().rows(), r, width(r));
    }

    /// The rows as they are.
    final class Same implements FactorRows {
        private final Scope scope;
        private @Nullable WideRows roomDS; // made by the first way back, so that evaluation does without

        Same(Scope scope) {
            this.scope = scope;
        }

        @Override
        public void multiply(Tensor x, Tensor V, WideRows xV) {
            matmulInto(xV.own(), x, V); // [B, r]
        }

        @Override
        public void gradient(Tensor x, WideRows D, Tensor place, Accumulation how) {
            ParameterGradients.multiply(place, x, D.own(), how); // [n, r]
        }

        @Override
        public void multiplyBack(WideRows D, Factors f, Tensor into, Accumulation how) {
            roomDS = coreRoom(roomDS, scope, D, f);
            Tensor left = timesCore(D, f, roomDS).own();
            switch (how) {
                case WRITE -> matmulNTInto(into, left, f.V()); // [B, n]
                case ADD -> addMatmulNTInPlace(into, 1, left, f.V());
            }
        }
    }
}
