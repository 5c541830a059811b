package dev.stiefel.integrator;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// Where we are: the factored matrices, and everything else as one vector. Integrators move it in place.
///
/// @param factors one a factored matrix, in the order of the layers
/// @param dense the unknowns that are not factored, `[P]`, `P ≥ 0`: first those that weight decay applies to
/// @param decayed how many of them weight decay applies to
public record Point(List<Factors> factors, Tensor dense, int decayed) {
    /// Checks that formats agree.
    public Point {
        factors = List.copyOf(factors);
        if (decayed < 0 || decayed > dense.size()) {
            throw new IllegalArgumentException("point: the decayed part must lie within the %d dense unknowns; got %d"
                    .formatted(dense.size(), decayed));
        }
        for (Factors each : factors) {
            if (each.type() != dense.type()) {
                throw new IllegalArgumentException(
                        "point: number formats must be equal; got %s and dense %s".formatted(each.U(), dense));
            }
        }
    }

    /// The number format of all unknowns.
    public DType type() {
        return dense.type();
    }

    /// The shapes of `∇K`, `∇L` or `∇S` here, one a factored matrix.
    public List<Shape> shapes(Part part) {
        return factors.stream()
                .map(f -> switch (part) {
                    case K -> Shape.of(f.rows(), f.V().columns());
                    case L -> Shape.of(f.columns(), f.U().columns());
                    case S -> f.S().shape();
                    case DENSE -> throw new IllegalArgumentException("the dense part is one vector, not matrices");
                })
                .toList();
    }

    /// The ranks, one a factored matrix.
    public List<Integer> ranks() {
        return factors.stream().map(Factors::rank).toList();
    }
}
