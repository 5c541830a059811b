package dev.stiefel.integrator;

import java.util.Locale;

/// The parts of a step, as a budget of its cost tells them apart. Not every integrator has all of them.
public enum Stage {
    /// Directions for the bases: an evaluation of the gradient field of its own, and the bases.
    AUGMENTATION,
    /// The first evaluation of the gradient field: forward and backward through the whole model.
    FIRST_PASS,
    /// The second evaluation.
    SECOND_PASS,
    /// The third evaluation.
    THIRD_PASS,
    /// Norms, clipping and the optimizer: directions from gradients, velocities, moments carried along.
    OPTIMIZER,
    /// New bases, and everything in terms of them.
    BASIS,
    /// The step of the cores.
    CORE,
    /// Singular values, and truncation to a new rank.
    TRUNCATION,
    /// The step of the dense unknowns.
    DENSE;

    /// `first pass`, …
    public String words() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /// A listener that is told of each stage.
    @FunctionalInterface
    public interface Listener {
        /// Nobody.
        Listener NONE = stage -> {};

        /// Tells that this stage begins and the one before it has ended. On the thread that takes the step,
        /// between parallel work.
        void entered(Stage stage);
    }
}
