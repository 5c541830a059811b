package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// The singular values that random factors start with. Except for [#DENSE], `‖S‖_F² = 2m`.
public enum Spectrum {
    /// `S` is a Gaussian matrix.
    GAUSSIAN,
    /// All singular values equal: `S` is a multiple of the identity.
    FLAT,
    /// Singular value `i` is half of the one before it.
    DECAYING,
    /// The `r` leading singular values that a dense He-initialised `[m, n]` matrix has on average: quantiles of the
    /// Marchenko–Pastur law. Less energy than `2m` when `r < min(m, n)`, and no larger singular values than dense.
    DENSE;

    Tensor core(Scope scope, DType type, int m, int n, int rank, Rng rng) {
        Tensor S = scope.zeros(type, rank, rank);
        switch (this) {
            case GAUSSIAN -> rng.fillNormal(S, 1);
            case FLAT -> fillDiagonal(S, i -> 1);
            case DECAYING -> fillDiagonal(S, i -> Math.pow(2, -i));
            case DENSE -> {
                double[] sigma = MarchenkoPastur.singularValues(m, n, rank);
                fillDiagonal(S, i -> sigma[i] * Math.sqrt(2.0 / n));
                return S;
            }
        }
        scaleInPlace(S, Math.sqrt(2.0 * m) / norm(S));
        return S;
    }

    private interface Diagonal {
        double at(int i);
    }

    private static void fillDiagonal(Tensor S, Diagonal diagonal) {
        for (int i = 0; i < S.rows(); i++) {
            S.set(i, i, diagonal.at(i));
        }
    }
}
