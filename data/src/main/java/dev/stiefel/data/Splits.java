package dev.stiefel.data;

import dev.stiefel.train.Samples;
import dev.stiefel.train.TrainData;
import java.util.List;
import java.util.Optional;

/// The samples of one training run.
///
/// @param train training samples
/// @param validation validation samples, which decide the best epoch; empty without any
/// @param test test samples
/// @param standardization preparation of the inputs, which every later input of a network trained on them needs as
///     well; empty for raw inputs
/// @param targetStandardization preparation of target vectors, which must be undone in every output of the
///     network; empty for raw targets and for classes
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

    /// A copy of these samples with every image channel standardized by the statistics of `train`.
    ///
    /// @param channels planes of an image, which samples hold one after another
    Splits normalized(int channels) {
        return normalized(Standardization.fitPlanes(train, channels));
    }

    /// A copy of these samples with every image channel standardized by given numbers.
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

    /// A copy of these samples with inputs and any target vectors standardized by the statistics of `train`.
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
