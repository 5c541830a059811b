package dev.stiefel.lab.figure;

/// From the least to the greatest value that is shown.
public record Range(double low, double high) {
    /// @throws IllegalArgumentException unless both are finite and in order
    public Range {
        if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
            throw new IllegalArgumentException(
                    "range: both ends must be finite and in order; got %s to %s".formatted(low, high));
        }
    }
}
