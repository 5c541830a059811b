package dev.stiefel.data;

import dev.stiefel.train.Samples;
import java.util.Optional;

/// How a data set's samples are used: which train, which validate, which test, and what is
/// done to them.
///
/// Done in this order: the last `validation` training samples are held out; of the rest, the
/// share
/// `trainFraction` trains ([Sampling]); of the held-out and of the test samples, the share
/// `evaluationFraction` is used; the share `labelNoise` of the labels that train is redrawn
/// ([LabelNoise#redraw]), never of the others; inputs are scaled, with statistics of the
/// samples that train.
///
/// @param validation how many of the last training samples are held out; 0: none
/// @param trainFraction share of the remaining training samples that is used, in `(0, 1]`
/// @param evaluationFraction share of the validation and test samples that is used, in `(0,
///     1]`
/// @param labelNoise share of the training labels that is redrawn, in `[0, 1]`
/// @param scaling what becomes of the inputs
/// @param seed decides everything random; the same seed gives the same samples
/// @param sampling which samples make up a share
public record SplitSpec(
        int validation,
        double trainFraction,
        double evaluationFraction,
        double labelNoise,
        Scaling scaling,
        long seed,
        Sampling sampling) {
    /// Checks the ranges.
    public SplitSpec {
        if (validation < 0) {
            throw new IllegalArgumentException("validation must be at least 0 samples; got " + validation);
        }
        Subset.requireShare("train fraction", trainFraction);
        Subset.requireShare("evaluation fraction", evaluationFraction);
        LabelNoise.requireShare(labelNoise);
    }

    /// Shares of each class.
    public SplitSpec(
            int validation,
            double trainFraction,
            double evaluationFraction,
            double labelNoise,
            Scaling scaling,
            long seed) {
        this(validation, trainFraction, evaluationFraction, labelNoise, scaling, seed, Sampling.STRATIFIED);
    }

    /// All training samples train, none are held out, nothing is changed.
    public static SplitSpec of(long seed) {
        return new SplitSpec(0, 1, 1, 0, Scaling.NONE, seed);
    }

    /// The same with the last `samples` training samples held out.
    public SplitSpec withValidation(int samples) {
        return new SplitSpec(samples, trainFraction, evaluationFraction, labelNoise, scaling, seed, sampling);
    }

    /// The same with another share of the training samples.
    public SplitSpec withTrainFraction(double share) {
        return new SplitSpec(validation, share, evaluationFraction, labelNoise, scaling, seed, sampling);
    }

    /// The same with another share of the validation and test samples.
    public SplitSpec withEvaluationFraction(double share) {
        return new SplitSpec(validation, trainFraction, share, labelNoise, scaling, seed, sampling);
    }

    /// The same with another share of redrawn labels.
    public SplitSpec withLabelNoise(double share) {
        return new SplitSpec(validation, trainFraction, evaluationFraction, share, scaling, seed, sampling);
    }

    /// The same with another scaling.
    public SplitSpec withScaling(Scaling newScaling) {
        return new SplitSpec(validation, trainFraction, evaluationFraction, labelNoise, newScaling, seed, sampling);
    }

    /// The same with shares of other samples.
    public SplitSpec withSampling(Sampling newSampling) {
        return new SplitSpec(validation, trainFraction, evaluationFraction, labelNoise, scaling, seed, newSampling);
    }

    private Samples share(Samples samples, double share) {
        return switch (sampling) {
            case STRATIFIED -> Subset.fraction(samples, share, seed);
            case FIRST -> Subset.first(samples, share);
        };
    }

    /// Splits a data set's training and test samples.
    public Splits apply(Samples train, Samples test) {
        int rest = train.size() - validation;
        if (rest < 1) {
            throw new IllegalArgumentException("validation (%d) must be smaller than the training set (%d samples)"
                    .formatted(validation, train.size()));
        }
        Samples kept = validation == 0 ? train : train.range(0, rest);
        Samples training = LabelNoise.redraw(share(kept, trainFraction), labelNoise, seed);
        Optional<Samples> heldOut = validation == 0
                ? Optional.empty()
                : Optional.of(share(train.range(rest, train.size()), evaluationFraction));
        Splits plain =
                new Splits(training, heldOut, share(test, evaluationFraction), Optional.empty(), Optional.empty());
        return switch (scaling) {
            case NONE -> plain;
            case STANDARDIZED -> plain.standardized();
        };
    }
}
