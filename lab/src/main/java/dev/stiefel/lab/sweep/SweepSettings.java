package dev.stiefel.lab.sweep;

import java.nio.file.Path;
import java.util.Optional;

/// Settings for running a sweep; its results do not depend on them.
///
/// @param jobs runs at a time, each in a process of its own
/// @param retry choice of ended runs to repeat
/// @param cache folder of data sets
/// @param dataFolder a folder of the user's that may hold data sets' files
public record SweepSettings(int jobs, Retry retry, Path cache, Optional<Path> dataFolder) {
    /// Choice of ended runs to repeat.
    public enum Retry {
        /// None.
        NONE,
        /// Failed runs, from their last checkpoint.
        FAILED
    }

    /// Checks the number.
    public SweepSettings {
        if (jobs < 1 || jobs > 1024) {
            throw new IllegalArgumentException("jobs must be in [1, 1024]; got " + jobs);
        }
    }

    /// One run a core, nothing made again.
    public static SweepSettings of(Path cache) {
        return new SweepSettings(
                Math.min(Runtime.getRuntime().availableProcessors(), 1024), Retry.NONE, cache, Optional.empty());
    }
}
