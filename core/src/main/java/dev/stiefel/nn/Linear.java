package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulTNInPlace;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTNInto;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A linear map, a bias and an activation: `y = activation(x Wᵀ + b)`.
///
/// With a factored weight `W` is never formed. Forward, for a slice of `B` samples:
///
///     a = x V [B, r],   c = a Sᵀ [B, r],   z = c Uᵀ + b [B, m]
///
/// and back, with `delta = ∂loss/∂z` and `D = delta U [B, r]`, everything from one pass:
///
///     ∇K = deltaᵀ a,   ∇L = xᵀ D,   ∇S = Dᵀ a,   ∂loss/∂x = (D S) Vᵀ
///
/// Cost: `2 B r (m + n)` flops each for the way forward, the input's gradient, and `∇K` with `∇L`,
/// against `2 B m n` each with a dense weight. In the free gauge (`S = I`) the products with `S` are
/// left out.
public final class Linear implements Layer {
    private final String name;
    private final Weight weight;
    private final Tensor bias;
    private final Activation activation;

    /// A layer with these unknowns, which stay the caller's.
    ///
    /// @param bias `[m]`
    public Linear(String name, Weight weight, Tensor bias, Activation activation) {
        if (bias.size() != weight.rows()) {
            throw new IllegalArgumentException(
                    "linear '%s': bias must have %d elements; got %s".formatted(name, weight.rows(), bias.shape()));
        }
        if (bias.type() != type(weight)) {
            throw new IllegalArgumentException(
                    "linear '%s': weight and bias must be of one number format; got %s and %s"
                            .formatted(name, type(weight), bias));
        }
        this.name = name;
        this.weight = weight;
        this.bias = bias;
        this.activation = activation;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public int inputs() {
        return weight.columns();
    }

    @Override
    public int outputs() {
        return weight.rows();
    }

    /// `W`, dense or factored.
    public Weight weight() {
        return weight;
    }

    /// `b`, `[m]`.
    public Tensor bias() {
        return bias;
    }

    /// What is applied to `x Wᵀ + b`.
    public Activation activation() {
        return activation;
    }

    @Override
    public List<Factors> factors() {
        return switch (weight) {
            case DenseWeight w -> List.of();
            case LowRankWeight w -> List.of(w.factors());
        };
    }

    @Override
    public List<Tensor> dense() {
        return switch (weight) {
            case DenseWeight w -> List.of(w.matrix(), bias);
            case LowRankWeight w -> List.of(bias);
        };
    }

    @Override
    public Pass pass(Scope scope, int rows) {
        return switch (weight) {
            case DenseWeight w -> new DensePass(scope, rows, w.matrix());
            case LowRankWeight w -> new LowRankPass(scope, rows, w.factors());
        };
    }

    private static DType type(Weight weight) {
        return switch (weight) {
            case DenseWeight w -> w.matrix().type();
            case LowRankWeight w -> w.factors().type();
        };
    }

    private void requireInput(Tensor x, int most) {
        if (x.shape().order() != 2 || x.rows() > most || x.columns() != inputs()) {
            throw new IllegalArgumentException("linear '%s': input must be [%d, %d], or of fewer rows; got %s"
                    .formatted(name, most, inputs(), x.shape()));
        }
        requireType("input", x);
    }

    private void require(String what, Tensor x, int rows, int columns) {
        if (!x.shape().equals(Shape.of(rows, columns))) {
            throw new IllegalArgumentException(
                    "linear '%s': %s must be [%d, %d]; got %s".formatted(name, what, rows, columns, x.shape()));
        }
        requireType(what, x);
    }

    private void requireType(String what, Tensor x) {
        if (x.type() != bias.type()) {
            throw new IllegalArgumentException("linear '%s': %s must be of the bias's number format; got %s and %s"
                    .formatted(name, what, x, bias));
        }
    }

    /// What both kinds of pass share: the output, and the sweeps with bias and activation.
    private abstract class LinearPass implements Pass {
        private final int rows;
        private final Elementwise sweep;
        private final Tensor z;
        private final Tensor saved;
        private final Tensor biasSums;
        private @Nullable Tensor input;
        private @Nullable Tensor output;

        LinearPass(Scope scope, int rows) {
            this.rows = rows;
            this.sweep = Elementwise.of(bias.type(), activation, outputs());
            this.z = scope.spaced(bias.type(), rows, outputs());
            this.saved = Elementwise.room(scope, bias.type(), activation, rows, outputs());
            this.biasSums = scope.uninitialized(bias.type(), outputs());
        }

        /// `z ← x Wᵀ`.
        abstract void multiply(Tensor x, Tensor z);

        /// The gradients of the weight.
        abstract void weightGradients(Tensor x, Tensor delta, LayerGradients gradients);

        /// `into ← delta W`.
        abstract void multiplyBack(Tensor into);

        @Override
        public final Tensor forward(Tensor x) {
            requireInput(x, rows);
            Tensor y = top(z, x.rows());
            multiply(x, y);
            sweep.activate(y, bias, saved);
            input = x;
            output = y;
            return y;
        }

        @Override
        public final void backward(Tensor delta, LayerGradients gradients) {
            Tensor x = made(input, "forward", "backward");
            Tensor y = made(output, "forward", "backward");
            require("the output's gradient", delta, x.rows(), outputs());
            if (gradients.factored().size() != factors().size()) {
                throw new IllegalArgumentException(
                        "linear '%s': needs room for the gradients of %d factored weights; got %d"
                                .formatted(
                                        name,
                                        factors().size(),
                                        gradients.factored().size()));
            }
            Tensor biasGradient = gradients.dense().map(List::getLast).orElse(biasSums);
            boolean added = gradients.added() && gradients.dense().isPresent();
            sweep.backward(delta, y, saved, biasGradient, added);
            weightGradients(x, delta, gradients);
        }

        @Override
        public final void inputGradient(Tensor into) {
            require("the input's gradient", into, input == null ? rows : input.rows(), inputs());
            multiplyBack(into);
        }

        /// The first rows of a matrix.
        final Tensor top(Tensor all, int count) {
            return count == all.rows() ? all : all.rows(0, count);
        }

        /// `gradient ← leftᵀ right`, or what it was plus that.
        final void multiplyTN(Tensor gradient, Tensor left, Tensor right, boolean added) {
            if (added) {
                addMatmulTNInPlace(gradient, 1, left, right);
            } else {
                matmulTNInto(gradient, left, right);
            }
        }

        /// What an earlier call has left for a later one.
        final Tensor made(@Nullable Tensor left, String earlier, String later) {
            if (left == null) {
                throw new IllegalStateException("linear '%s': %s must follow %s".formatted(name, later, earlier));
            }
            return left;
        }
    }

    private final class DensePass extends LinearPass {
        private final Tensor W;
        private @Nullable Tensor delta;
        private List<Later> later = List.of();

        DensePass(Scope scope, int rows, Tensor W) {
            super(scope, rows);
            this.W = W;
        }

        @Override
        void multiply(Tensor x, Tensor z) {
            matmulNTInto(z, x, W); // [B, m]
        }

        @Override
        void weightGradients(Tensor x, Tensor newDelta, LayerGradients gradients) {
            delta = newDelta;
            later = List.of();
            if (gradients.dense().isPresent()) {
                if (gradients.matricesLater()) {
                    later = List.of(new Later(newDelta, x));
                } else {
                    multiplyTN(gradients.dense().get().getFirst(), newDelta, x, gradients.added()); // [m, n]
                }
            }
        }

        @Override
        public List<Later> later() {
            return later;
        }

        @Override
        void multiplyBack(Tensor into) {
            matmulInto(into, made(delta, "backward", "inputGradient"), W); // [B, n]
        }
    }

    private final class LowRankPass extends LinearPass {
        private final Scope scope;
        private final Factors f;
        private final boolean free;
        private final int most;
        private final Tensor a;
        private final Tensor c;
        private @Nullable Tensor roomD; // made by the first way back, so that evaluation does without
        private @Nullable Tensor roomDS;
        private @Nullable Tensor D;

        LowRankPass(Scope scope, int rows, Factors f) {
            super(scope, rows);
            this.scope = scope;
            this.f = f;
            this.free = f.gauge() == Factors.Gauge.FREE;
            this.most = rows;
            this.a = scope.uninitialized(f.type(), rows, f.V().columns());
            this.c = free ? a : scope.uninitialized(f.type(), rows, f.U().columns());
        }

        @Override
        void multiply(Tensor x, Tensor z) {
            Tensor xV = top(a, x.rows());
            Tensor xVS = top(c, x.rows());
            matmulInto(xV, x, f.V()); // [B, r]
            if (!free) {
                matmulNTInto(xVS, xV, f.S()); // [B, r]
            }
            matmulNTInto(z, xVS, f.U()); // [B, m]
        }

        @Override
        void weightGradients(Tensor x, Tensor delta, LayerGradients gradients) {
            if (roomD == null) {
                roomD = scope.uninitialized(f.type(), most, f.U().columns());
            }
            Tensor xV = top(a, x.rows());
            Tensor newD = top(roomD, x.rows());
            D = newD;
            matmulInto(newD, delta, f.U()); // [B, r]
            FactorGradients wanted = gradients.factored().getFirst();
            if (wanted.K() != null) {
                multiplyTN(wanted.K(), delta, xV, gradients.added()); // [m, r]
            }
            if (wanted.L() != null) {
                multiplyTN(wanted.L(), x, newD, gradients.added()); // [n, r]
            }
            if (wanted.S() != null) {
                multiplyTN(wanted.S(), newD, xV, gradients.added()); // [r, r]
            }
        }

        @Override
        void multiplyBack(Tensor into) {
            Tensor left = made(D, "backward", "inputGradient");
            if (free) {
                matmulNTInto(into, left, f.V()); // [B, n]
                return;
            }
            if (roomDS == null) {
                roomDS = scope.uninitialized(f.type(), most, f.V().columns());
            }
            Tensor DS = top(roomDS, left.rows());
            matmulInto(DS, left, f.S()); // [B, r]
            matmulNTInto(into, DS, f.V()); // [B, n]
        }
    }
}
