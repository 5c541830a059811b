package dev.stiefel.lab.spec;

import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;

/// The optimizers by the names that users choose them with.
public enum OptimizerName {
    /// Plain gradient descent.
    SGD,
    /// Gradient descent with heavy-ball momentum.
    MOMENTUM,
    /// Adam, without weight decay.
    ADAM,
    /// Adam with decoupled weight decay.
    ADAMW;

    Optimizer with(double momentum) {
        return switch (this) {
            case SGD -> new Sgd();
            case MOMENTUM -> new Momentum(momentum);
            case ADAM, ADAMW -> new Adam();
        };
    }
}
