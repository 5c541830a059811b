package dev.stiefel.lab.figure;

/// A value pointed out by a thin line across a chart.
///
/// @param direction direction of the line
/// @param at the value of x where it stands, or of y where it lies
/// @param label label of the line
public record ReferenceLine(Direction direction, double at, String label) {
    /// @throws IllegalArgumentException unless the value is finite
    public ReferenceLine {
        if (!Double.isFinite(at)) {
            throw new IllegalArgumentException("mark '%s': its value must be finite; got %s".formatted(label, at));
        }
    }

    /// A line that stands at an x.
    public static ReferenceLine vertical(double x, String label) {
        return new ReferenceLine(Direction.VERTICAL, x, label);
    }

    /// A line that lies at a y.
    public static ReferenceLine horizontal(double y, String label) {
        return new ReferenceLine(Direction.HORIZONTAL, y, label);
    }

    /// Direction of a mark's line.
    public enum Direction {
        /// It stands, at an x.
        VERTICAL,
        /// It lies, at a y.
        HORIZONTAL
    }
}
