package dev.stiefel.optim;

/// A rule that turns gradients into directions. A value: the moments it works on are in an [OptimizerState].
///
/// An optimizer is made for the kinds of parameters whose interface it implements: [ElementwiseOptimizer] for
/// every parameter an element at a time, [MatrixOptimizer] for dense matrices as a whole, [TangentOptimizer]
/// for factored weights in the tangent space, where Riemannian steps ask for a direction. All three are open: a
/// rule of your own is a record that implements one or more of them. One that is both of the first two treats
/// matrices as a whole.
public interface Optimizer {
    /// The name in messages: `adam`.
    String name();
}
