package dev.stiefel.train;

import dev.stiefel.nn.SampleShape;
import java.util.Optional;
import java.util.stream.Collectors;

/// The samples of a run.
///
/// @param train training samples, at least one
/// @param validation validation samples, which decide the best epoch
/// @param test test samples, which decide nothing
public record TrainData(Samples train, Optional<Samples> validation, Optional<Samples> test) {
    /// Checks that the samples are of one kind.
    public TrainData {
        if (train.size() == 0) {
            throw new IllegalArgumentException("training data: there must be at least one training sample");
        }
        validation = validation.filter(samples -> samples.size() > 0);
        test = test.filter(samples -> samples.size() > 0);
        validation.ifPresent(samples -> requireAlike(train, samples));
        test.ifPresent(samples -> requireAlike(train, samples));
    }

    private static void requireAlike(Samples a, Samples b) {
        if (!a.inputs().equals(b.inputs()) || !a.output().equals(b.output()) || a.targetKind() != b.targetKind()) {
            throw new IllegalArgumentException("training data: all samples must have the same width and outputs; got "
                    + describe(a) + " and " + describe(b));
        }
    }

    private static String describe(Samples samples) {
        String inputs = samples.inputs().stream().map(TrainData::describe).collect(Collectors.joining(" and "));
        return "%s → %d %s".formatted(inputs, samples.outputs(), samples.hasLabels() ? "classes" : "values");
    }

    private static String describe(SampleShape shape) {
        return shape instanceof SampleShape.Vector vector ? vector.columns() + " values" : shape.toString();
    }
}
