package dev.stiefel.lab.record;

import dev.stiefel.data.own.Schema;
import dev.stiefel.model.Network;
import java.util.Optional;

/// Weights that a run begins with, if those are not random.
///
/// @param parent origin of the weights
/// @param network the weights; the caller's, to be closed when the session has run
/// @param compressed cost of the compression, if they come from one
/// @param schema with the tokenizers of its texts, which the run keeps; empty where samples are no texts
public record InitialWeights(
        Parent parent, Network network, Optional<CompressionFigures> compressed, Optional<Schema> schema) {
    /// The file in the run's folder that holds them.
    public static final String FILE = "start.safetensors";
}
