package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.function.IntToDoubleFunction;

/// The initial singular values of random factors. Except for [Dense], `‖S‖_F² = 2m`.
public sealed interface Spectrum {
    /// `S` is a Gaussian matrix.
    record Gaussian() implements Spectrum {}

    /// All singular values equal: `S` is a multiple of the identity.
    record Flat() implements Spectrum {}

    /// Each singular value is so many times smaller than the one before it, as in the robustness experiment of
    /// arXiv 2205.13571 (`2⁻ⁱ`, `10⁻ⁱ`): most directions begin with nothing, and a method must not depend on
    /// their size to find others.
    ///
    /// @param ratio above 1 and finite
    record Decaying(double ratio) implements Spectrum {
        /// Checks the ratio.
        public Decaying {
            if (!(ratio > 1 && Double.isFinite(ratio))) {
                throw new IllegalArgumentException("decaying spectrum: ratio must be above 1 and finite; got " + ratio);
            }
        }
    }

    /// The `r` leading singular values that a dense He-initialised `[m, n]` matrix has on average: quantiles of
    /// the Marchenko–Pastur law. Less energy than `2m` when `r < min(m, n)`, and no larger singular values than
    /// dense.
    record Dense() implements Spectrum {}

    /// A core `[rank, rank]` for an `[m, n]` matrix, in `scope`.
    default Tensor core(Scope scope, DType type, int m, int n, int rank, Rng rng) {
        Tensor S = scope.zeros(type, rank, rank);
        switch (this) {
            case Gaussian _ -> rng.fillNormal(S, 1);
            case Flat _ -> fillDiagonal(S, i -> 1);
            case Decaying decaying -> fillDiagonal(S, i -> Math.pow(decaying.ratio(), -i));
            case Dense _ -> {
                double[] sigma = MarchenkoPastur.singularValues(m, n, rank);
                fillDiagonal(S, i -> sigma[i] * Math.sqrt(2.0 / n));
                return S;
            }
        }
        scaleInPlace(S, Math.sqrt(2.0 * m) / norm(S));
        return S;
    }

    private static void fillDiagonal(Tensor S, IntToDoubleFunction diagonal) {
        for (int i = 0; i < S.rows(); i++) {
            S.set(i, i, diagonal.applyAsDouble(i));
        }
    }
}
