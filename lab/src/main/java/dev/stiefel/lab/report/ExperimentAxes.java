package dev.stiefel.lab.report;

import dev.stiefel.lab.analysis.Configuration;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Assignment of one experiment's axes: one along x, one for the lines of a chart, the others for separate
/// charts. An axis whose values follow from another's is none.
///
/// @param x numbers, along the chart; empty if no axis has any
/// @param line the lines in a chart; empty if none is left
/// @param panels a chart for each combination
record ExperimentAxes(Optional<Option<?>> x, Optional<Option<?>> line, List<Option<?>> panels) {
    private static final int MOST_LINES = 8;
    private static final int ENOUGH = 5;

    ExperimentAxes {
        panels = List.copyOf(panels);
    }

    static ExperimentAxes of(List<Option<?>> all, List<Configuration> configurations) {
        List<Option<?>> varying = new ArrayList<>(
                all.stream().filter(axis -> distinct(axis, configurations) > 1).toList());
        Optional<Option<?>> x = varying.stream()
                .filter(axis -> isNumeric(axis, configurations))
                .sorted((a, b) -> Integer.compare(rank(a, configurations), rank(b, configurations)))
                .findFirst();
        x.ifPresent(axis -> {
            varying.remove(axis);
            varying.removeIf(other -> follows(other, List.of(axis), configurations));
        });
        Optional<Option<?>> line = varying.stream()
                .sorted((a, b) -> Integer.compare(lineRank(a, configurations), lineRank(b, configurations)))
                .findFirst();
        line.ifPresent(axis -> {
            varying.remove(axis);
            varying.removeIf(other -> follows(other, List.of(axis), configurations));
        });
        List<Option<?>> panels = new ArrayList<>();
        for (Option<?> axis : varying) {
            List<Option<?>> known = new ArrayList<>(panels);
            line.ifPresent(known::add);
            if (!follows(axis, known, configurations)) {
                panels.add(axis);
            }
        }
        return new ExperimentAxes(x, line, panels);
    }

    /// The number that a configuration has on the x axis.
    OptionalDouble x(Configuration configuration) {
        return x.map(axis -> number(configuration.axes().get(axis))).orElse(OptionalDouble.empty());
    }

    /// The place of a configuration on the x axis, in words: `rank 5`, or `dense`; empty if there is none.
    String place(Configuration configuration) {
        return x.map(axis -> words(axis, configuration)).orElse("");
    }

    /// The distinction of a configuration's line from the others of its chart, in words; empty if there is only
    /// one.
    String line(Configuration configuration) {
        return line.map(axis -> words(axis, configuration)).orElse("");
    }

    /// The distinction of a configuration's chart from the others, in words; empty if there is only one.
    String panel(Configuration configuration) {
        return panels.stream()
                .map(axis -> words(axis, configuration))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String words(Option<?> axis, Configuration configuration) {
        Object value = configuration.axes().get(axis);
        if (value == null) {
            boolean dense = configuration.runs().stream()
                    .allMatch(run -> run.spec().find(Options.RANK).isEmpty()
                            && run.spec().find(Options.INITIAL_RANK).isEmpty());
            return dense ? "dense" : "no " + label(axis);
        }
        return axis == Options.METHOD || axis == Options.OPTIMIZER || axis == Options.DATA
                ? value.toString()
                : label(axis) + " " + value;
    }

    /// An option as users say it.
    static String label(Option<?> axis) {
        return axis.flag().replace('-', ' ');
    }

    /// The number for a value on an axis.
    static OptionalDouble number(@Nullable Object value) {
        if (value instanceof Number number) {
            return OptionalDouble.of(number.doubleValue());
        }
        return value instanceof String text && text.matches("[0-9]{1,9}")
                ? OptionalDouble.of(Integer.parseInt(text))
                : OptionalDouble.empty();
    }

    private static long distinct(Option<?> axis, Collection<Configuration> configurations) {
        return configurations.stream()
                .map(each -> Optional.ofNullable(each.axes().get(axis)))
                .distinct()
                .count();
    }

    private static boolean isNumeric(Option<?> axis, Collection<Configuration> configurations) {
        List<Object> values = configurations.stream()
                .map(each -> each.axes().get(axis))
                .filter(Objects::nonNull)
                .map(Object.class::cast)
                .distinct()
                .toList();
        return values.size() > 1
                && values.stream().allMatch(value -> number(value).isPresent());
    }

    /// The lower, the better along x: many values, then sizes, then others.
    private static int rank(Option<?> axis, Collection<Configuration> configurations) {
        long places = distinct(
                axis,
                configurations.stream()
                        .filter(each -> each.axes().containsKey(axis))
                        .toList());
        int few = ENOUGH - (int) Math.min(ENOUGH, places);
        int kind = axis == Options.WIDTH ? 0 : axis == Options.RANK ? 1 : 2;
        return 10 * few + kind;
    }

    /// The lower, the better as lines: not too many, sizes and methods before others.
    private static int lineRank(Option<?> axis, Collection<Configuration> configurations) {
        int kind = axis == Options.RANK || axis == Options.WIDTH ? 0 : axis == Options.METHOD ? 1 : 2;
        return (distinct(axis, configurations) > MOST_LINES ? 10 : 0) + kind;
    }

    /// Returns whether an axis has one value only wherever others have the same.
    private static boolean follows(Option<?> axis, List<Option<?>> others, List<Configuration> configurations) {
        Map<List<Optional<Object>>, Optional<Object>> seen = new HashMap<>();
        for (Configuration each : configurations) {
            List<Optional<Object>> at = others.stream()
                    .map(other -> Optional.<Object>ofNullable(each.axes().get(other)))
                    .toList();
            Optional<Object> value = Optional.ofNullable(each.axes().get(axis));
            Optional<Object> before = seen.putIfAbsent(at, value);
            if (before != null && !before.equals(value)) {
                return false;
            }
        }
        return true;
    }
}
