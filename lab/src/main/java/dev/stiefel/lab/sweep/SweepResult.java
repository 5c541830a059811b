package dev.stiefel.lab.sweep;

import java.nio.file.Path;
import java.util.List;

/// Result of a session of a sweep.
///
/// @param folder the sweep's
/// @param progress progress of the sweep
/// @param ending whether or not all runs have ended
/// @param problems a line for each run that failed or diverged
public record SweepResult(Path folder, SweepProgress progress, Ending ending, List<String> problems) {
    /// Ending of a session.
    public enum Ending {
        /// They have.
        COMPLETE,
        /// The session was stopped earlier.
        STOPPED
    }

    /// Takes a copy of the list.
    public SweepResult {
        problems = List.copyOf(problems);
    }
}
