package dev.stiefel.optim;

/// A rule that turns gradients into directions, written once for every kind of unknown. A value: the moments it works
/// on are in an [OptimizerState].
public interface Optimizer {
    /// How many moments an unknown has: 0, 1 (the first) or 2 (the first and the second).
    int moments();

    /// Turns `count` gradient elements into direction elements, in place, and updates their moments.
    ///
    /// @param gradient the gradient, then the direction
    /// @param first the first moments; not used unless [#moments] is at least 1
    /// @param second the second moments; not used unless [#moments] is 2
    /// @param count how many elements of each array to work on
    /// @param step which step of this unknown it is, counted from 1
    void direct(float[] gradient, float[] first, float[] second, int count, long step);

    /// The same in float64.
    void direct(double[] gradient, double[] first, double[] second, int count, long step);

    /// What is kept of a velocity in the tangent space when the next gradient comes.
    double velocityKept();

    /// The share of the gradient that a velocity takes up.
    double velocityGained();

    /// The second moment of a whole weight, updated with the mean square of its gradient.
    double secondMoment(double old, double meanSquare);

    /// What a velocity in the tangent space is multiplied by to become a direction.
    double velocityScale(double secondMoment, long step);
}
