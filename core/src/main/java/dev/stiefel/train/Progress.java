package dev.stiefel.train;

import java.util.List;

/// Where training stands, and the sums of the epoch under way: with the weights and the optimizer's
/// state, all that is needed to go on with the same bits.
///
/// @param epoch under way, counted from 0
/// @param batch of the epoch that comes next, counted from 0
/// @param lossSum over the epoch's samples so far
/// @param correct how many of them were
/// @param bestEpoch the best so far, counted from 1; 0 if there is none
/// @param bestLoss its validation (or test) loss; infinity where nothing is evaluated
/// @param lastFiniteLoss the mean loss of the latest batch
/// @param epochSeconds spent in the epoch so far
/// @param seconds spent in all
/// @param blockRanks the ranks that the weights had where the block under way began, for a method that
///     trains in blocks; empty between blocks
public record Progress(
        int epoch,
        int batch,
        double lossSum,
        long correct,
        int bestEpoch,
        double bestLoss,
        double lastFiniteLoss,
        double epochSeconds,
        double seconds,
        List<Integer> blockRanks) {
    /// Checks that counts are at least 0.
    public Progress {
        blockRanks = List.copyOf(blockRanks);
        if (epoch < 0 || batch < 0 || correct < 0 || bestEpoch < 0) {
            throw new IllegalArgumentException(
                    "progress: counts must be at least 0; got epoch %d, batch %d, correct %d, best epoch %d"
                            .formatted(epoch, batch, correct, bestEpoch));
        }
    }

    /// Before the first step.
    public static Progress start() {
        return new Progress(0, 0, 0, 0, 0, Double.POSITIVE_INFINITY, Double.NaN, 0, 0, List.of());
    }
}
