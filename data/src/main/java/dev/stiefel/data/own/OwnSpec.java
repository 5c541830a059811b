package dev.stiefel.data.own;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// What a user says of data of his own.
///
/// @param data a table (`.csv`, `.tsv`), a folder of images by class, or an array of inputs
///     (`.npy`)
/// @param target of a table the name of the target column, or several separated by commas; of an
///     array the path of the array of targets
/// @param task what is to be told of a sample; empty: inferred from the targets
/// @param ignored columns of a table that are left out
/// @param categorical columns of a table that are categories although they look like numbers
/// @param imageSize that images are scaled to
/// @param imageChannels 1: images become grey; 3: they have red, green and blue; empty: 1 if all are grey, else 3
/// @param testFraction share of the samples that tests, in `(0, 1)`; unused where a folder has
///     `train/` and `test/`
/// @param seed decides which samples those are
public record OwnSpec(
        Path data,
        Optional<String> target,
        Optional<Task> task,
        List<String> ignored,
        List<String> categorical,
        Optional<ImageSize> imageSize,
        OptionalInt imageChannels,
        double testFraction,
        long seed) {
    private static final int GREY = 1;
    private static final int COLOUR = 3;

    /// Checks the ranges and copies the lists.
    public OwnSpec {
        ignored = List.copyOf(ignored);
        categorical = List.copyOf(categorical);
        if (!(testFraction > 0 && testFraction < 1)) {
            throw new IllegalArgumentException("test fraction must be in (0, 1); got " + testFraction);
        }
        if (imageChannels.isPresent() && imageChannels.getAsInt() != GREY && imageChannels.getAsInt() != COLOUR) {
            throw new IllegalArgumentException("image channels must be 1 or 3; got " + imageChannels.getAsInt());
        }
    }

    /// Data with everything inferred, a fifth of which tests.
    public static OwnSpec of(Path data, long seed) {
        return new OwnSpec(
                data,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                OptionalInt.empty(),
                0.2,
                seed);
    }

    /// The same with a target: the column's name (or several, separated by commas), or the path
    /// of an array.
    public OwnSpec withTarget(String newTarget) {
        return new OwnSpec(
                data, Optional.of(newTarget), task, ignored, categorical, imageSize, imageChannels, testFraction, seed);
    }

    /// The same with a task that is not inferred.
    public OwnSpec withTask(Task newTask) {
        return new OwnSpec(
                data, target, Optional.of(newTask), ignored, categorical, imageSize, imageChannels, testFraction, seed);
    }

    /// The same without these columns.
    public OwnSpec withIgnored(List<String> columns) {
        return new OwnSpec(data, target, task, columns, categorical, imageSize, imageChannels, testFraction, seed);
    }

    /// The same with these columns as categories.
    public OwnSpec withCategorical(List<String> columns) {
        return new OwnSpec(data, target, task, ignored, columns, imageSize, imageChannels, testFraction, seed);
    }

    /// The same with images of this size.
    public OwnSpec withImageSize(ImageSize size) {
        return new OwnSpec(
                data, target, task, ignored, categorical, Optional.of(size), imageChannels, testFraction, seed);
    }

    /// The same with images of one channel, grey, or three.
    public OwnSpec withImageChannels(int channels) {
        return new OwnSpec(
                data, target, task, ignored, categorical, imageSize, OptionalInt.of(channels), testFraction, seed);
    }

    /// The same with another share of the samples that tests.
    public OwnSpec withTestFraction(double share) {
        return new OwnSpec(data, target, task, ignored, categorical, imageSize, imageChannels, share, seed);
    }
}
