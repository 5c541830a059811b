package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.transposeInto;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The product of a slice's rows with a weight, `z = x Wᵀ`, and its gradients: written once, for every layer
/// that has a weight.
///
/// With a factored weight `W = U S Vᵀ` is never formed. Forward, for `B` rows:
///
///     a = x V [B, r],   c = a Sᵀ [B, r],   z = c Uᵀ [B, m]
///
/// and back, with `delta = ∂loss/∂z` and `D = delta U [B, r]`, everything from one pass:
///
///     ∇K = deltaᵀ a,   ∇L = xᵀ D,   ∇S = Dᵀ a,   ∂loss/∂x = (D S) Vᵀ
///
/// A convolution has more rows than its weight has: it multiplies the weight by `S`, `z = a (U S)ᵀ` and `∂loss/∂x
/// = D (V Sᵀ)ᵀ`, and `∇S = Uᵀ ∇K`, where `∇K` is wanted. Sequences do the same, with products in another order
/// ([SequenceProduct]).
///
/// Cost: `2 B r (m + n)` flops each for the way forward, the input's gradient, and `∇K` with `∇L`, against `2 B
/// m n` each with a dense weight. In the free gauge (`S = I`) the products with `S` are left out, except for sequences.
/// Its memory is
/// in the scope that it was made with, and grows to that of the largest slice.
public abstract sealed class WeightProduct
        permits WeightProduct.Dense, WeightProduct.DensePatches, WeightProduct.LowRank, SequenceProduct, TuckerProduct {
    WeightProduct() {}

    /// The product with a weight as it is now.
    ///
    /// @throws IllegalArgumentException if the parameter is no matrix, or is factored in another form than `U S
    ///     Vᵀ`
    public static WeightProduct of(Scope scope, Parameter weight) {
        return switch (weight) {
            case DenseParameter dense -> {
                requireMatrix(dense);
                yield new Dense(scope, dense, false);
            }
            case FactoredParameter factored ->
                new LowRank(scope, factored, factors(factored), new FactorRows.Same(scope));
        };
    }

    /// The product of a weight as it is now with the rows of sequences, of which a batch has many: `z = x Wᵀ`, and
    /// with a factored weight the bias is added, too ([#addsBias]).
    static WeightProduct ofSequences(Scope scope, Parameter weight, DenseParameter bias, PassMode mode) {
        return switch (weight) {
            case DenseParameter dense -> {
                requireMatrix(dense);
                yield new Dense(scope, dense, mode != PassMode.DECODING);
            }
            case FactoredParameter factored -> new SequenceProduct(scope, factored, factors(factored), bias);
        };
    }

    /// The product of a kernel as it is now with patches of images: `z = P(x) Wᵀ`.
    ///
    /// In training Winograd's algorithm computes it where it can ([WinogradRows]), else the library's convolutions
    /// ([DirectRows]). Without them, patches are not gathered
    /// where the stride is 1 and little is computed in vain ([PaddedRows]), nor for a factored kernel whose window
    /// keeps the image's size ([ShiftedRows]); elsewhere some positions' patches are gathered at a time
    /// ([PatchRows]).
    ///
    /// @param channels of the images
    /// @throws IllegalArgumentException if the parameter is no matrix, or is factored in another form than
    ///     `U S Vᵀ` and the Tucker form
    static WeightProduct ofPatches(Scope scope, Parameter weight, ImageGrid grid, int channels, PassMode mode) {
        if (weight instanceof FactoredParameter factored && factored.weight() instanceof TuckerFactors tucker) {
            return new TuckerProduct(scope, factored, tucker, grid);
        }
        if (grid.isPointwise()) {
            return of(scope, weight);
        }
        return switch (weight) {
            case DenseParameter dense -> {
                requireMatrix(dense);
                Tensor W = dense.value();
                yield new DensePatches(dense, KernelRows.of(scope, W.type(), grid, channels, W.rows(), mode));
            }
            case FactoredParameter factored -> {
                Factors f = factors(factored);
                int r = f.V().columns();
                yield new LowRank(scope, factored, f, FactorRows.ofPatches(scope, f.type(), grid, channels, r, mode));
            }
        };
    }

    /// Outputs of a weight, `m`.
    public static int rows(Parameter weight) {
        return switch (weight) {
            case DenseParameter dense -> dense.value().rows();
            case FactoredParameter factored -> factored.weight().rows();
        };
    }

    /// Inputs of a weight, `n`.
    public static int columns(Parameter weight) {
        return switch (weight) {
            case DenseParameter dense -> dense.value().columns();
            case FactoredParameter factored -> factored.weight().columns();
        };
    }

    /// Number format of a weight.
    public static DType type(Parameter weight) {
        return switch (weight) {
            case DenseParameter dense -> dense.value().type();
            case FactoredParameter factored -> factored.weight().type();
        };
    }

    private static void requireMatrix(DenseParameter dense) {
        if (!dense.isMatrix()) {
            throw new IllegalArgumentException("weight '%s': must be a matrix; got %s"
                    .formatted(dense.name(), dense.value().shape()));
        }
    }

    private static Factors factors(FactoredParameter factored) {
        if (!(factored.weight() instanceof Factors f)) {
            throw new IllegalArgumentException(
                    "weight '%s': products need factors of the form U S Vᵀ; got %s; use a layer that is made for them"
                            .formatted(factored.name(), factored.weight()));
        }
        return f;
    }

    /// `z ← x Wᵀ`.
    ///
    /// @param x `[B, n]`; must stay as it is until the gradients are done
    /// @param z `[B, m]`
    public abstract void multiply(Tensor x, Tensor z);

    /// Returns whether [#multiply] adds the bias and [#backward] gives its gradient.
    boolean addsBias() {
        return false;
    }

    /// The gradients of the weight, as far as they are wanted; complete after [ParameterGradients#finish].
    ///
    /// @param x `[B, n]`, as it was multiplied
    /// @param delta `∂loss/∂z`, `[B, m]`; must stay as it is until [#multiplyBack] is done
    public abstract void backward(Tensor x, Tensor delta, ParameterGradients gradients);

    /// After [#backward]: `into ← delta W`, or what it was plus that.
    ///
    /// @param into `[B, n]`
    public abstract void multiplyBack(Tensor into, Accumulation how);

    /// The first rows of a matrix.
    static Tensor top(Tensor all, int count) {
        return count == all.rows() ? all : all.rows(0, count);
    }

    /// Room for `rows` rows: what is there, if it is enough.
    static Tensor room(@Nullable Tensor there, Scope scope, DType type, int rows, int columns) {
        return there != null && there.rows() >= rows ? there : scope.uninitialized(type, rows, columns);
    }

    static <T> T made(@Nullable T left) {
        if (left == null) {
            throw new IllegalStateException("weight product: must go forward before it goes back");
        }
        return left;
    }

    private static final class Dense extends WeightProduct {
        private final Scope scope;
        private final DenseParameter parameter;
        private final Tensor W;
        private final boolean hasManyRows; // more than the weight has
        private @Nullable Tensor transposed; // [n, m], which many rows are multiplied by faster
        private @Nullable Tensor delta;

        Dense(Scope scope, DenseParameter parameter, boolean hasManyRows) {
            this.scope = scope;
            this.parameter = parameter;
            this.W = parameter.value();
            this.hasManyRows = hasManyRows;
        }

        @Override
        public void multiply(Tensor x, Tensor z) {
            if (hasManyRows) {
                matmulInto(z, x, transposed()); // [B, m]
            } else {
                matmulNTInto(z, x, W); // [B, m]
            }
        }

        private Tensor transposed() {
            Tensor made = transposed;
            if (made == null) {
                made = scope.spaced(W.type(), W.columns(), W.rows());
                transposeInto(made, W);
                transposed = made;
            }
            return made;
        }

        @Override
        public void backward(Tensor x, Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
            gradients.addProduct(parameter, newDelta, x); // [m, n]
        }

        @Override
        public void multiplyBack(Tensor into, Accumulation how) {
            switch (how) {
                case WRITE -> matmulInto(into, made(delta), W); // [B, n]
                case ADD -> addMatmulInPlace(into, 1, made(delta), W);
            }
        }
    }

    /// A dense kernel and patches of images.
    private static final class DensePatches extends WeightProduct {
        private final DenseParameter parameter;
        private final KernelRows patches;
        private @Nullable Tensor delta;

        DensePatches(DenseParameter parameter, KernelRows patches) {
            this.parameter = parameter;
            this.patches = patches;
        }

        @Override
        public void multiply(Tensor x, Tensor z) {
            patches.multiplyDense(x, parameter.value(), z); // [positions, m]
        }

        @Override
        public void backward(Tensor x, Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
            Optional<Tensor> place = gradients.place(parameter);
            if (place.isPresent()) {
                patches.gradientDense(x, newDelta, place.get(), gradients.accumulation(parameter)); // [m, n]
            }
        }

        @Override
        public void multiplyBack(Tensor into, Accumulation how) {
            patches.multiplyBackDense(made(delta), parameter.value(), into, how); // [pixels, channels]
        }
    }

    private static final class LowRank extends WeightProduct {
        private static final int AT_ONCE = 1 << 17; // elements of delta: 512 KiB

        private final Scope scope;
        private final FactoredParameter parameter;
        private final Factors f;
        private final RightFactorProducts right;
        private final boolean free;
        private @Nullable Tensor roomC;
        private @Nullable Tensor K;

        LowRank(Scope scope, FactoredParameter parameter, Factors f, FactorRows rowsOf) {
            this.scope = scope;
            this.parameter = parameter;
            this.f = f;
            this.right = new RightFactorProducts(scope, f, rowsOf);
            this.free = f.gauge() == Factors.Gauge.FREE;
        }

        @Override
        public void multiply(Tensor x, Tensor z) {
            int rows = z.rows();
            Tensor xV = right.multiply(x, rows).own(); // [B, r]
            if (free) {
                matmulNTInto(z, xV, f.U()); // [B, m]
            } else if (right.hasManyRows()) {
                matmulNTInto(z, xV, K()); // [B, m]
            } else {
                roomC = room(roomC, scope, f.type(), rows, f.U().columns());
                Tensor xVS = top(roomC, rows);
                matmulNTInto(xVS, xV, f.S()); // [B, r]
                matmulNTInto(z, xVS, f.U()); // [B, m]
            }
        }

        /// `U S`, which is cheaper than a product of all rows with `S` where they are many.
        private Tensor K() {
            Tensor made = K;
            if (made == null) {
                made = matmul(scope, f.U(), f.S()); // [m, r]
                K = made;
            }
            return made;
        }

        @Override
        public void backward(Tensor x, Tensor delta, ParameterGradients gradients) {
            Tensor D = right.back(delta.rows()).own();
            Optional<FactorGradients> wanted = gradients.place(parameter);
            if (wanted.isEmpty()) {
                matmulInto(D, delta, f.U()); // [B, r]
                return;
            }
            Accumulation how = gradients.accumulation(parameter);
            Tensor placeK = wanted.get().K();
            if (placeK != null) {
                withGradientK(delta, D, placeK, how);
            } else {
                matmulInto(D, delta, f.U()); // [B, r]
            }
            right.gradients(x, wanted.get(), how);
        }

        /// `D` and `∇K`, both from some rows of `delta` at a time, while these are in the cache.
        private void withGradientK(Tensor delta, Tensor D, Tensor place, Accumulation how) {
            int rows = delta.rows();
            Tensor xV = right.product(rows).own();
            int atOnce = right.hasManyRows() ? Math.min(rows, Math.max(1, AT_ONCE / delta.columns())) : rows;
            for (int from = 0; from < rows; from += atOnce) {
                int to = Math.min(rows, from + atOnce);
                Tensor some = delta.rows(from, to);
                matmulInto(D.rows(from, to), some, f.U()); // [b, r]
                ParameterGradients.multiply(
                        place, some, xV.rows(from, to), from == 0 ? how : Accumulation.ADD); // [m, r]
            }
        }

        @Override
        public void multiplyBack(Tensor into, Accumulation how) {
            right.multiplyBack(into, how);
        }
    }
}
