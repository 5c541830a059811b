package dev.stiefel.train;

import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.nn.Sums;
import java.util.List;

/// State of training, with the sums of the current epoch. Together with the weights and the optimizer's state it
/// is all that is needed to resume with the same bits.
///
/// @param epoch under way, counted from 0
/// @param batch of the epoch that comes next, counted from 0
/// @param sums of loss and measures over the epoch's samples so far
/// @param measures names of the measures, in the order of the sums
/// @param bestEpoch the best so far, counted from 1; 0 if there is none
/// @param bestFigure its monitored figure: the validation (or test) loss unless another is monitored; infinite
///     where nothing is evaluated
/// @param lastFiniteLoss the mean loss of the latest batch
/// @param epochSeconds spent in the epoch so far
/// @param seconds spent in all
/// @param blockRanks the ranks that the weights had where the block under way began, for a method that
///     trains in blocks; empty between blocks
public record Progress(
        int epoch,
        int batch,
        Sums sums,
        List<String> measures,
        int bestEpoch,
        double bestFigure,
        double lastFiniteLoss,
        double epochSeconds,
        double seconds,
        List<TuckerRanks> blockRanks) {
    /// Checks that counts are at least 0.
    public Progress {
        blockRanks = List.copyOf(blockRanks);
        measures = List.copyOf(measures);
        if (sums.measures() != measures.size()) {
            throw new IllegalArgumentException(
                    "progress: there must be a sum for each of the measures %s; got %s".formatted(measures, sums));
        }
        if (epoch < 0 || batch < 0 || bestEpoch < 0) {
            throw new IllegalArgumentException(
                    "progress: counts must be at least 0; got epoch %d, batch %d, best epoch %d"
                            .formatted(epoch, batch, bestEpoch));
        }
    }

    /// Before the first step.
    ///
    /// @param measures names of what is counted beside the loss
    /// @param worst a monitored figure that is worse than every other one
    public static Progress start(List<String> measures, double worst) {
        return new Progress(0, 0, Sums.none(measures.size()), measures, 0, worst, Double.NaN, 0, 0, List.of());
    }

    /// The progress of a network that is not trained.
    public static Progress untrained() {
        return start(List.of(), Double.POSITIVE_INFINITY);
    }

    /// The same with sums that were counted over this many rows, where a checkpoint does not say.
    public Progress overRows(long rows) {
        double[] each = new double[sums.measures()];
        for (int i = 0; i < each.length; i++) {
            each[i] = sums.measure(i);
        }
        Sums counted = new Sums(sums.loss(), each, rows);
        return new Progress(
                epoch,
                batch,
                counted,
                measures,
                bestEpoch,
                bestFigure,
                lastFiniteLoss,
                epochSeconds,
                seconds,
                blockRanks);
    }

    /// The sums of the loss and of these measures.
    ///
    /// @throws IllegalArgumentException if one of them was not counted
    Sums sumsOf(List<String> wanted) {
        double[] each = new double[wanted.size()];
        for (int i = 0; i < each.length; i++) {
            int at = measures.indexOf(wanted.get(i));
            if (at < 0 && batch > 0) {
                throw new IllegalArgumentException(
                        "trainer: the run must have counted '%s'; it counted %s".formatted(wanted.get(i), measures));
            }
            each[i] = at < 0 ? 0 : sums.measure(at);
        }
        return new Sums(sums.loss(), each, sums.rows());
    }
}
