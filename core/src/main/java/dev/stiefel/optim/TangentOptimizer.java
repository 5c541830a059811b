package dev.stiefel.optim;

import dev.stiefel.integrator.TangentVector;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import java.util.Optional;

/// An optimizer for factored weights in the tangent space, as Riemannian steps use it. It keeps a momentum that
/// is a tangent vector, and one second moment a weight.
///
///     momentum ← kept · momentum + gained · gradient
///     direction = scale · momentum, or what [#map] makes of the momentum and the bases
///
/// The step goes along the direction; the momentum is carried to the new tangent space.
public interface TangentOptimizer extends Optimizer {
    /// Returns whether a momentum is remembered. Without one the direction is made of the gradient.
    boolean hasMomentum();

    /// The factor that multiplies the momentum when a gradient comes.
    double momentumKept();

    /// The factor that multiplies a gradient when it is added to the momentum.
    double momentumGained();

    /// The second moment of a weight after a step; 0 for an optimizer that keeps none.
    ///
    /// @param meanSquare the mean square of the gradient over the dimensions of the tangent space
    default double secondMoment(double old, double meanSquare) {
        return 0;
    }

    /// The factor that turns the momentum into the direction.
    ///
    /// @param step the number of the step, counted from 1
    default double scale(double secondMoment, long step) {
        return 1;
    }

    /// The rule that computes a direction with the bases in view; empty where the direction is the momentum,
    /// scaled.
    default Optional<TangentMap> map() {
        return Optional.empty();
    }

    /// A rule that computes the direction of one weight from its gradient and momentum. Called for several
    /// weights at once, from several threads.
    @FunctionalInterface
    interface TangentMap {
        /// Replaces the gradient by the direction, which must be a tangent vector: `U0ᵀ K = Lᵀ V0`.
        ///
        /// @param scope for intermediate results
        /// @param at the weight, `U0 S0 V0ᵀ`
        /// @param gradient the gradient, then the direction
        /// @param momentum the momentum, the gradient already added to it; stays as it is
        void direct(Scope scope, Factors at, TangentVector.OfWeight gradient, TangentVector.OfWeight momentum);
    }
}
