package dev.stiefel.lab.sweep;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Progress of a sweep.
///
/// @param total runs in all
/// @param done runs that have ended as they should
/// @param diverged runs whose loss was no longer finite
/// @param failed runs that broke
/// @param before number of those that had ended before this session began
/// @param running runs under way, one a worker
/// @param runsPerHour rate at which this session has ended runs; empty before the first
/// @param left expected duration of the rest; empty before anything is known
/// @param elapsed since the session began
public record SweepProgress(
        int total,
        int done,
        int diverged,
        int failed,
        int before,
        List<Running> running,
        Optional<Double> runsPerHour,
        Optional<Duration> left,
        Duration elapsed) {
    /// Takes a copy of the list.
    public SweepProgress {
        running = List.copyOf(running);
    }

    /// A run under way.
    ///
    /// @param label its place on the axes
    /// @param epoch so many epochs have ended
    /// @param epochs so many there are
    public record Running(String label, int epoch, int epochs) {}

    /// Runs that have ended, one way or the other.
    public int ended() {
        return done + diverged + failed;
    }
}
