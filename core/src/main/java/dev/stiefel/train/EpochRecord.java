package dev.stiefel.train;

import java.util.List;
import java.util.Optional;

/// Results of an epoch.
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
/// @param best true if its monitored validation figure (the loss by default) is better than that of every earlier
///     epoch. Without a validation set the test figure decides; with neither it is always true
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
