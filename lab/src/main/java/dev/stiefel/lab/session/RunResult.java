package dev.stiefel.lab.session;

import dev.stiefel.lab.record.Summary;
import dev.stiefel.train.Outcome;
import java.nio.file.Path;

/// How a session ended.
///
/// @param folder the run's
/// @param outcome finished, stopped early, interrupted, or diverged
/// @param summary what the run has come to
public record RunResult(Path folder, Outcome outcome, Summary summary) {}
