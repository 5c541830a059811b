package dev.stiefel.lab.sweep;

import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.NearMiss;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Axis of a sweep: an option and its values, or several options whose values change together.
///
/// @param options options of the axis
/// @param points the values of all options; empty where an option is not set
record SweepAxis(List<Option<?>> options, List<List<Optional<Value<?>>>> points) {
    static final int MOST_POINTS = 100_000;

    private static final List<String> RANGE = List.of("from", "to", "step", "count", "scale");

    /// A value of an option.
    ///
    /// @param <T> its type
    /// @param written as the user wrote it
    /// @param parsed as it is used
    record Value<T>(Option<T> option, Object written, T parsed) {
        /// @throws IllegalArgumentException if it is not allowed
        static <T> Value<T> of(Option<T> option, Object written) {
            try {
                return new Value<>(option, written, option.parse(option.key(), written));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("axes: " + e.getMessage(), e);
            }
        }

        Choices over(Choices choices) {
            return choices.with(option, parsed);
        }

        @Override
        public String toString() {
            return written.toString();
        }
    }

    SweepAxis {
        options = List.copyOf(options);
        points = points.stream().map(List::copyOf).toList();
    }

    /// Reads an axis of a spec.
    ///
    /// @param key `width`, or `width, rank` for options that move together
    /// @throws IllegalArgumentException naming the axis and what is wrong with it
    static SweepAxis read(String key, JsonNode value) {
        List<Option<?>> options = new ArrayList<>();
        for (String name : key.split(",", -1)) {
            Option<?> option = option(name.strip());
            if (options.contains(option)) {
                throw new IllegalArgumentException("axes: '%s' names '%s' twice".formatted(key, option.key()));
            }
            options.add(option);
        }
        List<List<Optional<Value<?>>>> points =
                options.size() == 1 ? single(options.getFirst(), value) : together(key, options, value);
        if (points.isEmpty()) {
            throw new IllegalArgumentException("axes: '%s' has no values; list some, or leave it out".formatted(key));
        }
        return new SweepAxis(options, points);
    }

    private static Option<?> option(String name) {
        try {
            Option<?> option = Options.of(name);
            if (option == Options.SEED) {
                throw new IllegalArgumentException("'seed' cannot be an axis; give the number of runs with 'runs: N'");
            }
            return option;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("axes: " + e.getMessage(), e);
        }
    }

    private static List<List<Optional<Value<?>>>> single(Option<?> option, JsonNode value) {
        List<List<Optional<Value<?>>>> points = new ArrayList<>();
        for (Optional<Value<?>> each : values(option, value)) {
            if (points.contains(List.of(each))) {
                throw new IllegalArgumentException("axes: '%s' has %s twice"
                        .formatted(option.key(), each.map(String::valueOf).orElse("null")));
            }
            points.add(List.of(each));
        }
        return points;
    }

    private static List<List<Optional<Value<?>>>> together(String key, List<Option<?>> options, JsonNode value) {
        if (value instanceof ObjectNode columns) {
            return columns(key, options, columns);
        }
        if (!value.isArray()) {
            throw new IllegalArgumentException(
                    "axes: '%s' must be a list of lists, such as [[50, 5], [100, 10]], or a mapping from each option to its values; got %s"
                            .formatted(key, Json.oneLine(value.toString())));
        }
        List<List<Optional<Value<?>>>> points = new ArrayList<>();
        for (JsonNode row : value) {
            if (!row.isArray() || row.size() != options.size()) {
                throw new IllegalArgumentException("axes: each entry of '%s' must be a list of %s values; got %s"
                        .formatted(key, options.size(), Json.oneLine(row.toString())));
            }
            List<Optional<Value<?>>> point = new ArrayList<>();
            for (int i = 0; i < options.size(); i++) {
                point.add(checked(options.get(i), row.get(i)));
            }
            points.add(point);
        }
        return points;
    }

    private static List<List<Optional<Value<?>>>> columns(String key, List<Option<?>> options, ObjectNode value) {
        List<List<Optional<Value<?>>>> columns = new ArrayList<>();
        for (Option<?> option : options) {
            JsonNode column = value.get(option.key()) == null ? value.get(option.flag()) : value.get(option.key());
            if (column == null || value.size() != options.size()) {
                throw new IllegalArgumentException(
                        "axes: '%s' must map each of its options, and nothing else, to values; got %s"
                                .formatted(key, value.propertyNames()));
            }
            columns.add(values(option, column));
        }
        List<List<Optional<Value<?>>>> points = new ArrayList<>();
        int size = columns.getFirst().size();
        for (List<Optional<Value<?>>> column : columns) {
            if (column.size() != size) {
                throw new IllegalArgumentException(
                        "axes: the options of '%s' must have as many values as each other; got %s"
                                .formatted(key, columns.stream().map(List::size).toList()));
            }
        }
        for (int i = 0; i < size; i++) {
            int at = i;
            points.add(columns.stream().map(column -> column.get(at)).toList());
        }
        return points;
    }

    private static List<Optional<Value<?>>> values(Option<?> option, JsonNode value) {
        if (value instanceof ObjectNode range) {
            return range(option, range);
        }
        if (!value.isArray()) {
            throw new IllegalArgumentException(
                    "axes: '%s' must be a list, such as [10, 20], or a range, such as {from: 10, to: 100, step: 10}; got %s"
                            .formatted(option.key(), value.isNull() ? "nothing" : Json.oneLine(value.toString())));
        }
        List<Optional<Value<?>>> values = new ArrayList<>();
        value.forEach(each -> values.add(checked(option, each)));
        return values;
    }

    private static Optional<Value<?>> checked(Option<?> option, JsonNode value) {
        if (value.isNull()) {
            return Optional.empty();
        }
        if (value.isObject()) {
            throw new IllegalArgumentException("axes: '%s' must hold plain values; got %s"
                    .formatted(option.key(), Json.oneLine(value.toString())));
        }
        return Optional.of(Value.of(option, Json.plain(value)));
    }

    private static List<Optional<Value<?>>> range(Option<?> option, ObjectNode range) {
        for (String name : range.propertyNames()) {
            if (!RANGE.contains(name)) {
                throw wrong(
                        option,
                        "has no '%s'%s"
                                .formatted(
                                        Json.oneLine(name),
                                        NearMiss.question(name, RANGE)
                                                .orElse("; there are " + String.join(", ", RANGE))));
            }
        }
        BigDecimal from = number(option, range, "from");
        BigDecimal to = number(option, range, "to");
        if (to.compareTo(from) < 0) {
            throw wrong(option, "must not end below its start; got %s to %s".formatted(from, to));
        }
        if (range.has("step") == range.has("count")) {
            throw wrong(option, "needs a 'step' or a 'count', and not both");
        }
        String scale = range.has("scale") ? Json.oneLine(range.get("scale").asString("")) : "linear";
        List<BigDecimal> numbers = switch (scale) {
            case "linear" ->
                range.has("step")
                        ? stepped(option, from, to, number(option, range, "step"))
                        : counted(from, to, count(option, range));
            case "log" -> logarithmic(option, from, to, range);
            default -> throw wrong(option, "has a scale that is linear or log; got '%s'".formatted(scale));
        };
        Set<String> seen = new LinkedHashSet<>(); // whole numbers may fall together
        for (BigDecimal number : numbers) {
            BigDecimal value = option.isWholeNumber() ? number.setScale(0, RoundingMode.HALF_UP) : number;
            if (option.isWholeNumber() && scale.equals("linear") && value.compareTo(number) != 0) {
                throw wrong(option, "must hit whole numbers; it comes to %s".formatted(number.toPlainString()));
            }
            seen.add(value.stripTrailingZeros().toPlainString());
        }
        List<Optional<Value<?>>> values = new ArrayList<>();
        for (String text : seen) {
            values.add(Optional.of(Value.of(option, text)));
        }
        return values;
    }

    private static List<BigDecimal> stepped(Option<?> option, BigDecimal from, BigDecimal to, BigDecimal step) {
        if (step.signum() <= 0) {
            throw wrong(option, "must have a step above 0; got %s".formatted(step));
        }
        BigDecimal steps = to.subtract(from).divide(step, 0, RoundingMode.DOWN);
        if (steps.compareTo(BigDecimal.valueOf(MOST_POINTS)) >= 0) {
            throw wrong(
                    option, String.format(Locale.ROOT, "must have at most %,d values; it has %s", MOST_POINTS, steps));
        }
        List<BigDecimal> numbers = new ArrayList<>();
        for (int i = 0; i <= steps.intValue(); i++) {
            numbers.add(from.add(step.multiply(BigDecimal.valueOf(i))));
        }
        return numbers;
    }

    private static List<BigDecimal> counted(BigDecimal from, BigDecimal to, int count) {
        List<BigDecimal> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(
                    count == 1
                            ? from
                            : from.add(to.subtract(from)
                                    .multiply(BigDecimal.valueOf(i))
                                    .divide(BigDecimal.valueOf(count - 1L), MathContext.DECIMAL64)));
        }
        return numbers;
    }

    /// Each value the same times the one before, to six digits.
    private static List<BigDecimal> logarithmic(Option<?> option, BigDecimal from, BigDecimal to, ObjectNode range) {
        if (range.has("step")) {
            throw wrong(option, "has a 'count' and no 'step' where its scale is log");
        }
        if (from.signum() <= 0) {
            throw wrong(option, "must start above 0 where its scale is log; got %s".formatted(from));
        }
        int count = count(option, range);
        double ratio = to.doubleValue() / from.doubleValue();
        List<BigDecimal> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double value = count == 1 ? from.doubleValue() : from.doubleValue() * Math.pow(ratio, i / (count - 1.0));
            numbers.add(new BigDecimal(value).round(new MathContext(6)));
        }
        return numbers;
    }

    private static int count(Option<?> option, ObjectNode range) {
        BigDecimal count = number(option, range, "count");
        if (count.stripTrailingZeros().scale() > 0
                || count.compareTo(BigDecimal.ONE) < 0
                || count.compareTo(BigDecimal.valueOf(MOST_POINTS)) > 0) {
            throw wrong(option, "must have a count in [1, %s]; got %s".formatted(MOST_POINTS, count));
        }
        return count.intValue();
    }

    private static BigDecimal number(Option<?> option, ObjectNode range, String name) {
        JsonNode value = range.get(name);
        if (value == null || value.isNull()) {
            throw wrong(option, "lacks '%s'".formatted(name));
        }
        String text = String.valueOf(Json.plain(value));
        try {
            if (text.length() > 30) {
                throw new NumberFormatException("too long");
            }
            BigDecimal number = new BigDecimal(text);
            if (Math.abs((long) number.scale()) > 100) {
                throw new NumberFormatException("too large or small");
            }
            return number;
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "axes: the range of '%s' must have a number as '%s'; got %s"
                            .formatted(option.key(), name, Json.oneLine(text.isEmpty() ? "nothing" : text)),
                    e);
        }
    }

    private static IllegalArgumentException wrong(Option<?> option, String what) {
        return new IllegalArgumentException("axes: the range of '%s' %s".formatted(option.key(), what));
    }
}
