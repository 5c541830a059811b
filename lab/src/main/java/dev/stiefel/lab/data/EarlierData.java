package dev.stiefel.lab.data;

import dev.stiefel.data.own.Schema;
import java.nio.file.Path;
import java.util.Optional;

/// The data that a model was trained on, as far as that was kept, for reading it again.
///
/// @param identity of its files
/// @param schema with the tokenizers that encoded its texts
/// @param operation purpose of the reading: `resume`
/// @param run the run or model, for messages
public record EarlierData(Optional<DataIdentity> identity, Optional<Schema> schema, String operation, Path run) {
    /// Refuses files that are others than they were.
    ///
    /// @throws IllegalArgumentException if they are
    public void requireSame(DataIdentity now) {
        identity.filter(DataIdentity::isKnown).ifPresent(each -> now.requireSameAs(each, operation, run));
    }
}
