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

    /// The same where the loss and the measures of these samples are known already, so that an evaluator can spare a
    /// pass over them.
    ///
    /// @param means of these samples
    default double evaluate(Network network, Samples samples, Metrics means, Threads threads, Pool pool) {
        return evaluate(network, samples, threads, pool);
    }

    /// The direction in which figures are better.
    Better better();
}
