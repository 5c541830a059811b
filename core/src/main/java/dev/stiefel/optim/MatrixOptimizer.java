package dev.stiefel.optim;

import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// An optimizer that treats each dense matrix as a whole.
public interface MatrixOptimizer extends Optimizer {
    /// The number of moments of a matrix, each of the matrix's shape: 0, 1 or 2.
    int moments();

    /// Turns the gradient of a matrix into the direction to step against, in place, and updates its moments.
    /// Called for several matrices at once, from several threads.
    ///
    /// @param scope for intermediate results
    /// @param gradient `[m, n]`: the gradient, then the direction
    /// @param moments [#moments] matrices `[m, n]`, zero before the first step
    /// @param step the number of this matrix's step, counted from 1
    void direct(Scope scope, Tensor gradient, List<Tensor> moments, long step);

    /// The optimizer of the vectors that share a group with such matrices.
    ElementwiseOptimizer forVectors();
}
