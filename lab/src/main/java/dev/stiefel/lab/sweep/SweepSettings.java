package dev.stiefel.lab.sweep;

import java.nio.file.Path;
import java.util.Optional;

/// How a sweep is made; its results do not depend on it.
///
/// @param jobs runs at a time, each in a process of its own
/// @param retry which runs that have ended are made again
/// @param cache where data sets are kept
/// @param dataFolder a folder of the user's that may hold data sets' files
public record SweepSettings(int jobs, Retry retry, Path cache, Optional<Path> dataFolder) {
    /// Which runs that have ended are made again.
    public enum Retry {
        /// None.
        NONE,
        /// Those that failed, from their last checkpoint.
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
