package dev.stiefel.lowrank;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Makes orthonormal bases for factors.
final class Bases {
    private Bases() {}

    /// @param what is made, for the message
    /// @param name of the basis there
    static void requireOrthonormal(String what, String name, Tensor basis) {
        double error = OrthonormalBasis.error(basis);
        double allowed = OrthonormalBasis.tolerance(basis.type(), basis.rows(), basis.columns());
        if (!(error <= allowed)) {
            throw new IllegalArgumentException(
                    "%s: %s must have orthonormal columns, ‖QᵀQ − I‖ at most %.1e; got %.1e; orthonormalize it"
                            .formatted(what, name, allowed, error));
        }
    }

    /// The basis of a Gaussian matrix: every subspace is as likely as any other.
    static Tensor random(Scope scope, DType type, int rows, int rank, Rng rng) {
        Tensor normal = scope.uninitialized(type, rows, rank);
        rng.fillNormal(normal, 1);
        return OrthonormalBasis.householder(scope, normal);
    }
}
