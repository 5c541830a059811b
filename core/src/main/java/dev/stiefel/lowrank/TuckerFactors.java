package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A convolution's kernel in Tucker-2 form (arXiv 2305.19059): the modes of outputs and of channels are
/// factored, the `k = kernel height · kernel width` offsets left whole.
///
///     W_q = Uo C_q Uiᵀ for each offset q,   Uo [out, r_o],  C_q [r_o, r_i],  Ui [in, r_i]
///
/// The kernel as a matrix is `W [out, k·in]`, its columns by offset and channel, and the core the matrix `C [r_o,
/// k·r_i]`, with its columns in the same order; so `W = Uo C (I_k ⊗ Ui)ᵀ`. It takes `out r_o + in r_i + k r_o
/// r_i` numbers. In the [Gauge#ORTHONORMAL] gauge `Uo` and `Ui` have orthonormal columns; in the [Gauge#FREE]
/// gauge they are any matrices.
///
/// **Gradients.** With `G = ∇_W loss`, never formed, and the core's two unfoldings factored by QR,
///
///     C = So Ro,   Ro [r_o, k·r_i] with orthonormal rows,    K = Uo So [out, r_o]
///     C as [r_o·k, r_i] = Qi Siᵀ,   Qi [r_o·k, r_i] with orthonormal columns,   L = Ui Si [in, r_i]
///
/// the parts are, in the orthonormal gauge,
///
///     ∇K = G (I_k ⊗ Ui) Roᵀ,   ∇L = Σ_q G_qᵀ Uo Qi_q,   ∇S = Uoᵀ G (I_k ⊗ Ui)
///
/// and in the free gauge those of `Uo`, `Ui` and `C`:
///
///     ∇K = G (I_k ⊗ Ui) Cᵀ,   ∇L = Σ_q G_qᵀ Uo C_q,   ∇S = Uoᵀ G (I_k ⊗ Ui)
///
/// `Ro` and `Qi` follow from the core alone ([#outRows], [#inColumns]): the same core gives the same bits, so a
/// layer and an integrator need not exchange them. While bases are augmented `r_o` may exceed `k·r_i`, or `r_i`
/// `k·r_o`; then `K` or `L` has the smaller number of columns.
///
/// Owns its memory: close it. The tensors it hands out are its own and change when it does; after [#replace]
/// with another rank they are closed.
public final class TuckerFactors implements FactoredWeight {
    private final Scope scope = Scope.open("Tucker factors");
    private final Gauge gauge;
    private final int offsets;
    private Tensor Uo;
    private Tensor C;
    private Tensor Ui;

    private TuckerFactors(Gauge gauge, int offsets, Tensor Uo, Tensor C, Tensor Ui) {
        requireShapes(offsets, Uo, C, Ui);
        this.gauge = gauge;
        this.offsets = offsets;
        this.Uo = Uo.copy(scope).named("Uo");
        this.C = C.copy(scope).named("C");
        this.Ui = Ui.copy(scope).named("Ui");
    }

    /// Factors with these orthonormal bases, copied.
    ///
    /// @param offsets `k`
    /// @param Uo `[out, r_o]`
    /// @param C `[r_o, k·r_i]`
    /// @param Ui `[in, r_i]`
    /// @throws IllegalArgumentException if the shapes do not fit or a basis is not orthonormal to rounding
    public static TuckerFactors of(int offsets, Tensor Uo, Tensor C, Tensor Ui) {
        requireShapes(offsets, Uo, C, Ui);
        Bases.requireOrthonormal("Tucker factors", "Uo", Uo);
        Bases.requireOrthonormal("Tucker factors", "Ui", Ui);
        return new TuckerFactors(Gauge.ORTHONORMAL, offsets, Uo, C, Ui);
    }

    /// Factors in the free gauge, copied.
    ///
    /// @throws IllegalArgumentException if the shapes do not fit
    public static TuckerFactors product(int offsets, Tensor Uo, Tensor C, Tensor Ui) {
        return new TuckerFactors(Gauge.FREE, offsets, Uo, C, Ui);
    }

    /// Random factors of a kernel: bases uniformly distributed, and a core whose unfolding along the outputs is
    /// that of random [Factors] of rank `r_o` in a random basis, so that `‖W‖_F² = 2 out` as in He
    /// initialisation.
    ///
    /// @param out outputs
    /// @param in channels
    /// @param offsets `k`
    /// @param ranks cut to what the kernel can have ([TuckerRanks#capped])
    public static TuckerFactors random(
            DType type, int out, int in, int offsets, TuckerRanks ranks, Spectrum spectrum, Rng rng) {
        TuckerRanks r = ranks.capped(out, in, offsets);
        try (Scope local = Scope.open("initial Tucker factors")) {
            Tensor Uo = Bases.random(local, type, out, r.out(), rng);
            Tensor So = spectrum.core(local, type, out, offsets * in, r.out(), rng); // [r_o, r_o]
            Tensor Ro = Bases.random(local, type, offsets * r.in(), r.out(), rng); // [k r_i, r_o]
            Tensor Ui = Bases.random(local, type, in, r.in(), rng);
            return new TuckerFactors(Gauge.ORTHONORMAL, offsets, Uo, matmulNT(local, So, Ro), Ui);
        }
    }

    /// An approximation of a kernel with these ranks ([TuckerApproximations]). Its error is at most `√2` times the
    /// least with such ranks.
    ///
    /// @param W `[out, k·in]`, without gaps
    /// @param offsets `k`
    /// @param ranks cut to what the kernel can have ([TuckerRanks#capped])
    public static TuckerFactors best(Tensor W, int offsets, TuckerRanks ranks) {
        try (Scope local = Scope.open("best Tucker factors")) {
            return TuckerApproximations.of(local, W, offsets).ofRanks(List.of(ranks.out(), ranks.in()));
        }
    }

    /// The same with the fewest parameters for which the error is known to be at most `tolerance ‖W‖_F`.
    ///
    /// @param tolerance in `[0, 1)`
    public static TuckerFactors within(Tensor W, int offsets, double tolerance) {
        try (Scope local = Scope.open("best Tucker factors")) {
            return TuckerApproximations.of(local, W, offsets).within(tolerance);
        }
    }

    /// The decomposition of a core's, or a kernel's, unfolding along the outputs: the columns of `p` are
    /// directions of outputs.
    ///
    /// @param C `[r_o, k·r_i]`
    public static Svd outDecomposition(Scope into, Tensor C) {
        return Svd.of(into, C);
    }

    /// The decomposition of its unfolding along the channels, `C` as `[r_o·k, r_i]`: the rows of `qt` are
    /// directions of channels.
    ///
    /// @param C `[r_o, k·r_i]`, without gaps
    public static Svd inDecomposition(Scope into, Tensor C, int offsets) {
        return Svd.of(into, inUnfolding(C, offsets));
    }

    /// A core, or a kernel, as `[r_o·k, r_i]`: the same numbers.
    ///
    /// @param C `[r_o, k·r_i]`, without gaps
    public static Tensor inUnfolding(Tensor C, int offsets) {
        return C.slice(0, C.rows() * offsets, C.columns() / offsets);
    }

    /// `C (I_k ⊗ N)ᵀ`: a core, or a kernel, in other directions of channels.
    ///
    /// @param C `[r_o, k·r_i]`, without gaps
    /// @param N `[r, r_i]`
    /// @return `[r_o, k·r]`
    public static Tensor timesIn(Scope into, Tensor C, int offsets, Tensor N) {
        return matmulNT(into, inUnfolding(C, offsets), N).slice(0, C.rows(), offsets * N.rows());
    }

    /// `Ro`: an orthonormal basis of the rows of the core, `[min(r_o, k·r_i), k·r_i]`. The same core gives the
    /// same bits.
    public static Tensor outRows(Scope into, Tensor C) {
        if (C.rows() >= C.columns()) {
            return into.identity(C.type(), C.columns()); // the whole space
        }
        try (Scope local = Scope.open("rows of a Tucker core")) {
            return transpose(into, OrthonormalBasis.of(local, transpose(local, C)));
        }
    }

    /// `Qi`: an orthonormal basis of the columns of the core as `[r_o·k, r_i]`. The result is laid out as a
    /// core, `[r_o, k·r]`, `r = min(r_i, k·r_o)`. The same core gives the same bits.
    ///
    /// @param C `[r_o, k·r_i]`, without gaps
    public static Tensor inColumns(Scope into, Tensor C, int offsets) {
        Tensor unfolding = inUnfolding(C, offsets);
        Tensor Qi = unfolding.columns() >= unfolding.rows()
                ? into.identity(C.type(), unfolding.rows())
                : OrthonormalBasis.of(into, unfolding);
        return Qi.slice(0, C.rows(), offsets * Qi.columns());
    }

    /// The same kernel in the orthonormal gauge: `Uo ← orth(Uo)`, `Ui ← orth(Ui)`, the core rebuilt between
    /// them.
    public TuckerFactors toOrthonormalGauge() {
        if (gauge == Gauge.ORTHONORMAL) {
            return new TuckerFactors(gauge, offsets, Uo, C, Ui);
        }
        try (Scope local = Scope.open("orthonormal gauge")) {
            Tensor left = OrthonormalBasis.of(local, Uo);
            Tensor right = OrthonormalBasis.of(local, Ui);
            Tensor core = matmul(local, matmulTN(local, left, Uo), C);
            return new TuckerFactors(
                    Gauge.ORTHONORMAL, offsets, left, timesIn(local, core, offsets, matmulTN(local, right, Ui)), right);
        }
    }

    @Override
    public TuckerFactors inGauge(Gauge wanted) {
        return switch (wanted) {
            case ORTHONORMAL -> toOrthonormalGauge();
            case FREE -> new TuckerFactors(wanted, offsets, Uo, C, Ui);
        };
    }

    /// `[out, r_o]`.
    public Tensor Uo() {
        return Uo;
    }

    /// `[r_o, k·r_i]`, its columns by offset and direction of channels.
    public Tensor C() {
        return C;
    }

    /// `[in, r_i]`.
    public Tensor Ui() {
        return Ui;
    }

    /// Offsets of the kernel, `k`.
    public int offsets() {
        return offsets;
    }

    /// Channels of the kernel.
    public int channels() {
        return Ui.rows();
    }

    @Override
    public TuckerRanks ranks() {
        return new TuckerRanks(Uo.columns(), Ui.columns());
    }

    @Override
    public Gauge gauge() {
        return gauge;
    }

    @Override
    public Tensor core() {
        return C;
    }

    @Override
    public Shape kShape() {
        return Shape.of(rows(), gauge == Gauge.FREE ? Uo.columns() : Math.min(Uo.columns(), C.columns()));
    }

    @Override
    public Shape lShape() {
        return Shape.of(
                channels(), gauge == Gauge.FREE ? Ui.columns() : Math.min(Ui.columns(), offsets * Uo.columns()));
    }

    @Override
    public DType type() {
        return Uo.type();
    }

    @Override
    public int rows() {
        return Uo.rows();
    }

    @Override
    public int columns() {
        return offsets * channels();
    }

    @Override
    public int rank() {
        return ranks().larger();
    }

    @Override
    public long parameters() {
        return ranks().parameters(rows(), channels(), offsets);
    }

    @Override
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("Uo", Uo);
        tensors.put("C", C);
        tensors.put("Ui", Ui);
        return tensors;
    }

    /// The singular value decomposition of the kernel as a matrix, its tensors in `into`: `min(r_o, k·r_i)` singular
    /// values, made from that of the core's unfolding along the outputs.
    public Svd svd(Scope into) {
        if (gauge == Gauge.FREE) {
            try (TuckerFactors orthonormal = toOrthonormalGauge()) {
                return orthonormal.svd(into);
            }
        }
        try (Scope local = Scope.open("singular values")) {
            Svd core = outDecomposition(local, C);
            return new Svd(matmul(into, Uo, core.p()), core.sigma(), timesIn(into, core.qt(), offsets, Ui));
        }
    }

    /// The singular values of the unfolding along the mode of the larger rank, that of the outputs where they
    /// are equal; descending, as many as the rank.
    @Override
    public List<Double> singularValues() {
        if (gauge == Gauge.FREE) {
            try (TuckerFactors orthonormal = toOrthonormalGauge()) {
                return orthonormal.singularValues();
            }
        }
        try (Scope local = Scope.open("singular values")) {
            return ranks().out() >= ranks().in()
                    ? outDecomposition(local, C).sigma()
                    : inDecomposition(local, C, offsets).sigma();
        }
    }

    /// Replaces the factors by copies of these, of any ranks, in the same gauge. The caller guarantees
    /// orthonormal bases: checking would cost as much as making them.
    ///
    /// @throws IllegalArgumentException if the shapes do not fit each other or this kernel
    public void replace(Tensor newUo, Tensor newC, Tensor newUi) {
        requireShapes(offsets, newUo, newC, newUi);
        if (newUo.rows() != rows() || newUi.rows() != channels() || newUo.type() != type()) {
            throw new IllegalArgumentException(
                    "replace: factors must be of a %s kernel of %d outputs and %d channels; got Uo %s and Ui %s"
                            .formatted(type(), rows(), channels(), newUo, newUi));
        }
        Uo = replaced(Uo, newUo, "Uo");
        C = replaced(C, newC, "C");
        Ui = replaced(Ui, newUi, "Ui");
    }

    private Tensor replaced(Tensor old, Tensor source, String name) {
        if (old.shape().equals(source.shape())) {
            old.copyFrom(source);
            return old;
        }
        Tensor copy = source.copy(scope).named(name);
        old.close();
        return copy;
    }

    /// The kernel as a matrix, `[out, k·in]`. Training never forms it.
    public Tensor matrix(Scope into) {
        try (Scope local = Scope.open("matrix")) {
            return timesIn(into, matmul(local, Uo, C), offsets, Ui);
        }
    }

    @Override
    public void close() {
        scope.close();
    }

    @Override
    public String toString() {
        return "Tucker factors of a kernel of %d outputs, %d offsets and %d channels, ranks %s"
                .formatted(rows(), offsets, channels(), ranks());
    }

    private static void requireShapes(int offsets, Tensor Uo, Tensor C, Tensor Ui) {
        if (offsets < 1 || Uo.columns() != C.rows() || (long) offsets * Ui.columns() != C.columns()) {
            throw new IllegalArgumentException(
                    "Tucker factors: Uo [out, r_o], C [r_o, %d·r_i] and Ui [in, r_i] must fit; got %s, %s and %s"
                            .formatted(offsets, Uo.shape(), C.shape(), Ui.shape()));
        }
        if (Uo.columns() < 1 || Uo.columns() > Uo.rows() || Ui.columns() < 1 || Ui.columns() > Ui.rows()) {
            throw new IllegalArgumentException(
                    "Tucker ranks (%d and %d) must be in [1, %d] and [1, %d] for a kernel of %d outputs and %d channels"
                            .formatted(Uo.columns(), Ui.columns(), Uo.rows(), Ui.rows(), Uo.rows(), Ui.rows()));
        }
        if (Uo.type() != C.type() || Ui.type() != C.type()) {
            throw new IllegalArgumentException(
                    "Tucker factors: number formats must be equal; got %s, %s and %s".formatted(Uo, C, Ui));
        }
    }
}
