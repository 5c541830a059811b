package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The product of patches of images with a kernel in Tucker form ([TuckerFactors]), and its gradients: three
/// convolutions, of 1×1 to `r_i` channels, of the kernel's window to `r_o` channels, and of 1×1 to all outputs.
/// Only patches of `r_i` channels are gathered:
///
///     a = x Ui [pixels, r_i],   c = P(a) Cᵀ [positions, r_o],   z = c Uoᵀ [positions, out]
///
/// and back, with `delta = ∂loss/∂z` and `D = delta Uo [positions, r_o]`, everything from one pass:
///
///     ∇K = deltaᵀ (P(a) Roᵀ),   ∇L = xᵀ E,   E = Pᵀ(D Qi) [pixels, r_i],   ∇S = Dᵀ P(a)
///     ∂loss/∂a = Pᵀ(D C),   ∂loss/∂x = (∂loss/∂a) Uiᵀ
///
/// (`∂loss/∂a` is `E Siᵀ`, too; but then its rounding would depend on whether `∇L` is wanted.) In the free
/// gauge `∇K = deltaᵀ c` and `∇L = xᵀ (∂loss/∂a)`. Cost of the way forward, in multiply-adds: `in r_i` a pixel,
/// and `k r_i r_o + r_o out` a position.
final class TuckerProduct extends WeightProduct {
    private final Scope scope;
    private final FactoredParameter parameter;
    private final TuckerFactors f;
    private final PatchRows patches;
    private @Nullable Tensor roomA;
    private @Nullable Tensor roomC;
    private @Nullable Tensor roomD; // from here on made by the first way back, so that evaluation does without
    private @Nullable Tensor roomPR;
    private @Nullable Tensor roomE;
    private @Nullable Tensor roomB;
    private @Nullable Tensor Ro; // of the core as it is now
    private @Nullable Tensor Qi;
    private @Nullable Tensor D;
    private @Nullable Tensor E; // null where ∇L was not wanted

    TuckerProduct(Scope scope, FactoredParameter parameter, TuckerFactors f, ImageGrid grid) {
        this.scope = scope;
        this.parameter = parameter;
        this.f = f;
        this.patches = new PatchRows(scope, grid);
    }

    @Override
    public void multiply(Tensor x, Tensor z) {
        roomA = room(roomA, scope, f.type(), x.rows(), f.Ui().columns());
        roomC = room(roomC, scope, f.type(), z.rows(), f.Uo().columns());
        Tensor a = top(roomA, x.rows());
        Tensor c = top(roomC, z.rows());
        matmulInto(a, x, f.Ui()); // [pixels, r_i]
        patches.multiplyDense(a, f.C(), c); // [positions, r_o]
        matmulNTInto(z, c, f.Uo()); // [positions, out]
    }

    @Override
    public void backward(Tensor x, Tensor delta, ParameterGradients gradients) {
        roomD = room(roomD, scope, f.type(), delta.rows(), f.Uo().columns());
        Tensor newD = top(roomD, delta.rows());
        D = newD;
        E = null;
        matmulInto(newD, delta, f.Uo()); // [positions, r_o]
        Optional<FactorGradients> wanted = gradients.place(parameter);
        if (wanted.isPresent()) {
            FactorGradients place = wanted.get();
            Accumulation how = gradients.accumulation(parameter);
            Tensor a = top(made(roomA), x.rows());
            if (place.K() != null) {
                gradientK(a, delta, place.K(), how);
            }
            if (place.L() != null) {
                gradientL(x, newD, place.L(), how);
            }
            if (place.S() != null) {
                gradientS(a, newD, place.S(), how);
            }
        }
    }

    private void gradientK(Tensor a, Tensor delta, Tensor place, Accumulation how) {
        if (f.gauge() == Gauge.FREE) {
            ParameterGradients.multiply(place, delta, top(made(roomC), delta.rows()), how); // [out, r_o]
            return;
        }
        Tensor rows = Ro;
        if (rows == null) {
            rows = TuckerFactors.outRows(scope, f.C()); // [r_o, k r_i]
            Ro = rows;
        }
        roomPR = room(roomPR, scope, f.type(), delta.rows(), rows.rows());
        Tensor PR = top(roomPR, delta.rows());
        patches.multiplyDense(a, rows, PR); // [positions, r_o]
        ParameterGradients.multiply(place, delta, PR, how); // [out, r_o]
    }

    private void gradientL(Tensor x, Tensor newD, Tensor place, Accumulation how) {
        Tensor columns = f.C();
        if (f.gauge() != Gauge.FREE) {
            if (Qi == null) {
                Qi = TuckerFactors.inColumns(scope, f.C(), f.offsets()); // [r_o, k r_i]
            }
            columns = Qi;
        }
        roomE = room(roomE, scope, f.type(), x.rows(), columns.columns() / f.offsets());
        Tensor newE = top(roomE, x.rows());
        patches.multiplyBackDense(newD, columns, newE, Accumulation.WRITE); // [pixels, r_i]
        E = newE;
        ParameterGradients.multiply(place, x, newE, how); // [in, r_i]
    }

    private void gradientS(Tensor a, Tensor newD, Tensor place, Accumulation how) {
        try (Scope local = Scope.open("gradient of a Tucker core")) {
            Tensor transposed = local.uninitialized(f.type(), place.columns(), place.rows());
            patches.gradient(a, WideRows.of(newD), transposed, Accumulation.WRITE); // [k r_i, r_o]
            Tensor gradient = transpose(local, transposed);
            switch (how) {
                case WRITE -> place.copyFrom(gradient);
                case ADD -> axpyInPlace(place, 1, gradient);
            }
        }
    }

    @Override
    public void multiplyBack(Tensor into, Accumulation how) {
        Tensor B = gradientA(into.rows());
        switch (how) {
            case WRITE -> matmulNTInto(into, B, f.Ui()); // [pixels, in]
            case ADD -> addMatmulNTInPlace(into, 1, B, f.Ui());
        }
    }

    /// `∂loss/∂a`, `[pixels, r_i]`.
    private Tensor gradientA(int pixels) {
        Tensor there = E;
        if (there != null && f.gauge() == Gauge.FREE) {
            return there;
        }
        roomB = room(roomB, scope, f.type(), pixels, f.Ui().columns());
        Tensor B = top(roomB, pixels);
        patches.multiplyBackDense(made(D), f.C(), B, Accumulation.WRITE);
        return B;
    }
}
