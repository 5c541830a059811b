package dev.stiefel.linalg;

import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.isFinite;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Lapack;
import dev.stiefel.tensor.Lapack.SvdDriver;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.DoubleStream;

/// A singular value decomposition, `A = P diag(sigma) Qt` with `A [m, n]`, `k = min(m, n)`.
///
/// Made for the small cores of low-rank factors. Divide and conquer in the format of the input is tried first, then in
/// float64, then QR iteration in float64: finite input always ends in a decomposition, however ill-conditioned.
///
/// @param p `[m, k]`, orthonormal columns: the left singular vectors
/// @param sigma the singular values, descending, at least 0
/// @param qt `[k, n]`, orthonormal rows: the right singular vectors, transposed
public record Svd(Tensor p, List<Double> sigma, Tensor qt) {

    public Svd {
        sigma = List.copyOf(sigma);
    }

    /// Decomposes `a`, which is left as it is. The result's tensors are in `scope`. Cost: about `20 n³` flops.
    ///
    /// @throws IllegalArgumentException if an element of `a` is not finite
    public static Svd of(Scope scope, Tensor a) {
        if (!isFinite(a)) {
            throw new IllegalArgumentException(
                    "singular value decomposition: every element must be finite; got %s with NaN or infinity"
                            .formatted(a));
        }
        Attempt first = Attempt.run(scope, a, SvdDriver.DIVIDE_AND_CONQUER);
        if (first.converged()) {
            return first.svd();
        }
        Tensor wide = cast(scope, a, DType.FLOAT64);
        Attempt second = Attempt.run(scope, wide, SvdDriver.DIVIDE_AND_CONQUER);
        Attempt last = second.converged() ? second : Attempt.run(scope, wide, SvdDriver.QR_ITERATION);
        if (!last.converged()) {
            throw new IllegalStateException(
                    "singular value decomposition of %s did not converge with any driver".formatted(a));
        }
        Svd svd = last.svd();
        return new Svd(cast(scope, svd.p, a.type()), svd.sigma, cast(scope, svd.qt, a.type()));
    }

    private record Attempt(Svd svd, boolean converged) {
        static Attempt run(Scope scope, Tensor a, SvdDriver driver) {
            int k = Math.min(a.rows(), a.columns());
            Tensor p = scope.uninitialized(a.type(), a.rows(), k);
            Tensor sigma = scope.uninitialized(a.type(), k);
            Tensor qt = scope.uninitialized(a.type(), k, a.columns());
            boolean converged = Lapack.svdInto(driver, scope, a.copy(scope), p, sigma, qt);
            double[] values = sigma.toDoubles();
            boolean sound = converged && DoubleStream.of(values).allMatch(Double::isFinite);
            return new Attempt(new Svd(p, DoubleStream.of(values).boxed().toList(), qt), sound);
        }
    }
}
