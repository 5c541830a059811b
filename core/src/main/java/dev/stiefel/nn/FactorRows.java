package dev.stiefel.nn;

import static dev.stiefel.nn.WeightProduct.room;
import static dev.stiefel.nn.WeightProduct.top;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// How the rows that a factored weight meets come from the rows of a layer's input: `P(x)`, a linear map. For a linear
/// layer they are the same; for a convolution they are patches.
interface FactorRows {
    /// `xV ← P(x) V`.
    ///
    /// @param V `[n, r]`
    /// @param xV `[positions, r]`
    void multiply(Tensor x, Tensor V, Tensor xV);

    /// `place ← P(x)ᵀ D`, or what it was plus that: `∇L`.
    ///
    /// @param D `[positions, r]`
    /// @param place `[n, r]`
    void gradient(Tensor x, Tensor D, Tensor place, Accumulation how);

    /// `into ← Pᵀ(D S Vᵀ)`, or what it was plus that: the gradient of the input.
    ///
    /// @param D `[positions, r]`
    /// @param into as large as `x`
    void multiplyBack(Tensor D, Factors f, Tensor into, Accumulation how);

    /// `D S`, which is `D` in the free gauge.
    static Tensor timesCore(Tensor D, Factors f, @Nullable Tensor room) {
        if (f.gauge() == Gauge.FREE || room == null) {
            return D;
        }
        Tensor DS = top(room, D.rows());
        matmulInto(DS, D, f.S()); // [positions, r]
        return DS;
    }

    /// The rows as they are.
    final class Same implements FactorRows {
        private final Scope scope;
        private @Nullable Tensor roomDS; // made by the first way back, so that evaluation does without

        Same(Scope scope) {
            this.scope = scope;
        }

        @Override
        public void multiply(Tensor x, Tensor V, Tensor xV) {
            matmulInto(xV, x, V); // [B, r]
        }

        @Override
        public void gradient(Tensor x, Tensor D, Tensor place, Accumulation how) {
            ParameterGradients.multiply(place, x, D, how); // [n, r]
        }

        @Override
        public void multiplyBack(Tensor D, Factors f, Tensor into, Accumulation how) {
            if (f.gauge() != Gauge.FREE) {
                roomDS = room(roomDS, scope, f.type(), D.rows(), f.V().columns());
            }
            Tensor left = timesCore(D, f, roomDS);
            switch (how) {
                case WRITE -> matmulNTInto(into, left, f.V()); // [B, n]
                case ADD -> addMatmulNTInPlace(into, 1, left, f.V());
            }
        }
    }
}
