package dev.stiefel.lab.figure;

import java.util.Optional;

/// An axis, or a scale of colours.
///
/// @param label measured quantity in words, and its unit: `epoch`, `multiply-adds a sample`
/// @param scale scale from values to lengths
/// @param notation notation of its numbers
/// @param range smallest range to show; empty: the range of the values
public record Axis(String label, Scale scale, Notation notation, Optional<Range> range) {
    /// @throws IllegalArgumentException if a logarithmic axis is to begin at zero or below
    public Axis {
        if (scale == Scale.LOG && range.isPresent() && range.get().low() <= 0) {
            throw new IllegalArgumentException(
                    "axis '%s': a logarithmic axis must begin above 0; got %s; use a linear one"
                            .formatted(label, range.get().low()));
        }
    }

    /// A linear axis.
    public static Axis linear(String label) {
        return new Axis(label, Scale.LINEAR, Notation.PLAIN, Optional.empty());
    }

    /// A logarithmic axis.
    public static Axis log(String label) {
        return new Axis(label, Scale.LOG, Notation.PLAIN, Optional.empty());
    }

    /// The same with numbers written as percent: for errors and accuracies, which are shares.
    public Axis percent() {
        return new Axis(label, scale, Notation.PERCENT, range);
    }

    /// The same for whole numbers, such as epochs: no tick lies between two.
    public Axis whole() {
        return new Axis(label, scale, Notation.WHOLE, range);
    }

    /// The same with numbers written as years.
    public Axis years() {
        return new Axis(label, scale, Notation.YEAR, range);
    }

    /// The same, showing at least these values: for figures that are to be compared.
    public Axis from(double low, double high) {
        return new Axis(label, scale, notation, Optional.of(new Range(low, high)));
    }

    /// Refuses values that this axis cannot have.
    void check(String figure, double value) {
        if (scale == Scale.LOG && value < 0) {
            throw new IllegalArgumentException(
                    "figure '%s': values on the logarithmic axis '%s' must be positive; got %s; use a linear axis"
                            .formatted(figure, label, value));
        }
    }

    /// Returns whether a value has a place on this axis: finite, and above 0 where that is needed.
    boolean shows(double value) {
        return Double.isFinite(value) && (scale == Scale.LINEAR || value > 0);
    }
}
