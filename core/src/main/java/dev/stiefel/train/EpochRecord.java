package dev.stiefel.train;

import java.util.List;
import java.util.Optional;

/// What an epoch came to.
///
/// @param epoch counted from 1
/// @param train means over all training samples of the epoch, each seen just before the step it was part
///     of; of its last batch alone with [TrainSpec.TrainingFigures#LAST_BATCH]
/// @param validation of the network at the epoch's end; empty if there is no validation set
/// @param test of the network at the epoch's end; empty if there is no test set
/// @param learningRate of the epoch's last step
/// @param seconds the epoch took, evaluation included
/// @param evaluationParameters numbers in the weights at evaluation, biases not counted
/// @param ranks of the factored weights, first to last
/// @param best whether its monitored validation figure, the loss unless another is monitored, is better than that of
///     every earlier epoch (the test figure where there is no validation set; always true where there is neither)
public record EpochRecord(
        int epoch,
        Metrics train,
        Optional<Metrics> validation,
        Optional<Metrics> test,
        double learningRate,
        double seconds,
        long evaluationParameters,
        List<Integer> ranks,
        boolean best) {
    /// Takes a copy of the ranks.
    public EpochRecord {
        ranks = List.copyOf(ranks);
    }
}
