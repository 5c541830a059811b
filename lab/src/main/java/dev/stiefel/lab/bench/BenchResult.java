package dev.stiefel.lab.bench;

import java.util.List;
import java.util.OptionalInt;

/// Results of a measurement. Times are medians over alternating repeats, in milliseconds.
///
/// @param spec the networks and methods measured
/// @param gemmGflops highest rate of all threads together in products of square float32 matrices
/// @param streamGigabytes highest rate of all threads together in sums of long vectors, in billions of bytes a second
/// @param dense the dense network
/// @param ranks the factored networks, by rising rank
/// @param warm whether times had stopped falling before they were measured
public record BenchResult(
        BenchSpec spec,
        double gemmGflops,
        double streamGigabytes,
        Measured dense,
        List<RankTiming> ranks,
        boolean warm) {
    /// Copies the list.
    public BenchResult {
        ranks = List.copyOf(ranks);
    }

    /// Times of one network in milliseconds.
    ///
    /// @param trainMs median of a training step
    /// @param predictMs median of a prediction of one batch
    /// @param train spread of the training step's time
    /// @param predict spread of the prediction's time
    public record Timing(double trainMs, double predictMs, Spread train, Spread predict) {}

    /// Spread of a time over the repeats, in milliseconds.
    ///
    /// @param least the shortest
    /// @param greatest the longest
    /// @param middle difference between the ends of the middle half of the repeats
    public record Spread(double least, double greatest, double middle) {
        static Spread of(List<Double> times) {
            List<Double> sorted = times.stream().sorted().toList();
            int outside = sorted.size() / 4;
            return new Spread(
                    sorted.getFirst(), sorted.getLast(), sorted.get(sorted.size() - 1 - outside) - sorted.get(outside));
        }

        /// Whether the middle half of the repeats differs by at most 15 % of the median.
        public boolean isSettled(double median) {
            return middle <= 0.15 * median;
        }
    }

    /// One network.
    ///
    /// @param timing its times
    /// @param budget where those of its steps go, from steps of their own
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
