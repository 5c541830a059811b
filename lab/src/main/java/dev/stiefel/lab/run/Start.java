package dev.stiefel.lab.run;

import dev.stiefel.model.Network;
import java.util.Optional;

/// What a run begins with, if not with random weights.
///
/// @param parent where it comes from
/// @param network the weights; the caller's, to be closed when the session has run
/// @param compressed what compressing it has cost, if that is how it came about
record Start(Parent parent, Network network, Optional<Compressed> compressed) {
    /// The file in the run's folder that holds them.
    static final String FILE = "start.safetensors";
}
