package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaleInPlace;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Formed float64 matrices: what the factored code is compared with.
public final class Matrices {
    private Matrices() {}

    public static Tensor gaussian(Scope scope, int m, int n, long seed) {
        Tensor a = scope.uninitialized(DType.FLOAT64, m, n);
        Rng.seeded(seed).fillNormal(a, 1);
        return a;
    }

    public static Tensor basis(Scope scope, int m, int r, long seed) {
        return OrthonormalBasis.householder(scope, gaussian(scope, m, r, seed));
    }

    /// `U diag(sigma) Vᵀ` with random bases.
    public static Tensor withSingularValues(Scope scope, int m, int n, long seed, double... sigma) {
        int r = sigma.length;
        Tensor U = basis(scope, m, r, seed);
        Tensor V = basis(scope, n, r, seed + 1);
        return matmulNT(scope, matmul(scope, U, diagonal(scope, sigma)), V);
    }

    public static Tensor diagonal(Scope scope, double... values) {
        Tensor D = scope.zeros(DType.FLOAT64, values.length, values.length);
        for (int i = 0; i < values.length; i++) {
            D.set(i, i, values[i]);
        }
        return D;
    }

    /// The leading `r` singular triples of `W`.
    public static Factors factors(Tensor W, int r) {
        try (Scope local = Scope.open("factors of a matrix")) {
            Svd svd = Svd.of(local, W);
            double[] sigma = svd.sigma().stream().limit(r).mapToDouble(x -> x).toArray();
            return Factors.of(
                    svd.p().columnRange(0, r).copy(local),
                    diagonal(local, sigma),
                    transpose(local, svd.qt().rows(0, r)));
        }
    }

    /// A skew-symmetric matrix with entries of size 1/√n, so that its exponential rotates.
    public static Tensor skew(Scope scope, int n, long seed) {
        Tensor a = gaussian(scope, n, n, seed);
        Tensor skew = sum(scope, a, -1, transpose(scope, a));
        scaleInPlace(skew, 1 / Math.sqrt(2.0 * n));
        return skew;
    }

    /// `e^{t a}` by its Taylor series after halving: exact to rounding for `‖t a‖` of a few.
    public static Tensor exponential(Scope scope, Tensor a, double t) {
        int halvings = 4;
        Tensor x = scaled(scope, a, t / (1 << halvings));
        Tensor result = scope.identity(DType.FLOAT64, a.rows());
        Tensor term = scope.identity(DType.FLOAT64, a.rows());
        for (int k = 1; k <= 18; k++) {
            term = matmul(scope, term, x);
            scaleInPlace(term, 1.0 / k);
            axpyInPlace(result, 1, term);
        }
        for (int i = 0; i < halvings; i++) {
            result = matmul(scope, result, result);
        }
        return result;
    }

    /// The orthogonal projection onto the tangent space at `U · Vᵀ`, by its definition:
    /// `P(v) = U Uᵀ v + v V Vᵀ − U Uᵀ v V Vᵀ`.
    public static Tensor tangentProjection(Scope scope, Tensor U, Tensor V, Tensor v) {
        Tensor left = matmul(scope, U, matmulTN(scope, U, v));
        Tensor right = matmulNT(scope, matmul(scope, v, V), V);
        Tensor both = matmulNT(scope, matmul(scope, left, V), V);
        return sum(scope, sum(scope, left, 1, right), -1, both);
    }

    /// `K Vᵀ + U Lᵀ − U (Uᵀ K) Vᵀ`.
    public static Tensor tangentVector(Scope scope, Tensor U, Tensor V, Tensor K, Tensor L) {
        Tensor sum = sum(scope, matmulNT(scope, K, V), 1, matmulNT(scope, U, L));
        return sum(scope, sum, -1, matmulNT(scope, matmul(scope, U, matmulTN(scope, U, K)), V));
    }

    public static double distance(Tensor a, Tensor b) {
        try (Scope local = Scope.open("distance")) {
            return norm(sum(local, a, -1, b));
        }
    }
}
