package dev.stiefel.data;

import dev.stiefel.train.Samples;
import dev.stiefel.train.TrainData;
import java.util.List;
import java.util.Optional;

/// The samples of one training run.
///
/// @param train what is trained on
/// @param validation what decides which epoch was best, if any was held out
/// @param test what is only measured
/// @param standardization what was done to the inputs, and must be done to every input that a network trained on
///     them is ever shown; empty when they are as the data set gave them
/// @param targetStandardization what was done to target vectors, and must be undone in every output of the network;
///     empty when they are as the data set gave them, or classes
public record Splits(
        Samples train,
        Optional<Samples> validation,
        Samples test,
        Optional<Standardization> standardization,
        Optional<Standardization> targetStandardization) {
    /// The samples as a trainer takes them.
    public TrainData toTrainData() {
        return new TrainData(train, validation, Optional.of(test));
    }

    /// These samples with every channel of their images standardized by the statistics of `train`.
    ///
    /// @param channels planes of an image, which samples hold one after another
    Splits normalized(int channels) {
        return normalized(Standardization.fitPlanes(train, channels));
    }

    /// These samples with every channel of their images standardized by given numbers.
    Splits normalized(Scaling.NormalizedBy given) {
        int channels = given.means().size();
        if (train.width() % channels != 0) {
            throw new IllegalArgumentException(
                    "scaling: samples of %s values cannot be cut into %s channels".formatted(train.width(), channels));
        }
        return normalized(
                Standardization.ofPlanes(floats(given.means()), floats(given.deviations()), train.width() / channels));
    }

    private Splits normalized(Standardization channels) {
        return new Splits(
                channels.apply(train),
                validation.map(channels::apply),
                channels.apply(test),
                Optional.of(channels),
                targetStandardization);
    }

    private static float[] floats(List<Double> numbers) {
        float[] floats = new float[numbers.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = numbers.get(i).floatValue();
        }
        return floats;
    }

    /// These samples with inputs, and target vectors if they have some, standardized by the statistics of `train`.
    Splits standardized() {
        Standardization fitted = Standardization.fit(train);
        Splits inputs = new Splits(
                fitted.apply(train),
                validation.map(fitted::apply),
                fitted.apply(test),
                Optional.of(fitted),
                Optional.empty());
        return train.hasLabels() ? inputs : inputs.withTargets(Standardization.fitTargets(train));
    }

    private Splits withTargets(Standardization fitted) {
        return new Splits(
                fitted.applyToTargets(train),
                validation.map(fitted::applyToTargets),
                fitted.applyToTargets(test),
                standardization,
                Optional.of(fitted));
    }
}
