package dev.stiefel.lab.figure;

import dev.stiefel.lab.text.NumberText;
import java.util.ArrayList;
import java.util.List;

/// An axis with what it spans and where it lies on the paper.
final class AxisMapping {
    /// Beyond it sums and ratios may not be finite: such values count as missing.
    private static final double GREATEST = 1e250;

    private static final double LEAST = 1e-250;

    private final Axis axis;
    private final double low;
    private final double high;
    private final double origin;
    private final double extent;
    private double begin;
    private double end = 1;

    private AxisMapping(Axis axis, double low, double high) {
        this.axis = axis;
        this.low = low;
        this.high = high;
        this.origin = axis.scale() == Scale.LOG ? Math.log10(low) : low;
        this.extent = axis.scale() == Scale.LOG ? Math.log10(high) - origin : high - low;
    }

    /// A value on an axis and its label; empty for a tick without one.
    record Tick(double value, String label) {}

    /// Collects what an axis must span.
    static final class Span {
        private final Axis axis;
        private double low = Double.POSITIVE_INFINITY;
        private double high = Double.NEGATIVE_INFINITY;

        Span(Axis axis) {
            this.axis = axis;
            axis.range().ifPresent(range -> {
                include(range.low());
                include(range.high());
            });
        }

        void include(double value) {
            if (shows(axis, value)) {
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
        }

        boolean isEmpty() {
            return low > high;
        }

        /// The axis over what was included, with a share of it left free at both ends.
        AxisMapping mapping(double free) {
            if (isEmpty()) {
                return new AxisMapping(axis, axis.scale() == Scale.LOG ? 0.1 : 0, 1);
            }
            return axis.scale() == Scale.LOG ? logarithmic(free) : linear(free);
        }

        private AxisMapping logarithmic(double free) {
            double width = Math.log10(high) - Math.log10(low);
            if (width < 1e-9) {
                return new AxisMapping(axis, low / 2, high * 2);
            }
            double factor = Math.pow(10, width * free);
            return new AxisMapping(axis, low / factor, high * factor);
        }

        private AxisMapping linear(double free) {
            double size = Math.max(Math.abs(low), Math.abs(high));
            if (high - low <= size * 1e-11) {
                double about = size == 0 || axis.notation().isWhole() ? 1 : size / 10;
                return new AxisMapping(axis, low - about, high + about);
            }
            double about = (high - low) * free;
            return new AxisMapping(
                    axis,
                    low >= 0 && low < about ? Math.min(low, 0) : low - about,
                    high <= 0 && -high < about ? Math.max(high, 0) : high + about);
        }
    }

    static boolean shows(Axis axis, double value) {
        return axis.shows(value) && Math.abs(value) <= GREATEST && (axis.scale() == Scale.LINEAR || value >= LEAST);
    }

    AxisMapping between(double first, double last) {
        begin = first;
        end = last;
        return this;
    }

    Axis axis() {
        return axis;
    }

    double low() {
        return low;
    }

    double high() {
        return high;
    }

    boolean shows(double value) {
        return shows(axis, value);
    }

    /// From 0 at the least value to 1 at the greatest.
    double share(double value) {
        return ((axis.scale() == Scale.LOG ? Math.log10(value) : value) - origin) / extent;
    }

    double at(double value) {
        return begin + share(value) * (end - begin);
    }

    /// At most about so many labelled ticks, and some without labels.
    List<Tick> ticks(int about) {
        if (axis.scale() == Scale.LOG) {
            double decades = Math.log10(high) - Math.log10(low);
            return decades < 1 ? evenTicks(about) : decadeTicks(about, decades);
        }
        return evenTicks(about);
    }

    private List<Tick> evenTicks(int about) {
        double factor = axis.notation() == Notation.PERCENT ? 100 : 1;
        double from = low * factor;
        double to = high * factor;
        double step = niceStep((to - from) / Math.max(1, about));
        if (axis.notation().isWhole()) {
            step = Math.max(1, step);
        }
        int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        double greatest = Math.max(Math.abs(from), Math.abs(to));
        boolean powers = greatest >= 1e7 || greatest < 1e-3;
        int digits = (int) Math.max(1, Math.floor(Math.log10(greatest)) - Math.floor(Math.log10(step) + 1e-9) + 1);
        List<Tick> ticks = new ArrayList<>();
        double first = Math.ceil(from / step - 1e-9);
        for (int i = 0; (first + i) * step <= to + step * 1e-9 && i <= 40; i++) {
            double value = (first + i) * step;
            String label = axis.notation() == Notation.YEAR
                    ? Long.toString(Math.round(value))
                    : powers
                            ? NumberText.scientific(value, digits)
                            : NumberText.fixed(value, Math.abs(value) < step / 2 ? 0 : decimals);
            ticks.add(new Tick(value / factor, axis.notation() == Notation.PERCENT ? label + "\u00A0%" : label));
        }
        return ticks;
    }

    /// 1, 2 or 5 times a power of ten.
    private static double niceStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double share = least / power;
        double step = (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
        return step > 0 ? step : Double.MIN_NORMAL;
    }

    private List<Tick> decadeTicks(int about, double decades) {
        int stride = (int) Math.max(1, Math.ceil(decades / Math.max(1, about)));
        boolean between = decades * 3 <= about + 1;
        int first = (int) Math.floor(Math.log10(low) + 1e-9);
        int last = (int) Math.floor(Math.log10(high) + 1e-9);
        List<Tick> ticks = new ArrayList<>();
        for (int decade = first; decade <= last; decade++) {
            for (int multiple = 1; multiple <= (stride > 1 || decades > 10 ? 1 : 9); multiple++) {
                double value = Double.parseDouble(multiple + "e" + decade);
                if (value < low * (1 - 1e-9) || value > high * (1 + 1e-9)) {
                    continue;
                }
                boolean labelled = multiple == 1
                        ? Math.floorMod(decade, stride) == 0
                        : between && (multiple == 2 || multiple == 5);
                ticks.add(new Tick(value, labelled ? logLabel(value) : ""));
            }
        }
        return ticks;
    }

    private String logLabel(double value) {
        double factor = axis.notation() == Notation.PERCENT ? 100 : 1;
        boolean powers = low * factor < 0.9e-3 || high * factor > 1.1e5;
        double shown = value * factor;
        String label = powers && shown != 1
                ? NumberText.scientific(shown, 1)
                : NumberText.fixed(shown, (int) Math.max(0, -Math.floor(Math.log10(shown) + 1e-9)));
        return axis.notation() == Notation.PERCENT ? label + "\u00A0%" : label;
    }
}
