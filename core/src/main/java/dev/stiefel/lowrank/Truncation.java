package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The best approximation of lower rank of a factored matrix, with the rotations that lead to it.
///
///     P, sigma, Qᵀ = svd(Shat),   r1 from a rank rule,
///     U = Uhat P[:, :r1],   S = diag(sigma[:r1]),   V = Vhat Q[:, :r1]
///
/// (arXiv 2205.13571, Algorithm 1.) `‖W − truncated‖_F` is [#error]. Note `Q[:, :r1]`: columns of `Q`,
/// that is rows of what an SVD routine returns; the published codes take the wrong ones.
///
/// @param U `[m, r1]`
/// @param S `[r1, r1]`, diagonal
/// @param V `[n, r1]`
/// @param left `[r1, p]`: `P[:, :r1]ᵀ`, the change of the left basis
/// @param right `[r1, q]`: `Q[:, :r1]ᵀ`, the change of the right basis
/// @param sigma all singular values before truncation, descending
/// @param error Frobenius norm of the part that was cut off
public record Truncation(Tensor U, Tensor S, Tensor V, Tensor left, Tensor right, List<Double> sigma, double error) {
    /// Takes a copy of the singular values.
    public Truncation {
        sigma = List.copyOf(sigma);
    }

    /// Truncates `Uhat Shat Vhatᵀ`, with orthonormal `Uhat [m, p]` and `Vhat [n, q]`, to a rank that a
    /// [RankRule] has chosen. The result is in `scope`.
    ///
    /// @param svd of the core `Shat [p, q]`
    /// @param rank in `[1, min(p, q)]`
    public static Truncation of(Scope scope, Tensor Uhat, Svd svd, Tensor Vhat, int rank) {
        Tensor S = scope.zeros(Uhat.type(), rank, rank);
        for (int i = 0; i < rank; i++) {
            S.set(i, i, svd.sigma().get(i));
        }
        Tensor P = svd.p().columnRange(0, rank);
        Tensor right = svd.qt().rows(0, rank);
        double tail = 0;
        for (double value : svd.sigma().subList(rank, svd.sigma().size())) {
            tail = Math.hypot(tail, value);
        }
        return new Truncation(
                matmul(scope, Uhat, P), // [m, r1]
                S,
                matmulNT(scope, Vhat, right), // [n, r1]
                transpose(scope, P),
                right,
                svd.sigma(),
                tail);
    }

    /// The rank that was kept.
    public int rank() {
        return S.rows();
    }
}
