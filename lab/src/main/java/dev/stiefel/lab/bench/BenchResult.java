package dev.stiefel.lab.bench;

import java.util.List;
import java.util.OptionalInt;

/// Results of a measurement. Times are medians over alternating repeats, in milliseconds.
///
/// @param spec the specification of the measurement
/// @param gemmGflops speed of this machine's threads together, in products of square float32 matrices
/// @param streamGigabytes bandwidth of the threads together, in sums of long vectors, in billions of bytes per
///     second
/// @param dense the dense network
/// @param ranks the factored networks, by rising rank
public record BenchResult(
        BenchSpec spec, double gemmGflops, double streamGigabytes, Measured dense, List<RankTiming> ranks) {
    /// Copies the list.
    public BenchResult {
        ranks = List.copyOf(ranks);
    }

    /// Times of a training step and of a prediction.
    ///
    /// @param trainMs a training step
    /// @param predictMs the outputs for one batch
    public record Timing(double trainMs, double predictMs) {}

    /// One network.
    ///
    /// @param timing its times
    /// @param budget times of the stages of its steps, from steps of their own
    public record Measured(Timing timing, List<StepProfile.Line> budget) {
        /// Copies the list.
        public Measured {
            budget = List.copyOf(budget);
        }

        /// Billions of operations a second in training steps, operations counted from the shapes of
        /// native calls.
        public double trainGflops() {
            return budget.stream().mapToDouble(StepProfile.Line::megaflops).sum() / timing.trainMs();
        }
    }

    /// One factored network.
    ///
    /// @param rank of its hidden layers
    /// @param measured its times and where they go
    /// @param trainSpeedup the dense network's time over this one's
    /// @param predictSpeedup the same for predictions
    public record RankTiming(int rank, Measured measured, double trainSpeedup, double predictSpeedup) {
        static RankTiming of(int rank, Measured measured, Measured dense) {
            Timing timing = measured.timing();
            return new RankTiming(
                    rank,
                    measured,
                    dense.timing().trainMs() / timing.trainMs(),
                    dense.timing().predictMs() / timing.predictMs());
        }

        /// Its times.
        public Timing timing() {
            return measured.timing();
        }
    }

    /// From which rank on dense training steps are the faster ones: where the speedup last falls
    /// through 1, on the straight line between the two ranks measured around it. Empty if the largest
    /// rank measured is still faster than dense; the smallest one measured if none is.
    public OptionalInt breakEvenRank() {
        int last = ranks.size() - 1;
        while (last >= 0 && ranks.get(last).trainSpeedup() < 1) {
            last--;
        }
        if (last == ranks.size() - 1) {
            return OptionalInt.empty();
        }
        if (last < 0) {
            return OptionalInt.of(ranks.getFirst().rank());
        }
        RankTiming faster = ranks.get(last);
        RankTiming slower = ranks.get(last + 1);
        double way = (faster.trainSpeedup() - 1) / (faster.trainSpeedup() - slower.trainSpeedup());
        return OptionalInt.of((int) Math.ceil(faster.rank() + way * (slower.rank() - faster.rank())));
    }
}
