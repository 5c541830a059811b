package dev.stiefel.data.own;

import dev.stiefel.data.own.NumberNotation.DecimalMark;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// Specification of a user's own data.
///
/// @param data a table (`.csv`, `.tsv`), a folder of images by class, or an array of inputs
///     (`.npy`)
/// @param target of a table the name of the target column, or several separated by commas; of an
///     array the path of the array of targets
/// @param task kind of target; empty: inferred from the targets
/// @param ignored columns of a table to leave out
/// @param categorical columns of a table that are categories although they look like numbers
/// @param imageSize size of images after scaling
/// @param imageChannels 1: images become grey; 3: they have red, green and blue; empty: 1 if all are grey, else 3
/// @param testFraction share of the samples that tests, in `(0, 1)`; unused where a folder has
///     parts `train/` and `test/`
/// @param seed decides which samples those are
/// @param missing words that stand for a missing value in a table; empty: the usual ones
/// @param decimalMark of a table's numbers; empty: found out for each column
/// @param origins true if numbers of a table that are far from zero become distances; otherwise they stay as they
///     are
public record OwnSpec(
        Path data,
        Optional<String> target,
        Optional<Task> task,
        List<String> ignored,
        List<String> categorical,
        Optional<ImageSize> imageSize,
        OptionalInt imageChannels,
        double testFraction,
        long seed,
        Optional<MissingWords> missing,
        Optional<DecimalMark> decimalMark,
        boolean origins) {
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
                seed,
                Optional.empty(),
                Optional.empty(),
                true);
    }

    /// The same with a target: the column's name (or several, separated by commas), or the path
    /// of an array.
    public OwnSpec withTarget(String newTarget) {
        return with(
                Optional.of(newTarget),
                task,
                ignored,
                categorical,
                imageSize,
                imageChannels,
                testFraction,
                missing,
                decimalMark);
    }

    /// The same with a task that is not inferred.
    public OwnSpec withTask(Task newTask) {
        return with(
                target,
                Optional.of(newTask),
                ignored,
                categorical,
                imageSize,
                imageChannels,
                testFraction,
                missing,
                decimalMark);
    }

    /// The same without these columns.
    public OwnSpec withIgnored(List<String> columns) {
        return with(target, task, columns, categorical, imageSize, imageChannels, testFraction, missing, decimalMark);
    }

    /// The same with these columns as categories.
    public OwnSpec withCategorical(List<String> columns) {
        return with(target, task, ignored, columns, imageSize, imageChannels, testFraction, missing, decimalMark);
    }

    /// The same with images of this size.
    public OwnSpec withImageSize(ImageSize size) {
        return with(
                target,
                task,
                ignored,
                categorical,
                Optional.of(size),
                imageChannels,
                testFraction,
                missing,
                decimalMark);
    }

    /// The same with images of one channel, grey, or three.
    public OwnSpec withImageChannels(int channels) {
        return with(
                target,
                task,
                ignored,
                categorical,
                imageSize,
                OptionalInt.of(channels),
                testFraction,
                missing,
                decimalMark);
    }

    /// The same with another share of the samples that tests.
    public OwnSpec withTestFraction(double share) {
        return with(target, task, ignored, categorical, imageSize, imageChannels, share, missing, decimalMark);
    }

    /// The same with other words for a missing value.
    public OwnSpec withMissing(MissingWords words) {
        return with(
                target,
                task,
                ignored,
                categorical,
                imageSize,
                imageChannels,
                testFraction,
                Optional.of(words),
                decimalMark);
    }

    /// A copy with a given decimal mark.
    public OwnSpec withDecimalMark(DecimalMark mark) {
        return with(
                target, task, ignored, categorical, imageSize, imageChannels, testFraction, missing, Optional.of(mark));
    }

    /// The same with numbers as they are, also where float32 loses what tells them apart.
    public OwnSpec withoutOrigins() {
        return new OwnSpec(
                data,
                target,
                task,
                ignored,
                categorical,
                imageSize,
                imageChannels,
                testFraction,
                seed,
                missing,
                decimalMark,
                false);
    }

    private OwnSpec with(
            Optional<String> newTarget,
            Optional<Task> newTask,
            List<String> newIgnored,
            List<String> newCategorical,
            Optional<ImageSize> newSize,
            OptionalInt newChannels,
            double newTestFraction,
            Optional<MissingWords> newMissing,
            Optional<DecimalMark> newMark) {
        return new OwnSpec(
                data,
                newTarget,
                newTask,
                newIgnored,
                newCategorical,
                newSize,
                newChannels,
                newTestFraction,
                seed,
                newMissing,
                newMark,
                origins);
    }
}
