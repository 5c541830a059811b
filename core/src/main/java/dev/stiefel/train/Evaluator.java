package dev.stiefel.train;

import dev.stiefel.model.Network;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Threads;

/// A figure of merit that is no mean over rows, but needs a whole set of samples: asked for at the end of an epoch.
public interface Evaluator {
    /// Name in columns and keys: lower-case letters, digits and underscores.
    String name();

    /// The figure for these samples.
    ///
    /// @param network as it is at the end of the epoch; not to be changed
    double evaluate(Network network, Samples samples, Threads threads, Pool pool);

    /// The direction in which figures are better.
    Better better();
}
