package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addTransposeInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;
import static dev.stiefel.tensor.Ops.matmulTTInto;
import static dev.stiefel.tensor.Ops.transposeInto;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Product of a factored weight `W = U S Vᵀ` with the rows of sequences, bias included; made for batches with
/// more rows than the weight. The part that depends only on the weight is computed once per pass, transposed,
/// with the bias as one more row:
///
///     K⁺ = [(U S)ᵀ; bᵀ] [r + 1, m],   a⁺ = [x V | 1] [B, r + 1],   z = a⁺ K⁺
///
/// and back, with `delta = ∂loss/∂z` and `D = delta U [B, r]`:
///
///     [∇Kᵀ; ∇bᵀ] = a⁺ᵀ delta,   ∇Lᵀ = Dᵀ x,   ∇S = Uᵀ ∇K,   ∂loss/∂x = D (S Vᵀ)
///
/// Gradients are summed transposed over the parts of a batch, and written when the pass ends: so rows of products are
/// long. Rows of `r` numbers leave a part of a register empty, and such products take 1.6 times as long.
/// Its memory is in the scope that it was made with, and grows to that of the largest slice.
final class SequenceProduct extends WeightProduct {
    private final Scope scope;
    private final FactoredParameter parameter;
    private final Factors f;
    private final DenseParameter bias;
    private final int left; // columns of U
    private final int right; // columns of V
    private @Nullable Tensor K; // K⁺
    private @Nullable Tensor L; // S Vᵀ, [left, n]
    private @Nullable Tensor roomA; // a⁺
    private @Nullable Tensor roomD;
    private @Nullable Tensor D;
    private @Nullable GradientSums sums;

    SequenceProduct(Scope scope, FactoredParameter parameter, Factors f, DenseParameter bias) {
        this.scope = scope;
        this.parameter = parameter;
        this.f = f;
        this.bias = bias;
        this.left = f.U().columns();
        this.right = f.V().columns();
    }

    @Override
    boolean addsBias() {
        return true;
    }

    @Override
    public void multiply(Tensor x, Tensor z) {
        Tensor a = roomForA(z.rows());
        matmulInto(a.columnRange(0, right), x, f.V()); // [B, r]
        matmulInto(z, a, K()); // [B, m]
    }

    private Tensor roomForA(int rows) {
        Tensor room = room(roomA, scope, f.type(), rows, right + 1);
        if (room != roomA) {
            for (int i = 0; i < room.rows(); i++) {
                room.set(i, right, 1);
            }
            roomA = room;
        }
        return top(room, rows);
    }

    private Tensor K() {
        Tensor made = K;
        if (made == null) {
            made = scope.uninitialized(f.type(), right + 1, f.rows());
            matmulTTInto(made.rows(0, right), f.S(), f.U());
            made.rows(right, right + 1).copyFrom(row(bias.value()));
            K = made;
        }
        return made;
    }

    private Tensor L() {
        Tensor made = L;
        if (made == null) {
            made = scope.uninitialized(f.type(), left, f.columns());
            matmulNTInto(made, f.S(), f.V());
            L = made;
        }
        return made;
    }

    /// A vector as a matrix with one row.
    private static Tensor row(Tensor vector) {
        return vector.slice(0, 1, Math.toIntExact(vector.size()));
    }

    @Override
    public void backward(Tensor x, Tensor delta, ParameterGradients gradients) {
        roomD = room(roomD, scope, f.type(), delta.rows(), left);
        Tensor seen = top(roomD, delta.rows());
        matmulInto(seen, delta, f.U()); // [B, r]
        D = seen;
        GradientSums current = sums;
        if (current == null || !current.areOf(gradients)) {
            current = new GradientSums(gradients, current != null && current.isWritten ? current : null);
            sums = current;
        }
        current.add(x, top(made(roomA), delta.rows()), seen, delta);
    }

    @Override
    public void multiplyBack(Tensor into, Accumulation how) {
        switch (how) {
            case WRITE -> matmulInto(into, made(D), L()); // [B, n]
            case ADD -> addMatmulInPlace(into, 1, made(D), L());
        }
    }

    /// The gradients that are wanted, transposed, and summed over the parts of a batch.
    private final class GradientSums {
        private final ParameterGradients gradients;
        private final @Nullable Tensor placeK;
        private final @Nullable Tensor placeL;
        private final @Nullable Tensor placeS;
        private final Optional<Tensor> placeBias;
        private final @Nullable Tensor outputs; // [∇Kᵀ; ∇bᵀ], or one of them
        private final @Nullable Tensor inputs; // ∇Lᵀ
        private final @Nullable Tensor core; // ∇S, where ∇K is not wanted
        private boolean hasSome;
        private boolean isWritten;

        /// @param before whose memory serves again
        GradientSums(ParameterGradients gradients, @Nullable GradientSums before) {
            Optional<FactorGradients> wanted = gradients.place(parameter);
            this.gradients = gradients;
            this.placeK = wanted.isPresent() ? wanted.get().K() : null;
            this.placeL = wanted.isPresent() ? wanted.get().L() : null;
            this.placeS = wanted.isPresent() ? wanted.get().S() : null;
            this.placeBias = gradients.place(bias);
            int rows = (placeK == null ? 0 : right) + (placeBias.isPresent() ? 1 : 0);
            DType type = f.type();
            this.outputs = rows == 0 ? null : room(before == null ? null : before.outputs, scope, type, rows, f.rows());
            this.inputs =
                    placeL == null ? null : room(before == null ? null : before.inputs, scope, type, left, f.columns());
            this.core = placeS == null || placeK != null
                    ? null
                    : room(before == null ? null : before.core, scope, type, left, right);
            if (outputs != null || inputs != null || core != null) {
                gradients.atEnd(this::write);
            }
        }

        /// Returns whether these are the sums of a pass that is not at its end yet.
        boolean areOf(ParameterGradients others) {
            return gradients == others && !isWritten;
        }

        void add(Tensor x, Tensor a, Tensor seen, Tensor delta) {
            Accumulation how = hasSome ? Accumulation.ADD : Accumulation.WRITE;
            hasSome = true;
            if (outputs != null) {
                Tensor columns = a.columnRange(placeK == null ? right : 0, placeBias.isPresent() ? right + 1 : right);
                ParameterGradients.multiply(top(outputs, columns.columns()), columns, delta, how);
            }
            if (inputs != null) {
                ParameterGradients.multiply(inputs, seen, x, how); // [r, n]
            }
            if (core != null) {
                ParameterGradients.multiply(core, seen, a.columnRange(0, right), how); // [r, r]
            }
        }

        private void write() {
            isWritten = true;
            if (placeK != null || placeL != null || placeS != null) {
                Accumulation how = gradients.accumulation(parameter);
                writeTransposed(placeK, placeK == null ? null : made(outputs).rows(0, right), how);
                writeTransposed(placeL, inputs, how);
                if (placeS != null && placeK != null) {
                    matmulTNInto(placeS, f.U(), placeK); // [r, r]: all layers', as ∇K is
                } else if (placeS != null && core != null) {
                    how.put(core, placeS);
                }
            }
            placeBias.ifPresent(place -> {
                int last = placeK == null ? 0 : right;
                gradients.accumulation(bias).put(made(outputs).rows(last, last + 1), row(place));
            });
        }

        private static void writeTransposed(@Nullable Tensor place, @Nullable Tensor sum, Accumulation how) {
            if (place == null || sum == null) {
                return;
            }
            switch (how) {
                case WRITE -> transposeInto(place, sum);
                case ADD -> addTransposeInPlace(place, sum);
            }
        }
    }
}
