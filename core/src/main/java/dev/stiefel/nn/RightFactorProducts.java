package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// The products of a slice's rows `P(x)` with the right factor of `W = U S Vᵀ`, and the gradients that follow
/// from `D = (∂loss/∂z) U`, the gradient of the outputs `z` seen by the left factor:
///
///     a = P(x) V [B, r],   ∇L = P(x)ᵀ D,   ∇S = Dᵀ a,   ∂loss/∂x = Pᵀ(D S Vᵀ)
///
/// Its memory is in the scope that it was made with, and grows to that of the largest slice.
final class RightFactorProducts {
    private final Scope scope;
    private final Factors f;
    private final FactorRows rowsOf;
    private final boolean hasManyRows;
    private @Nullable WideRows roomA;
    private @Nullable WideRows roomD; // made by the first way back, so that evaluation does without
    private @Nullable WideRows D;

    RightFactorProducts(Scope scope, Factors f, FactorRows rowsOf) {
        this.scope = scope;
        this.f = f;
        this.rowsOf = rowsOf;
        this.hasManyRows = !(rowsOf instanceof FactorRows.Same);
    }

    /// Returns whether there are more rows than the left factor has, as there are positions of a convolution: then
    /// products with the left factor are cheaper than products with all rows.
    boolean hasManyRows() {
        return hasManyRows;
    }

    /// Computes `a = P(x) V`, which stays until the next slice. Where the rows of `∂loss/∂z` sum to 0, the
    /// caller may take the same row away from all rows of `a`: `∇S` does not change.
    ///
    /// @param rows of `P(x)`
    WideRows multiply(Tensor x, int rows) {
        int r = f.V().columns();
        roomA = WideRows.room(roomA, scope, f.type(), rows, r, rowsOf.width(r));
        WideRows a = product(rows);
        rowsOf.multiply(x, f.V(), a);
        return a;
    }

    /// `a`, as [#multiply] and the caller left it.
    WideRows product(int rows) {
        return WeightProduct.made(roomA).top(rows);
    }

    /// Room for `D`, for the caller to write.
    WideRows back(int rows) {
        int r = f.U().columns();
        roomD = WideRows.room(roomD, scope, f.type(), rows, r, rowsOf.width(r));
        D = roomD.top(rows);
        return D;
    }

    /// Computes `∇L` and `∇S` from `D`, as far as they are wanted. `∇K` must be there, if it is wanted: where
    /// rows are many, `∇S = Uᵀ ∇K` is cheaper than `Dᵀ a`.
    void gradients(Tensor x, FactorGradients place, Accumulation how) {
        WideRows left = WeightProduct.made(D);
        if (place.L() != null) {
            rowsOf.gradient(x, left, place.L(), how); // [n, r]
        }
        Tensor placeS = place.S();
        Tensor placeK = place.K();
        if (placeS != null && placeK != null && hasManyRows) {
            matmulTNInto(placeS, f.U(), placeK); // [r, r]: all parts' and layers', as ∇K is
        } else if (placeS != null) {
            Tensor a = product(left.own().rows()).own();
            ParameterGradients.multiply(placeS, left.own(), a, how); // [r, r]
        }
    }

    /// The gradient of the input, written or added.
    void multiplyBack(Tensor into, Accumulation how) {
        rowsOf.multiplyBack(WeightProduct.made(D), f, into, how);
    }
}
