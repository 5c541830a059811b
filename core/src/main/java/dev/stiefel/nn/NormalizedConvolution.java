package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulInto;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulNTInto;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A convolution with a kernel of the form `U S Vᵀ`, the batch normalization ([BatchNorm]) that follows it, and
/// an activation, for training: their outputs and gradients, without what is between them.
///
/// The outputs `z = a Kᵀ [N, m]` of the convolution, with `a = P(x) V [N, r]` and `K = U S [m, r]`, have rank
/// `r`; so have their moments. With `A = a − mean(a)` and `C = Aᵀ A [r, r]`, for output `j` with `k = K[j, :]`
///
///     mean = mean(a) · k,   variance = k C kᵀ / N
///
/// and with `F = diag(factor)`, `y = activation(A (F K)ᵀ + bias)` is the only matrix of `m` columns that is
/// written. On the way back `g [N, m]` is read once:
///
///     G = gᵀ A [m, r],   ∂bias = Σ g,   ∂scale = inverse · (inner products of the rows of G and K)
///     ∇K = F G + diag(slope) K C
///     D  = (∂loss/∂z) U = g (F U) + A (Kᵀ diag(slope) U) + 1 (constant U)
///
/// with the numbers of [NormGroup]. `∇L`, `∇S` and the input's gradient follow from `D` ([RightFactorProducts]).
///
/// Our choice, because layer by layer matrices of `m` columns are read or written twelve times a step, and here
/// four times. It costs `4 N r²` more flops for `C` and `A (…)`, of `4 N m r` for the products with `K` and `U`
/// and those of the window.
final class NormalizedConvolution implements Layer {
    private final String convolution;
    private final ImageGrid grid;
    private final int channels;
    private final FactoredParameter weight;
    private final BatchNorm norm;

    NormalizedConvolution(String convolution, ImageGrid grid, int channels, FactoredParameter weight, BatchNorm norm) {
        this.convolution = convolution;
        this.grid = grid;
        this.channels = channels;
        this.weight = weight;
        this.norm = norm;
    }

    /// Returns whether a kernel and a batch normalization can be computed together: the slope of the activation
    /// must be known from its value.
    static boolean suits(FactoredParameter weight, BatchNorm norm) {
        return weight.weight() instanceof Factors && !norm.spec().activation().slopeNeedsInput();
    }

    @Override
    public String name() {
        return norm.name();
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> all = new ArrayList<>();
        all.add(weight);
        all.addAll(norm.parameters());
        return all;
    }

    @Override
    public Set<Kept> keeps() {
        Set<Kept> kept = EnumSet.of(Kept.INPUTS);
        kept.addAll(norm.spec().activation().keeps());
        return kept;
    }

    @Override
    public void updateStatistics(List<Pass> passes) {
        norm.updateStatistics(passes);
    }

    @Override
    public Pass pass(PassContext context) {
        if (context.mode() != PassMode.TRAINING || !(weight.weight() instanceof Factors f)) {
            throw new IllegalStateException(
                    "convolution '%s' and batch norm '%s': can be computed together in training only; got %s"
                            .formatted(convolution, name(), context.mode()));
        }
        return new JointPass(context, f);
    }

    private final class JointPass implements BatchNorm.Normalizing {
        private static final int AT_ONCE = 1 << 15; // elements of an output: 128 KiB
        private static final double LOST = 1e-4; // share of a sum of squares, which rounds to some 1e-7 of it

        private final Scope scope;
        private final DType type;
        private final Factors f;
        private final int m;
        private final Tensor K; // [m, r]
        private final double[] squares; // of the norms of its rows
        private final RightFactorProducts right;
        private final ColumnSweeps ofProducts;
        private final ColumnSweeps ofGradients;
        private final Elementwise sweep;
        private final Tensor notSaved;
        private final NormGroups groups;
        private final List<Tensor> roomsKC = new ArrayList<>(); // K C of each group, and of more of a larger slice
        private @Nullable Tensor input;
        private @Nullable Tensor output;
        private boolean isBack;

        JointPass(PassContext context, Factors f) {
            this.scope = context.scope();
            this.type = f.type();
            this.f = f;
            this.m = f.rows();
            this.K = f.gauge() == Gauge.FREE ? f.U() : matmul(scope, f.U(), f.S());
            this.squares = Rowwise.dots(K, K);
            int r = f.V().columns();
            FactorRows rowsOf = FactorRows.ofPatches(scope, type, grid, channels, r, context.mode());
            this.right = new RightFactorProducts(scope, f, rowsOf);
            this.ofProducts = ColumnSweeps.of(type, Activation.IDENTITY, rowsOf.width(r));
            this.ofGradients = ColumnSweeps.of(type, Activation.IDENTITY, rowsOf.width(f.U().columns()));
            Activation activation = norm.spec().activation();
            this.sweep = Elementwise.of(type, activation, m);
            this.notSaved = Elementwise.room(scope, type, activation, 0, m);
            this.groups = new NormGroups(m);
        }

        @Override
        public NormGroups groups() {
            return groups;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor y) {
            Tensor x = inputs.getFirst().values();
            int samples = inputs.getFirst().samples();
            Convolution.require(convolution, "the input", x, samples * grid.pixels(), channels);
            Convolution.require(name(), "the output", y, samples * grid.positions(), m);
            WideRows a = right.multiply(x, samples * grid.positions());
            groups.clear();
            groups.divide(
                    RowLayout.uniform(samples, grid.positions()), norm.spec().group(), (first, end) -> {
                        double[] center = center(a.wide().rows(first, end));
                        return group(first, end, a.own().rows(first, end), center);
                    });
            for (NormGroup each : groups.last()) {
                normalize(each.of(a.own()), each.of(y), each);
            }
            input = x;
            output = y;
            isBack = false;
        }

        /// Takes the mean of each column away from it, and returns the means. `∇K = ∂zᵀ a` and `∇S` are the
        /// same with `A` in place of `a`, for the rows of `∂z` sum to 0.
        private double[] center(Tensor rows) {
            int width = rows.columns();
            double[] mean = new double[width];
            ofProducts.moments(rows, mean, new double[width]);
            double[] shift = new double[width];
            for (int j = 0; j < width; j++) {
                shift[j] = -mean[j];
            }
            ofProducts.normalize(rows, rows, ones(width), shift);
            return mean;
        }

        /// The group of these rows.
        ///
        /// @param A `[N, r]`
        /// @param center means of the columns, before they were taken away
        private NormGroup group(int first, int end, Tensor A, double[] center) {
            Tensor KC = roomKC(groups.last().size());
            try (Scope local = scope.inner("moments")) {
                Tensor C = matmulTN(local, A, A); // [r, r]
                matmulInto(KC, K, C); // [m, r]
                Tensor c = local.uninitialized(type, 1, A.columns());
                c.setAll(Arrays.copyOf(center, A.columns())); // without those of zeros behind the rows
                double[] variance = variances(A, C, KC);
                return norm.group(first, end, matmulNT(local, c, K).toDoubles(), variance);
            }
        }

        /// Room for `K C [m, r]` of a group.
        private Tensor roomKC(int group) {
            if (group == roomsKC.size()) {
                roomsKC.add(scope.uninitialized(type, m, K.columns()));
            }
            return roomsKC.get(group);
        }

        /// `k C kᵀ / N` for each row `k` of `K`. It is at most `|k|² trace(C) / N`: where it is far less, single
        /// precision has lost its digits, and it is computed from `A k`.
        private double[] variances(Tensor A, Tensor C, Tensor KC) {
            double trace = 0;
            for (int i = 0; i < C.rows(); i++) {
                trace += C.get(i, i);
            }
            double[] variance = Rowwise.dots(KC, K);
            for (int j = 0; j < m; j++) {
                if (variance[j] < LOST * squares[j] * trace) {
                    try (Scope local = scope.inner("output")) {
                        double norm = Ops.norm(matmulNT(local, A, K.rows(j, j + 1))); // [N, 1]
                        variance[j] = norm * norm;
                    }
                }
                variance[j] /= A.rows();
            }
            return variance;
        }

        /// Work on some rows.
        @FunctionalInterface
        private interface Block {
            void run(int from, int to);
        }

        private void forEachBlock(int rows, Block block) {
            int atOnce = Math.max(1, AT_ONCE / m);
            for (int from = 0; from < rows; from += atOnce) {
                block.run(from, Math.min(rows, from + atOnce));
            }
        }

        private void normalize(Tensor A, Tensor y, NormGroup group) {
            try (Scope local = scope.inner("normalized kernel")) {
                Tensor FK = Rowwise.scaled(local, K, group.factors()); // [m, r]
                Tensor bias = norm.bias().value();
                forEachBlock(A.rows(), (from, to) -> {
                    Tensor some = y.rows(from, to);
                    matmulNTInto(some, A.rows(from, to), FK);
                    sweep.activate(some, Optional.of(bias), notSaved);
                });
            }
        }

        @Override
        public void backward(Tensor delta, ParameterGradients gradients) {
            Tensor x = input;
            Tensor y = output;
            if (x == null || y == null) {
                throw new IllegalStateException("batch norm '%s': backward must follow forward".formatted(name()));
            }
            Convolution.require(name(), "the output's gradient", delta, y.rows(), m);
            WideRows a = right.product(delta.rows());
            WideRows D = right.back(delta.rows());
            Optional<FactorGradients> wanted = gradients.place(weight);
            Accumulation how = wanted.isPresent() ? gradients.accumulation(weight) : Accumulation.WRITE;
            Tensor placeK = wanted.isPresent() ? wanted.get().K() : null;
            for (int g = 0; g < groups.last().size(); g++) {
                NormGroup each = groups.last().get(g);
                try (Scope local = scope.inner("gradient of a kernel")) {
                    Tensor G = back(local, each.of(delta), each.of(y), each.of(a.own()), each.of(D.own()), each);
                    if (placeK != null) {
                        gradientK(local, G, roomsKC.get(g), each, placeK, g == 0 ? how : Accumulation.ADD);
                    }
                    finish(local, each.of(a.own()), each.of(D.own()), each.of(D.wide()), each);
                }
            }
            norm.write(groups, gradients);
            if (wanted.isPresent()) {
                right.gradients(x, wanted.get(), how);
            }
            isBack = true;
        }

        /// Reads the gradient of the outputs once: writes `g` over it, `D ← g (F U)`, and sums what the group
        /// needs.
        ///
        /// @return `gᵀ A [m, r]`
        private Tensor back(Scope local, Tensor delta, Tensor y, Tensor A, Tensor D, NormGroup group) {
            Tensor FU = Rowwise.scaled(local, f.U(), group.factors());
            Tensor ofBlock = local.uninitialized(type, m);
            double[] gSum = new double[m];
            Tensor G = local.uninitialized(type, m, A.columns());
            forEachBlock(A.rows(), (from, to) -> {
                Accumulation how = from == 0 ? Accumulation.WRITE : Accumulation.ADD;
                Tensor g = delta.rows(from, to);
                sweep.backward(g, y.rows(from, to), notSaved, Optional.of(ofBlock), Accumulation.WRITE);
                double[] sums = ofBlock.toDoubles();
                for (int j = 0; j < m; j++) {
                    gSum[j] += sums[j];
                }
                matmulInto(D.rows(from, to), g, FU);
                ParameterGradients.multiply(G, g, A.rows(from, to), how);
            });
            group.setGradientSums(gSum, Rowwise.dots(G, K));
            return G;
        }

        /// `∇K = F Gᵀ + diag(slope) K C`
        private void gradientK(Scope local, Tensor G, Tensor KC, NormGroup group, Tensor place, Accumulation how) {
            Tensor gradient = Rowwise.scaled(local, G, group.factors());
            axpyInPlace(gradient, 1, Rowwise.scaled(local, KC, group.slopes()));
            how.put(gradient, place);
        }

        /// `D ← D + A (Kᵀ diag(slope) U) + 1 (constant U)`
        private void finish(Scope local, Tensor A, Tensor D, Tensor wideD, NormGroup group) {
            Tensor slopes = Rowwise.scaled(local, K, group.slopes());
            addMatmulInPlace(D, 1, A, matmulTN(local, slopes, f.U()));
            Tensor constants = local.uninitialized(type, 1, m);
            constants.setAll(group.constants());
            double[] row = matmul(local, constants, f.U()).toDoubles();
            ofGradients.normalize(wideD, wideD, ones(wideD.columns()), Arrays.copyOf(row, wideD.columns()));
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            if (!isBack) {
                throw new IllegalStateException(
                        "batch norm '%s': inputGradient must follow backward".formatted(name()));
            }
            right.multiplyBack(into, how);
        }
    }

    private static double[] ones(int width) {
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        return ones;
    }
}
