package dev.stiefel.linalg;

import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.isFinite;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Lapack;
import dev.stiefel.tensor.Lapack.SvdDriver;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;
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

    /// Takes a copy of the singular values.
    public Svd {
        sigma = List.copyOf(sigma);
    }

    /// Decomposes `a`, which is left as it is. The result's tensors are in `scope`. Cost: about `20 n³` flops.
    ///
    /// @throws IllegalArgumentException if an element of `a` is not finite
    public static Svd of(Scope scope, Tensor a) {
        return of(scope, a, Lapack::svdInto);
    }

    /// The decomposing routine: `Lapack::svdInto`, or one of a test that fails on demand.
    interface Routine {
        boolean svdInto(SvdDriver driver, Scope scope, Tensor a, Tensor p, Tensor sigma, Tensor qt);
    }

    static Svd of(Scope scope, Tensor a, Routine routine) {
        if (!isFinite(a)) {
            throw new IllegalArgumentException(
                    "singular value decomposition: every element must be finite; got %s with NaN or infinity"
                            .formatted(a));
        }
        Optional<Svd> direct = attempt(routine, SvdDriver.DIVIDE_AND_CONQUER, scope, a);
        if (direct.isPresent()) {
            return direct.get();
        }
        try (Tensor wide = cast(scope, a, DType.FLOAT64)) {
            Svd svd = attempt(routine, SvdDriver.DIVIDE_AND_CONQUER, scope, wide)
                    .or(() -> attempt(routine, SvdDriver.QR_ITERATION, scope, wide))
                    .orElseThrow(() -> new IllegalStateException(
                            "singular value decomposition: no algorithm converged; got %s".formatted(a)));
            return a.type() == DType.FLOAT64
                    ? svd
                    : new Svd(cast(scope, svd.p, a.type()), svd.sigma, cast(scope, svd.qt, a.type()));
        }
    }

    private static Optional<Svd> attempt(Routine routine, SvdDriver driver, Scope scope, Tensor a) {
        int k = Math.min(a.rows(), a.columns());
        Tensor p = scope.uninitialized(a.type(), a.rows(), k);
        Tensor sigma = scope.uninitialized(a.type(), k);
        Tensor qt = scope.uninitialized(a.type(), k, a.columns());
        try (Tensor destroyed = a.copy(scope);
                sigma) {
            return routine.svdInto(driver, scope, destroyed, p, sigma, qt)
                            && isFinite(sigma)
                            && isFinite(p)
                            && isFinite(qt)
                    ? Optional.of(new Svd(
                            p, DoubleStream.of(sigma.toDoubles()).boxed().toList(), qt))
                    : Optional.empty();
        }
    }
}
