package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;

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
/// Only patches of `r_i` channels are gathered, or none ([DirectRows]):
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
    private final KernelRows patches;
    private final int inWidth; // of rows of r_i numbers, with zeros behind them
    private final int outWidth; // of rows of r_o numbers
    private @Nullable WideRows roomA;
    private @Nullable WideRows roomC;
    private @Nullable WideRows roomD; // from here on made by the first way back, so that evaluation does without
    private @Nullable WideRows roomPR;
    private @Nullable WideRows roomE;
    private @Nullable WideRows roomB;
    private @Nullable Tensor C; // of the kernel as it is now, and with zeros to both widths: so are Ro and Qi
    private @Nullable Tensor Ro;
    private @Nullable Tensor Qi;
    private @Nullable WideRows D;
    private @Nullable Tensor E; // null where ∇L was not wanted

    TuckerProduct(Scope scope, FactoredParameter parameter, TuckerFactors f, ImageGrid grid) {
        this.scope = scope;
        this.parameter = parameter;
        this.f = f;
        int in = DirectRows.widthOf(f.Ui().columns());
        int out = DirectRows.widthOf(f.Uo().columns());
        this.patches = DirectRows.suits(f.type(), grid, in, out)
                ? new DirectRows(scope, grid, in)
                : new PatchRows(scope, grid);
        this.inWidth = patches.width(f.Ui().columns());
        this.outWidth = patches.width(f.Uo().columns());
    }

    private WideRows room(@Nullable WideRows there, int rows, int r, int width) {
        return WideRows.room(there, scope, f.type(), rows, r, width);
    }

    /// A core `[r_o, k r_i]`, or one that is smaller, with zeros to `[outWidth, k inWidth]`.
    private Tensor widened(Tensor core) {
        if (core.rows() == outWidth && core.columns() == f.offsets() * inWidth) {
            return core;
        }
        Tensor wide = scope.zeros(f.type(), outWidth, f.offsets() * inWidth);
        for (int offset = 0; offset < f.offsets(); offset++) {
            part(wide, offset, core).copyFrom(part(core, offset));
        }
        return wide;
    }

    /// The columns of one offset.
    private Tensor part(Tensor core, int offset) {
        int r = core.columns() / f.offsets();
        return core.columnRange(offset * r, (offset + 1) * r);
    }

    /// The part of a wide core that a smaller one fills, of one offset.
    private Tensor part(Tensor wide, int offset, Tensor like) {
        int from = offset * inWidth;
        return wide.rows(0, like.rows()).columnRange(from, from + like.columns() / f.offsets());
    }

    private Tensor C() {
        Tensor made = C;
        if (made == null) {
            made = widened(f.C());
            C = made;
        }
        return made;
    }

    @Override
    public void multiply(Tensor x, Tensor z) {
        roomA = room(roomA, x.rows(), f.Ui().columns(), inWidth);
        roomC = room(roomC, z.rows(), f.Uo().columns(), outWidth);
        WideRows a = roomA.top(x.rows());
        WideRows c = roomC.top(z.rows());
        matmulInto(a.own(), x, f.Ui()); // [pixels, r_i]
        patches.multiplyDense(a.wide(), C(), c.wide()); // [positions, r_o]
        matmulNTInto(z, c.own(), f.Uo()); // [positions, out]
    }

    @Override
    public void backward(Tensor x, Tensor delta, ParameterGradients gradients) {
        roomD = room(roomD, delta.rows(), f.Uo().columns(), outWidth);
        WideRows newD = roomD.top(delta.rows());
        D = newD;
        E = null;
        matmulInto(newD.own(), delta, f.Uo()); // [positions, r_o]
        Optional<FactorGradients> wanted = gradients.place(parameter);
        if (wanted.isPresent()) {
            FactorGradients place = wanted.get();
            Accumulation how = gradients.accumulation(parameter);
            Tensor a = made(roomA).top(x.rows()).wide();
            if (place.K() != null) {
                gradientK(a, delta, place.K(), how);
            }
            if (place.L() != null) {
                gradientL(x, newD.wide(), place.L(), how);
            }
            if (place.S() != null) {
                gradientS(a, newD.wide(), place.S(), how);
            }
        }
    }

    private void gradientK(Tensor a, Tensor delta, Tensor place, Accumulation how) {
        if (f.gauge() == Gauge.FREE) {
            Tensor c = made(roomC).top(delta.rows()).own();
            ParameterGradients.multiply(place, delta, c, how); // [out, r_o]
            return;
        }
        Tensor rows = Ro;
        if (rows == null) {
            rows = widened(TuckerFactors.outRows(scope, f.C()));
            Ro = rows;
        }
        roomPR = room(roomPR, delta.rows(), place.columns(), outWidth);
        WideRows PR = roomPR.top(delta.rows());
        patches.multiplyDense(a, rows, PR.wide()); // [positions, r_o]
        ParameterGradients.multiply(place, delta, PR.own(), how); // [out, r_o]
    }

    private void gradientL(Tensor x, Tensor newD, Tensor place, Accumulation how) {
        Tensor columns = C();
        if (f.gauge() != Gauge.FREE) {
            if (Qi == null) {
                Qi = widened(TuckerFactors.inColumns(scope, f.C(), f.offsets()));
            }
            columns = Qi;
        }
        roomE = room(roomE, x.rows(), place.columns(), inWidth);
        WideRows newE = roomE.top(x.rows());
        patches.multiplyBackDense(newD, columns, newE.wide(), Accumulation.WRITE); // [pixels, r_i]
        E = newE.own();
        ParameterGradients.multiply(place, x, newE.own(), how); // [in, r_i]
    }

    private void gradientS(Tensor a, Tensor newD, Tensor place, Accumulation how) {
        if (place.rows() == outWidth && place.columns() == f.offsets() * inWidth) {
            patches.gradientDense(a, newD, place, how); // [r_o, k r_i]
            return;
        }
        try (Scope local = scope.inner("gradient of a Tucker core")) {
            Tensor wide = local.uninitialized(f.type(), outWidth, f.offsets() * inWidth);
            patches.gradientDense(a, newD, wide, Accumulation.WRITE);
            for (int offset = 0; offset < f.offsets(); offset++) {
                Tensor gradient = part(wide, offset, place);
                how.put(gradient, part(place, offset));
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
        roomB = room(roomB, pixels, f.Ui().columns(), inWidth);
        WideRows B = roomB.top(pixels);
        patches.multiplyBackDense(made(D).wide(), C(), B.wide(), Accumulation.WRITE);
        return B.own();
    }
}
