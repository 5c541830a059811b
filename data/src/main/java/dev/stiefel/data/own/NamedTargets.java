package dev.stiefel.data.own;

import dev.stiefel.train.SampleTargets;
import java.util.List;

/// The targets of all samples, and what classes or values are called.
///
/// @param outputs the names
/// @param targets of each sample its class, by its place among the names, or as many numbers as there are names
record NamedTargets(Schema.Outputs outputs, SampleTargets targets) {
    /// A class each, by its place among the names.
    static NamedTargets classes(int[] labels, List<String> names) {
        return new NamedTargets(new Schema.Classes(names), SampleTargets.classes(labels, names.size()));
    }

    /// Targets with as many numbers each as there are names.
    static NamedTargets numbers(float[] values, List<String> names) {
        return new NamedTargets(new Schema.Values(names), SampleTargets.vectors(values, names.size()));
    }
}
