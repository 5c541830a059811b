package dev.stiefel.lab.session;

import dev.stiefel.lab.record.Summary;
import dev.stiefel.train.Outcome;
import java.nio.file.Path;

/// Result of a session.
///
/// @param folder the run's
/// @param outcome finished, stopped early, interrupted, or diverged
/// @param summary summary of the run
public record RunResult(Path folder, Outcome outcome, Summary summary) {}
