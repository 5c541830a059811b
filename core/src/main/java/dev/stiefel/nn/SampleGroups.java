package dev.stiefel.nn;

/// Division of a batch between threads and into parts, between groups of samples that belong together
/// ([LayerSpec#samplesPerGroup]).
///
/// A group has a fixed number of samples. If half a group or more remains at the end, it is a group of its own; a
/// smaller remainder joins the group before. So the last group has between half and one and a half times the
/// size; a batch of fewer samples is one group. With groups of one sample, every division is possible.
///
/// Slices and parts begin and end between groups, so that this rule finds in a slice the groups that it finds in
/// the whole batch. A layer with statistics over samples therefore needs only the samples that it is given:
///
/// ```java
/// RowLayout layout = inputs.getFirst().layout();
/// SampleGroups groups = new SampleGroups(layout.samples(), size);
/// for (int g = 0; g < groups.count(); g++) {
///     Tensor rows = values.rows(layout.first(groups.first(g)), layout.first(groups.first(g + 1)));
/// }
/// ```
///
/// @param samples of the batch, or of a slice, at least 0
/// @param size of a group, at least 1
public record SampleGroups(int samples, int size) {
    /// Checks both.
    public SampleGroups {
        if (samples < 0 || size < 1) {
            throw new IllegalArgumentException(
                    "sample groups: samples must be at least 0, and the size of a group at least 1; got %d and %d"
                            .formatted(samples, size));
        }
    }

    /// The number of groups, at least 1.
    public int count() {
        int whole = samples / size;
        return Math.max(1, whole + (2 * (samples % size) >= size && samples % size > 0 ? 1 : 0));
    }

    /// First sample of a group; for the number of groups, the number of samples.
    public int first(int group) {
        return group >= count() ? samples : group * size;
    }

    /// First sample of share `i` of `shares` about equal ones.
    public int share(int i, int shares) {
        return first((int) ((long) count() * i / shares));
    }
}
