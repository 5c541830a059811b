package dev.stiefel.lab.analysis;

import dev.stiefel.lab.data.Split;
import dev.stiefel.nn.Measure.Better;

/// A figure that was measured of a run after each epoch: the loss, the error (1 − accuracy), or a further measure.
///
/// @param split of which samples
/// @param name `loss`, `error`, or the name of a further measure
/// @param better direction in which figures are better
public record RunMeasure(Split split, String name, Better better) {
    /// Name of the mean loss.
    public static final String LOSS = "loss";

    /// Name of 1 − accuracy.
    public static final String ERROR = "error";

    /// The mean loss over the training samples.
    public static final RunMeasure TRAIN_LOSS = loss(Split.TRAIN);

    /// The share of what was trained on that is put into a wrong class.
    public static final RunMeasure TRAIN_ERROR = error(Split.TRAIN);

    /// The mean loss over the validation samples.
    public static final RunMeasure VALIDATION_LOSS = loss(Split.VALIDATION);

    /// The share of the samples held out that is put into a wrong class.
    public static final RunMeasure VALIDATION_ERROR = error(Split.VALIDATION);

    /// The mean loss over the test samples.
    public static final RunMeasure TEST_LOSS = loss(Split.TEST);

    /// The share of the test samples that is put into a wrong class.
    public static final RunMeasure TEST_ERROR = error(Split.TEST);

    /// The mean loss over some samples.
    public static RunMeasure loss(Split split) {
        return new RunMeasure(split, LOSS, Better.LOWER);
    }

    /// The share of some samples that is put into a wrong class.
    public static RunMeasure error(Split split) {
        return new RunMeasure(split, ERROR, Better.LOWER);
    }

    /// The same figure of other samples.
    public RunMeasure of(Split other) {
        return new RunMeasure(other, name, better);
    }

    /// Returns whether it is the error.
    public boolean isError() {
        return name.equals(ERROR);
    }

    /// Returns whether it is neither the loss nor the error.
    public boolean isFurther() {
        return !name.equals(LOSS) && !isError();
    }

    /// The name in words: `error`, `top 5 accuracy`.
    public String word() {
        return name.replace('_', ' ');
    }

    /// The measure in words: `test error`.
    public String label() {
        return split.word() + " " + word();
    }

    /// The measure as a column's name: `test_error`.
    public String column() {
        return split.word() + "_" + name;
    }
}
