package dev.stiefel.lab.report;

import dev.stiefel.lab.figure.Axis;
import dev.stiefel.lab.figure.Points;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// Axes on which values can be drawn.
final class ValueAxes {
    private static final double WIDE = 20;

    private ValueAxes() {}

    static boolean hasValues(Points points) {
        for (int i = 0; i < points.size(); i++) {
            if (Double.isFinite(points.y(i))) {
                return true;
            }
        }
        return false;
    }

    /// An axis for the y of all of these: logarithmic where all are positive and span more than a decade and a bit.
    static Axis axis(String label, Collection<Points> all) {
        return axis(label, all, Points::y);
    }

    /// The same for their x.
    static Axis axisOfX(String label, Collection<Points> all) {
        return axis(label, all, Points::x);
    }

    private static Axis axis(String label, Collection<Points> all, Coordinate coordinate) {
        double least = Double.POSITIVE_INFINITY;
        double most = Double.NEGATIVE_INFINITY;
        for (Points points : all) {
            for (int i = 0; i < points.size(); i++) {
                double value = coordinate.of(points, i);
                if (Double.isFinite(value)) {
                    least = Math.min(least, value);
                    most = Math.max(most, value);
                }
            }
        }
        return least > 0 && most > WIDE * least ? Axis.log(label) : Axis.linear(label);
    }

    private interface Coordinate {
        double of(Points points, int index);
    }

    /// 1, 2, …
    static List<Double> upTo(int count) {
        List<Double> numbers = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            numbers.add((double) i);
        }
        return numbers;
    }
}
