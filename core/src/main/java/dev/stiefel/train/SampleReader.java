package dev.stiefel.train;

/// Gives the values of one sample after another.
@FunctionalInterface
public interface SampleReader {
    /// Copies the values of a sample, all its rows one after another. Called by several threads at once.
    ///
    /// @param sample its number
    /// @param into destination of the values; its content before is arbitrary
    /// @param at index of the first value
    void copy(int sample, float[] into, int at);
}
