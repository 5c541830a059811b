package dev.stiefel.lab.data;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The files that data was read from, by name and checksum. Data is the same if its files are.
///
/// @param name of the data set, or the path of a user's own
/// @param sha256 of each file; empty where nothing was read yet
public record DataIdentity(String name, Map<String, String> sha256) {
    /// Takes a copy of the map.
    public DataIdentity {
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
    }

    /// Returns whether anything was read.
    public boolean isKnown() {
        return !sha256.isEmpty();
    }

    /// Returns whether this is the same data, whatever it and its files are called.
    public boolean isSameAs(DataIdentity other) {
        return List.copyOf(sha256.values()).equals(List.copyOf(other.sha256.values()));
    }

    /// Refuses data other than the data that a run was trained on.
    ///
    /// @param operation purpose of the data: `resume`
    /// @param run the run, for the message
    /// @param trained its data
    /// @throws IllegalArgumentException if this is other data
    public void requireSameAs(DataIdentity trained, String operation, Object run) {
        if (!isSameAs(trained)) {
            throw new IllegalArgumentException(
                    "%s: data set '%s' is not the one that run %s was trained on; its files' checksums differ"
                            .formatted(operation, name, run));
        }
    }
}
