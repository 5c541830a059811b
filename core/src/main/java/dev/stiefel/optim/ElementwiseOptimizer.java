package dev.stiefel.optim;

/// An optimizer that treats each element of a parameter by itself: it works on dense matrices, on vectors, and
/// on the `K`, `L` and `S` of factored weights.
public interface ElementwiseOptimizer extends Optimizer {
    /// The number of moments of an element: 0, 1 (the first) or 2 (the first and the second).
    int moments();

    /// Turns `count` gradient elements into direction elements, in place, and updates their moments.
    ///
    /// @param gradient the gradient, then the direction
    /// @param first the first moments; not used unless [#moments] is at least 1
    /// @param second the second moments; not used unless [#moments] is 2
    /// @param count number of elements of each array to update
    /// @param step the number of this parameter's step, counted from 1
    void direct(float[] gradient, float[] first, float[] second, int count, long step);

    /// The same in float64.
    void direct(double[] gradient, double[] first, double[] second, int count, long step);
}
