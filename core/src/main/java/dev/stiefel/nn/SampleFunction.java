package dev.stiefel.nn;

import java.util.List;

/// A layer for one sample at a time, in single precision and plain Java: what a call into a native product costs is
/// more than most products of one sample. Immutable, so that any number of threads may share it.
@FunctionalInterface
public interface SampleFunction {
    /// The output for one sample, row by row.
    ///
    /// @param inputs one an input, row by row; not to be changed
    /// @return an array of its own
    float[] apply(List<float[]> inputs);
}
