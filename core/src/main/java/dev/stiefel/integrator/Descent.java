package dev.stiefel.integrator;

import dev.stiefel.lowrank.Blocks;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// What an integrator asks of an optimizer: directions for gradients, and moments that move with the
/// bases.
///
/// An optimizer keeps its state a [Part] at a time, in a few gapless buffers. Each part is asked for at
/// most once a step, except by [PublishedKls].
public interface Descent {
    /// Turns the gradient of a part into the direction to step against, in place, and updates the
    /// part's moments.
    ///
    /// @param gradients what holds the part's gradient, and then its direction
    void direct(Part part, Gradients gradients);

    /// The directions for a gradient of zero, which an optimizer with a velocity still has: writes those
    /// of the elements `from` up to `to` in place of the part's gradient, and zeros for the rest, whose
    /// moments stay as they are. The whole part counts a step. For [PublishedKls].
    void coast(Part part, Gradients into, long from, long to);

    /// Forgets the moments of these parts, `K`, `L` or `S`, which are from now on zeros of the shapes that
    /// they have at this point. Their steps count on. For [PublishedKls].
    void restart(Point at, Part... parts);

    /// Carries the moments of these parts, `K`, `L` or `S`, to new bases, one change a factored weight:
    /// `∇K ↦ ∇K Nᵀ`, `∇L ↦ ∇L Mᵀ`, `∇S ↦ M ∇S Nᵀ`. Ranks may change.
    void carry(List<BasisChange> changes, Part... parts);

    /// Turns a gradient in the tangent space into the direction to step against.
    ///
    /// A tangent vector at `U S Vᵀ` is `K Vᵀ + U Lᵀ − U (Uᵀ K) Vᵀ`, held as `K [m, r]` and `L [n, r]` with
    /// `Uᵀ K = Lᵀ V`.
    ///
    /// @param K the gradient's `∇K`, one a factored weight; may be overwritten
    /// @param L the gradient's `∇L`
    /// @param meanSquares the mean square of each weight's gradient over the dimensions of its tangent space
    TangentDirection directTangent(Blocks K, Blocks L, List<Double> meanSquares);

    /// Whether there is a velocity that [#carryTangent] must be told of.
    boolean hasVelocity();

    /// Replaces the velocity by itself, carried to the new tangent space (the integrator knows how).
    void carryTangent(List<Tensor> K, List<Tensor> L);

    /// A direction in the tangent space.
    ///
    /// @param K `v_K`, one a factored weight
    /// @param L `v_L`
    /// @param scales what to multiply each weight's `v` by when stepping (the velocity itself stays as it is)
    record TangentDirection(Blocks K, Blocks L, List<Double> scales) {
        /// Takes a copy of the scales.
        public TangentDirection {
            scales = List.copyOf(scales);
        }
    }
}
