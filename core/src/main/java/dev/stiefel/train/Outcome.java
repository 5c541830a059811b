package dev.stiefel.train;

import java.util.Locale;

/// Outcome of training.
public sealed interface Outcome {
    /// All epochs were trained.
    record Finished() implements Outcome {}

    /// The validation loss had not improved for long enough.
    ///
    /// @param bestEpoch the best epoch, counted from 1
    record StoppedEarly(int bestEpoch) implements Outcome {}

    /// Training was stopped on request; another [Trainer#run] resumes it.
    record Interrupted() implements Outcome {}

    /// The loss or a gradient was no longer finite, in a step or, for the loss, in the evaluation after an epoch.
    /// The network's weights are of no more use.
    ///
    /// @param step counted from 1 over the whole run
    /// @param layer first layer whose outputs are not finite; if all are, the layer with the largest outputs
    /// @param cause the value that was not finite
    /// @param lastFiniteLoss the mean loss of the batch before; NaN in the first step
    record Diverged(long step, String layer, String cause, double lastFiniteLoss) implements Outcome {
        /// One line for people.
        public String message() {
            String before = Double.isNaN(lastFiniteLoss)
                    ? "no finite loss before"
                    : String.format(Locale.ROOT, "last finite loss %.3g", lastFiniteLoss);
            return "diverged at step %d in '%s': %s, %s; try a smaller learning rate"
                    .formatted(step, layer, cause, before);
        }
    }
}
