package dev.stiefel.lab.sweep;

import java.nio.file.Path;
import java.util.List;

/// How a session of a sweep has ended.
///
/// @param folder the sweep's
/// @param progress where the sweep stands
/// @param ending whether all runs have ended
/// @param problems a line for each run that failed or diverged
public record SweepResult(Path folder, SweepProgress progress, Ending ending, List<String> problems) {
    /// Whether all runs have ended.
    public enum Ending {
        /// They have.
        COMPLETE,
        /// The session was stopped before.
        STOPPED
    }

    /// Takes a copy of the list.
    public SweepResult {
        problems = List.copyOf(problems);
    }
}
