package dev.stiefel.lab.spec;

import dev.stiefel.lab.text.Words;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Muon;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.train.Method;
import java.util.Optional;

/// Optimizers, by their names for users.
public enum OptimizerName {
    /// Plain gradient descent.
    SGD,
    /// Gradient descent with heavy-ball momentum.
    MOMENTUM,
    /// Adam, without weight decay.
    ADAM,
    /// Adam with decoupled weight decay.
    ADAMW,
    /// Orthogonalized momentum, for methods 'riemannian' and 'dense'.
    MUON;

    /// Returns whether it keeps a share of its momentum that can be chosen.
    boolean hasMomentum() {
        return this == MOMENTUM || this == MUON;
    }

    /// The share of its momentum that it keeps unless another is chosen.
    double usualMomentum() {
        return this == MUON ? 0.95 : 0.9;
    }

    /// The optimizer with what it has unless something else is chosen.
    public Optimizer usual() {
        return with(usualMomentum());
    }

    /// Returns whether it is Adam, with or without weight decay.
    boolean isAdam() {
        return this == ADAM || this == ADAMW;
    }

    /// Returns whether it suits a method's steps.
    boolean goesWith(Method method) {
        return this != MUON || method == Method.RIEMANNIAN || method == Method.DENSE;
    }

    /// Refuses a method that it does not suit.
    ///
    /// @throws IllegalArgumentException with what to do
    public void requireFor(Method method) {
        misfit(method).ifPresent(message -> {
            throw new IllegalArgumentException(message);
        });
    }

    /// The message for a method that it does not suit.
    Optional<String> misfit(Method method) {
        return goesWith(method)
                ? Optional.empty()
                : Optional.of("optimizer '%s' is for methods 'riemannian' and 'dense'; got '%s'; use another optimizer"
                        .formatted(Words.of(this), method.word()));
    }

    Optimizer with(double momentum) {
        return switch (this) {
            case SGD -> new Sgd();
            case MOMENTUM -> new Momentum(momentum);
            case ADAM, ADAMW -> new Adam();
            case MUON -> new Muon(momentum);
        };
    }
}
