package dev.stiefel.data;

import dev.stiefel.train.Samples;
import dev.stiefel.train.TrainData;
import java.util.Optional;

/// The samples of one training run.
///
/// @param train what is trained on
/// @param validation what decides which epoch was best, if any was held out
/// @param test what is only measured
/// @param standardization what was done to the inputs, and must be done to every input that a network trained on
///     them is ever shown; empty when they are as the data set gave them
public record Splits(
        Samples train, Optional<Samples> validation, Samples test, Optional<Standardization> standardization) {
    /// The samples as a trainer takes them.
    public TrainData toTrainData() {
        return new TrainData(train, validation, Optional.of(test));
    }

    /// These samples with inputs standardized by the statistics of `train`.
    Splits standardized() {
        Standardization fitted = Standardization.fit(train);
        return new Splits(fitted.apply(train), validation.map(fitted::apply), fitted.apply(test), Optional.of(fitted));
    }
}
