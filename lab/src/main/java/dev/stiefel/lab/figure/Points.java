package dev.stiefel.lab.figure;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Points in order. One whose coordinates are not both finite, or beyond 1e250, is missing: a
/// gap in a line.
public final class Points {
    private final double[] xs;
    private final double[] ys;
    private final double @Nullable [] lows;
    private final double @Nullable [] highs;
    private final @Nullable List<String> labels;

    private Points(
            double[] xs,
            double[] ys,
            double @Nullable [] lows,
            double @Nullable [] highs,
            @Nullable List<String> labels) {
        this.xs = xs;
        this.ys = ys;
        this.lows = lows;
        this.highs = highs;
        this.labels = labels;
    }

    /// Points by their coordinates.
    ///
    /// @throws IllegalArgumentException if there are not as many of one as of the other
    public static Points of(List<Double> xs, List<Double> ys) {
        return of(numbers(xs), numbers(ys));
    }

    /// The same from arrays, which are copied.
    public static Points of(double[] xs, double[] ys) {
        checkCount("y values", ys.length, xs.length);
        return new Points(xs.clone(), ys.clone(), null, null, null);
    }

    /// The same with an interval of y about each: a line's band, a point's error bar. NaN:
    /// none.
    public Points within(List<Double> lows, List<Double> highs) {
        return within(numbers(lows), numbers(highs));
    }

    /// The same from arrays, which are copied.
    public Points within(double[] lows, double[] highs) {
        checkCount("lower ends", lows.length, xs.length);
        checkCount("upper ends", highs.length, xs.length);
        return new Points(xs, ys, lows.clone(), highs.clone(), labels);
    }

    /// The same with names. In a scatter chart they stand beside the points as far as there is
    /// room, and are shown on hovering.
    public Points named(List<String> names) {
        checkCount("names", names.size(), xs.length);
        return new Points(xs, ys, lows, highs, List.copyOf(names));
    }

    /// The number of points.
    public int size() {
        return xs.length;
    }

    /// A point's x.
    public double x(int index) {
        return xs[index];
    }

    /// A point's y.
    public double y(int index) {
        return ys[index];
    }

    /// The lower end of the interval about a point's y; NaN if it has none.
    public double low(int index) {
        return lows == null ? Double.NaN : lows[index];
    }

    /// The upper end of the interval about a point's y; NaN if it has none.
    public double high(int index) {
        return highs == null ? Double.NaN : highs[index];
    }

    /// Returns whether there are intervals about y.
    public boolean hasIntervals() {
        return lows != null;
    }

    /// A point's name.
    public Optional<String> name(int index) {
        return labels == null ? Optional.empty() : Optional.of(labels.get(index));
    }

    /// Returns whether points have names.
    public boolean hasNames() {
        return labels != null;
    }

    private static double[] numbers(List<Double> list) {
        return list.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static void checkCount(String what, int got, int expected) {
        if (got != expected) {
            throw new IllegalArgumentException(
                    "points: there must be as many %s as x values (%s); got %s".formatted(what, expected, got));
        }
    }
}
