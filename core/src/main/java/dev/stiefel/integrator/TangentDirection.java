package dev.stiefel.integrator;

import java.util.List;
import java.util.Optional;

/// The direction of a step in the tangent space, and the momentum that the optimizer remembers there. They are
/// often one vector, but need not be.
///
/// @param vector the direction, not yet scaled
/// @param scales the factor that multiplies each weight's part of the vector when stepping
/// @param momentum the tangent vector that must be carried to the new tangent space; empty for an optimizer that
///     remembers none
public record TangentDirection(TangentVector vector, List<Double> scales, Optional<TangentVector> momentum) {
    /// Takes a copy of the scales.
    public TangentDirection {
        scales = List.copyOf(scales);
    }

    /// Returns whether the momentum is the direction itself, up to its scale.
    public boolean isMomentum() {
        return momentum.filter(vector::equals).isPresent();
    }
}
