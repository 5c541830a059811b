package dev.stiefel.lab.spec;

import dev.stiefel.model.NetworkSpec;
import java.util.List;

/// A kind of network that a run can have: from a run's options to the description of a network.
public interface Architecture {
    /// The name that users choose it by: `mlp`.
    String word();

    /// The network with all its weights dense.
    ///
    /// @param spec whose options say how large it is
    /// @throws IllegalArgumentException if they do not fit the spec's data
    NetworkSpec dense(RunSpec spec);

    /// Full names of the weights that low-rank methods factor unless told otherwise, in the order of the network.
    ///
    /// @param network as [#dense] makes it
    List<String> factored(NetworkSpec network);

    /// Whether the options `width`, `depth` and `layers` say how large it is.
    default boolean hasWidths() {
        return false;
    }
}
