package dev.stiefel.data;

import dev.stiefel.train.ImageAugmentation;
import dev.stiefel.train.Samples;
import java.util.Optional;

/// Use of a data set's samples: training, validation, test, and their preparation.
///
/// Done in this order: the last `validation` training samples validate, or others that the seed draws, and are held out
/// of the others or not ([ValidationSplit]); of those that may train, the share `trainFraction` does
/// ([Sampling]); of those that validate and of the test samples, the share `evaluationFraction` is
/// used; the share `labelNoise` of the labels that train is redrawn ([LabelNoise#redraw]), never of
/// those that are measured on; images that train are varied anew in each epoch, those that are measured on never;
/// inputs are scaled, with statistics of the samples that train as they are before they are varied.
///
/// @param validation number of training samples used for validation; 0: none
/// @param trainFraction share of the samples that may train that is used, in `(0, 1]`
/// @param evaluationFraction share of the validation and test samples that is used, in `(0, 1]`
/// @param labelNoise share of the training labels that is redrawn, in `[0, 1]`
/// @param scaling scaling of the inputs
/// @param seed decides everything random; the same seed gives the same samples
/// @param sampling choice of the samples that make up a fraction
/// @param validationSplit choice of the validation samples, held out or also trained on
/// @param augmentation variants of the images that train, if they are varied
public record SplitSpec(
        int validation,
        double trainFraction,
        double evaluationFraction,
        double labelNoise,
        Scaling scaling,
        long seed,
        Sampling sampling,
        ValidationSplit validationSplit,
        Optional<ImageAugmentation> augmentation) {
    /// Checks the ranges.
    public SplitSpec {
        if (validation < 0) {
            throw new IllegalArgumentException("validation must be at least 0 samples; got " + validation);
        }
        Subset.requireShare("train fraction", trainFraction);
        Subset.requireShare("evaluation fraction", evaluationFraction);
        LabelNoise.requireShare(labelNoise);
    }

    /// A split with the same fraction of each class, whose validation samples are held out.
    public SplitSpec(
            int validation,
            double trainFraction,
            double evaluationFraction,
            double labelNoise,
            Scaling scaling,
            long seed) {
        this(
                validation,
                trainFraction,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                Sampling.STRATIFIED,
                ValidationSplit.HELD_OUT,
                Optional.empty());
    }

    /// All training samples train, none are held out, nothing is changed.
    public static SplitSpec of(long seed) {
        return new SplitSpec(0, 1, 1, 0, Scaling.NONE, seed);
    }

    /// The same with the last `samples` training samples to validate.
    public SplitSpec withValidation(int samples) {
        return new SplitSpec(
                samples,
                trainFraction,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                sampling,
                validationSplit,
                augmentation);
    }

    /// The same with another share of the training samples.
    public SplitSpec withTrainFraction(double share) {
        return new SplitSpec(
                validation,
                share,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                sampling,
                validationSplit,
                augmentation);
    }

    /// The same with another share of the validation and test samples.
    public SplitSpec withEvaluationFraction(double share) {
        return new SplitSpec(
                validation, trainFraction, share, labelNoise, scaling, seed, sampling, validationSplit, augmentation);
    }

    /// The same with another share of redrawn labels.
    public SplitSpec withLabelNoise(double share) {
        return new SplitSpec(
                validation,
                trainFraction,
                evaluationFraction,
                share,
                scaling,
                seed,
                sampling,
                validationSplit,
                augmentation);
    }

    /// The same with another scaling.
    public SplitSpec withScaling(Scaling newScaling) {
        return new SplitSpec(
                validation,
                trainFraction,
                evaluationFraction,
                labelNoise,
                newScaling,
                seed,
                sampling,
                validationSplit,
                augmentation);
    }

    /// The same with shares of other samples.
    public SplitSpec withSampling(Sampling newSampling) {
        return new SplitSpec(
                validation,
                trainFraction,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                newSampling,
                validationSplit,
                augmentation);
    }

    /// The same with samples that validate held out, or not.
    public SplitSpec withValidationSplit(ValidationSplit newSplit) {
        return new SplitSpec(
                validation,
                trainFraction,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                sampling,
                newSplit,
                augmentation);
    }

    /// The same with variants of the images that train.
    public SplitSpec withAugmentation(ImageAugmentation newAugmentation) {
        return new SplitSpec(
                validation,
                trainFraction,
                evaluationFraction,
                labelNoise,
                scaling,
                seed,
                sampling,
                validationSplit,
                Optional.of(newAugmentation));
    }

    private Samples share(Samples samples, double share) {
        return switch (sampling) {
            case STRATIFIED -> Subset.fraction(samples, share, seed);
            case FIRST -> Subset.first(samples, share);
        };
    }

    /// Splits a data set's training and test samples.
    public Splits apply(Samples allTrain, Samples test) {
        int rest = allTrain.size() - validation;
        if (rest < 1) {
            throw new IllegalArgumentException("validation (%s) must be smaller than the training set (%s samples)"
                    .formatted(validation, allTrain.size()));
        }
        Samples train =
                validationSplit == ValidationSplit.DRAWN ? Holdout.toTheEnd(allTrain, validation, seed) : allTrain;
        boolean whole = validation == 0 || validationSplit == ValidationSplit.INSIDE;
        Samples mayTrain = whole ? train : train.range(0, rest);
        Samples unvaried = LabelNoise.redraw(share(mayTrain, trainFraction), labelNoise, seed);
        Samples training = augmentation.map(unvaried::augmented).orElse(unvaried);
        Optional<Samples> validating = validation == 0
                ? Optional.empty()
                : Optional.of(share(train.range(rest, train.size()), evaluationFraction));
        Splits plain =
                new Splits(training, validating, share(test, evaluationFraction), Optional.empty(), Optional.empty());
        return switch (scaling) {
            case Scaling.None _ -> plain;
            case Scaling.Standardized _ -> plain.standardized();
            case Scaling.Normalized(int channels) -> plain.normalized(channels);
            case Scaling.NormalizedBy given -> plain.normalized(given);
        };
    }
}
