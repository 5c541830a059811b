package dev.stiefel.integrator;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The descent directions that an optimizer makes of gradients, and its moments, which move with the bases:
/// what an integrator asks of an optimizer.
///
/// An optimizer keeps its state a [Part] at a time. Each part is asked for at most once a step.
public interface DescentDirections {
    /// Turns the gradient of a part into the direction to step against, in place, and updates the part's moments.
    ///
    /// @param gradients the part's gradient, then its direction
    /// @throws IllegalArgumentException if the optimizer has no rule for the part
    void direct(Part part, Gradients gradients);

    /// The learning rate of a dense parameter, relative to that of the step.
    double relativeRate(DenseParameter parameter);

    /// Carries the moments of these parts, `K`, `L` or `S`, to new bases, one change a factored weight:
    /// `∇K ↦ ∇K Nᵀ`, `∇L ↦ ∇L Mᵀ`, `∇S ↦ M ∇S Nᵀ`. Ranks may change.
    void carry(List<BasisChange> changes, Part... parts);

    /// Turns a gradient in the tangent space into the direction to step against, and updates the momentum.
    ///
    /// @param at the weights; the direction may depend on their bases
    /// @param gradient `∇K` and `∇L`; may be overwritten
    /// @param meanSquares the mean square of each weight's gradient over the dimensions of its tangent space
    /// @throws IllegalArgumentException if the optimizer has no rule for the tangent space
    TangentDirection directTangent(List<Factors> at, TangentVector gradient, List<Double> meanSquares);

    /// Replaces the momentum by itself, carried to the new tangent space (the integrator knows how).
    ///
    /// @param K one a factored weight
    /// @param L likewise
    void carryTangent(List<Tensor> K, List<Tensor> L);
}
