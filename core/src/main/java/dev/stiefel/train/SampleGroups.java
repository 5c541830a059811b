package dev.stiefel.train;

/// Division of a batch between threads and into parts, between groups of samples that belong together.
///
/// A group has a fixed number of samples; a last group that is shorter than half joins the one before. With groups
/// of one sample, every division is possible.
///
/// @param samples of the batch
/// @param size of a group, at least 1
record SampleGroups(int samples, int size) {
    /// How many groups there are.
    int count() {
        int whole = samples / size;
        return Math.max(1, whole + (2 * (samples % size) >= size && samples % size > 0 ? 1 : 0));
    }

    /// First sample of a group; for the number of groups, the number of samples.
    int first(int group) {
        return group >= count() ? samples : group * size;
    }

    /// First sample of share `i` of `shares` about equal ones.
    int share(int i, int shares) {
        return first((int) ((long) count() * i / shares));
    }
}
