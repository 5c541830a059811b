package dev.stiefel.integrator;

/// The gradient of a problem: all that an integrator knows of the problem.
///
/// One evaluation is one pass (forward and backward) over the whole model, for all factored weights together. With
/// `G = ∇_W loss` at `W = U S Vᵀ`, never formed: `∇K = G V`, `∇L = Gᵀ U`, `∇S = Uᵀ G V`.
@FunctionalInterface
public interface GradientField {
    /// Evaluates the loss at a point and writes the gradients that are wanted.
    ///
    /// @return the loss; NaN or infinite where it overflows, the gradients then being of no use
    double evaluate(Point at, Gradients into);
}
