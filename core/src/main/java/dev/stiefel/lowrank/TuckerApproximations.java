package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.WeightSpectrum.Mode;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Approximations of a kernel in Tucker form, by the sequentially truncated higher-order singular value
/// decomposition (Vannieuwenhoven, Vandebril & Meerbergen 2012, doi:10.1137/110836067): the channels are cut
/// first, and the outputs in what is left.
///
///     W as [out·k, in] = P Σ Qᵀ,   Ui = Q[:, :r_i],   B = W (I_k ⊗ Ui) [out, k·r_i]
///     B = P' Σ' Q'ᵀ,               Uo = P'[:, :r_o],  C = Uoᵀ B
///
///     ‖W − Uo C (I_k ⊗ Ui)ᵀ‖_F² = Σ_{j > r_i} sigma_j² + Σ_{j > r_o} sigma'_j²
///
/// The plain higher-order decomposition (De Lathauwer, De Moor & Vandewalle 2000,
/// doi:10.1137/S0895479896305696) takes `Uo` from `W` as it takes `Ui`. With two modes the sequential one never
/// errs by more: its `Uo` is the best beside the same `Ui`. So its error is at most `√2` times the least of such
/// ranks, too.
///
/// Ranks for a tolerance `τ`: of all pairs with which the plain decomposition errs by at most `τ` that with the
/// fewest parameters; then `r_o` is cut to what the second decomposition needs for what the first has left of
/// `τ`. Our choice; arXiv 2305.19059 gives each mode the same share of the bound `√(tail_o² + tail_i²)`. The
/// error of the plain decomposition with any ranks is known from its whole core `S = Pᵀ W (I_k ⊗ Q)`, with `P`
/// and `Q` of the unfoldings of `W`: it is the norm of all but the leading `[r_o, k, r_i]`.
///
/// A kernel that is factored already is decomposed in its bases, which costs as much as its core: `W = Ul W'
/// (I_k ⊗ Ur)ᵀ`, with `W' [p, k·q]`. Ranks are then at most `p` and `q`.
public final class TuckerApproximations implements Approximations {
    private final Tensor kernel; // W' [p, k q]
    private final int offsets;
    private final Optional<Tensor> left; // Ul [out, p]
    private final Optional<Tensor> right; // Ur [in, q]
    private final WeightSpectrum channels;
    private final Tensor Qt; // [min(p k, q), q]
    private final double[][] errors; // of the plain decomposition, relative, of each rank of outputs and of channels

    private TuckerApproximations(
            Scope scope, Tensor kernel, int offsets, Optional<Tensor> left, Optional<Tensor> right) {
        this.kernel = kernel;
        this.offsets = offsets;
        this.left = left;
        this.right = right;
        Svd in = TuckerFactors.inDecomposition(scope, kernel, offsets);
        this.channels = new WeightSpectrum(out(), in(), in.sigma(), Mode.CHANNELS);
        this.Qt = in.qt();
        try (Scope local = Scope.open("whole core")) {
            Tensor P = TuckerFactors.outDecomposition(local, kernel).p();
            Tensor S = matmulTN(local, P, inDirections(local, Qt.rows()));
            this.errors = errors(S.toDoubles(), S.rows(), Qt.rows(), channels.norm());
        }
    }

    /// The share of a core's norm that is outside of its leading `[o, k, i]`, for each `o` and `i` from 1.
    ///
    /// @param core `[out, k, in]`
    private static double[][] errors(double[] core, int out, int in, double norm) {
        int row = core.length / out;
        double[] beyond = new double[out + 1]; // squares of the rows behind o
        double[][] errors = new double[out + 1][in + 1];
        for (int o = out; o >= 1; o--) {
            for (int at = 0; at < row && norm > 0; at++) {
                double share = core[(o - 1) * row + at] / norm;
                errors[o][at % in] += share * share; // what i + 1 has more than i
            }
            for (int i = in - 1; i >= 0; i--) {
                errors[o][i] += errors[o][i + 1]; // of row o what is behind i
            }
            beyond[o - 1] = beyond[o] + errors[o][0];
        }
        for (int o = 1; o <= out; o++) {
            for (int i = 0; i <= in; i++) {
                errors[o][i] += errors[o - 1][i]; // of the rows up to o
            }
        }
        for (int o = 1; o <= out; o++) {
            for (int i = 0; i <= in; i++) {
                errors[o][i] = Math.sqrt(errors[o][i] + beyond[o]);
            }
        }
        return errors;
    }

    private int out() {
        return left.orElse(kernel).rows();
    }

    private int in() {
        return right.map(Tensor::rows).orElse(kernel.columns() / offsets);
    }

    /// Approximations of a dense kernel.
    ///
    /// @param scope of the decomposition, which must stay open as long as this is used
    /// @param W `[out, k·in]`, without gaps; it must not change either
    /// @param offsets `k`
    /// @throws IllegalArgumentException if the columns are not a multiple of the offsets
    public static TuckerApproximations of(Scope scope, Tensor W, int offsets) {
        if (offsets < 1 || W.columns() % offsets != 0) {
            throw new IllegalArgumentException("Tucker factors: a kernel [out, k·in] of %d offsets is needed; got %s"
                    .formatted(offsets, W.shape()));
        }
        return new TuckerApproximations(scope, W, offsets, Optional.empty(), Optional.empty());
    }

    /// Approximations of a kernel of the form `U S Vᵀ`.
    static TuckerApproximations of(Scope scope, Factors kernel, int offsets) {
        try (Factors f = kernel.inGauge(Gauge.ORTHONORMAL)) {
            Tensor W = matmulNT(scope, f.S(), f.V()); // [r, k in]
            return new TuckerApproximations(scope, W, offsets, Optional.of(f.U().copy(scope)), Optional.empty());
        }
    }

    /// Approximations of a kernel in Tucker form.
    static TuckerApproximations of(Scope scope, TuckerFactors kernel) {
        try (TuckerFactors f = kernel.inGauge(Gauge.ORTHONORMAL)) {
            return new TuckerApproximations(
                    scope,
                    f.C().copy(scope),
                    f.offsets(),
                    Optional.of(f.Uo().copy(scope)),
                    Optional.of(f.Ui().copy(scope)));
        }
    }

    /// The approximation of these ranks of outputs and channels, each cut to what the kernel can have
    /// ([TuckerRanks#capped]).
    @Override
    public TuckerFactors ofRanks(List<Integer> ranks) {
        TuckerRanks r =
                new TuckerRanks(ranks.get(0), ranks.get(1)).capped(kernel.rows(), kernel.columns() / offsets, offsets);
        try (Scope local = Scope.open("Tucker factors of given ranks")) {
            Tensor B = inDirections(local, r.in());
            return factors(local, B, TuckerFactors.outDecomposition(local, B), r);
        }
    }

    /// The approximation with the fewest parameters that is known to err by at most `tolerance ‖W‖_F`.
    ///
    /// @param tolerance in `[0, 1)`
    @Override
    public TuckerFactors within(double tolerance) {
        new RankRule.RelativeTolerance(tolerance); // checks it
        List<Integer> cheapest = choices().stream()
                .filter(choice -> choice.error() <= tolerance)
                .findFirst()
                .orElseThrow() // the last one has error 0
                .ranks();
        int in = cheapest.get(1);
        double cut = Math.min(tolerance, channels.tail(in));
        double rest = Math.sqrt((tolerance - cut) * (tolerance + cut)) * channels.norm();
        try (Scope local = Scope.open("Tucker factors within a tolerance")) {
            Tensor B = inDirections(local, in);
            Svd svd = TuckerFactors.outDecomposition(local, B);
            WeightSpectrum found = new WeightSpectrum(B.rows(), B.columns(), svd.sigma());
            int out = new RankRule.AbsoluteTolerance(rest).ranks(List.of(found)).getFirst();
            int least = Math.ceilDiv(in, offsets);
            return factors(local, B, svd, new TuckerRanks(Math.clamp(out, least, cheapest.get(0)), in));
        }
    }

    /// All pairs of ranks that fit each other ([TuckerRanks]) and are worth their price. Errors are those of
    /// the plain decomposition.
    @Override
    public List<RankChoice> choices() {
        List<RankChoice> pairs = new ArrayList<>();
        for (int o = 1; o < errors.length; o++) {
            for (int i = Math.ceilDiv(o, offsets); i < errors[o].length && i <= (long) offsets * o; i++) {
                long parameters = new TuckerRanks(o, i).parameters(out(), in(), offsets);
                pairs.add(new RankChoice(List.of(o, i), parameters, errors[o][i]));
            }
        }
        return RankChoice.worthTheirPrice(pairs);
    }

    /// `B [p, k·r_i]`: the kernel in its leading directions of channels.
    private Tensor inDirections(Scope local, int in) {
        return TuckerFactors.timesIn(local, kernel, offsets, Qt.rows(0, in));
    }

    private TuckerFactors factors(Scope local, Tensor B, Svd svd, TuckerRanks r) {
        Tensor P = svd.p().columnRange(0, r.out()).copy(local); // [p, r_o]
        Tensor C = matmulTN(local, P, B); // [r_o, k r_i]
        Tensor Q = transpose(local, Qt.rows(0, r.in())); // [q, r_i]
        return TuckerFactors.of(
                offsets,
                left.map(Ul -> matmul(local, Ul, P)).orElse(P),
                C,
                right.map(Ur -> matmul(local, Ur, Q)).orElse(Q));
    }
}
