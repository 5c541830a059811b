package dev.stiefel.lab.report;

import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Numbers, options and commands as pages say them.
final class PageText {
    private PageText() {}

    static String percent(double share) {
        return Double.isFinite(share) ? String.format(Locale.ROOT, "%.2f %%", 100 * share) : "–";
    }

    /// A mean and its spread as shares.
    static String percent(double mean, double deviation) {
        return Double.isFinite(deviation)
                ? String.format(Locale.ROOT, "%.2f ± %.2f %%", 100 * mean, 100 * deviation)
                : percent(mean);
    }

    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "–";
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e9) {
            return String.format(Locale.ROOT, "%,d", (long) value);
        }
        double size = Math.abs(value);
        int decimals = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
        return size < 1e-3 || size >= 1e9
                ? String.format(Locale.ROOT, "%.3e", value)
                : String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }

    /// A count, with a comma each three digits.
    static String whole(long value) {
        return "%,d".formatted(value);
    }

    static String count(long value, String one, String many) {
        return "%,d %s".formatted(value, value == 1 ? one : many);
    }

    static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        return whole < 3600
                ? "%d min %02d s".formatted(whole / 60, whole % 60)
                : "%d h %02d min".formatted(whole / 3600, whole / 60 % 60);
    }

    /// All of a few, smallest and largest of many.
    static String ranks(List<Integer> ranks) {
        if (ranks.isEmpty()) {
            return "dense";
        }
        return ranks.size() > 12
                ? "%d to %d"
                        .formatted(
                                ranks.stream().mapToInt(Integer::intValue).min().orElseThrow(),
                                ranks.stream().mapToInt(Integer::intValue).max().orElseThrow())
                : String.join(" ", ranks.stream().map(String::valueOf).toList());
    }

    /// Names in a sentence: `a, b and c`.
    static String listed(Collection<String> names) {
        List<String> all = List.copyOf(names);
        return all.size() < 2
                ? String.join("", all)
                : String.join(", ", all.subList(0, all.size() - 1)) + " and " + all.getLast();
    }

    /// Options as YAML has them.
    static String yaml(Map<String, ?> options) {
        StringBuilder text = new StringBuilder();
        options.forEach((key, value) ->
                text.append(key).append(": ").append(scalar(value)).append('\n'));
        return text.toString();
    }

    /// A value on one line of YAML.
    static String scalar(Object value) {
        if (value instanceof Collection<?> list) {
            return "[" + String.join(", ", list.stream().map(PageText::scalar).toList()) + "]";
        }
        if (value instanceof Map<?, ?> map) {
            return "{ "
                    + String.join(
                            ", ",
                            map.entrySet().stream()
                                    .map(entry ->
                                            entry.getKey() + ": " + scalar(Objects.requireNonNull(entry.getValue())))
                                    .toList())
                    + " }";
        }
        String text = value.toString();
        boolean plain = !(value instanceof String) || text.matches("[A-Za-z0-9_./][A-Za-z0-9_./() -]*");
        return plain ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /// A path as it can be typed in a shell.
    static String typed(String path) {
        return path.matches("[A-Za-z0-9_@%+=:,./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
    }

    /// The command that trains such a run: its preset, and all that differs from it.
    static String trainCommand(RunSpec spec) {
        String experiment = spec.find(Options.EXPERIMENT).orElse("");
        Map<String, Object> defaults;
        try {
            defaults = Presets.of(experiment, Map.of()).spec().asMap();
        } catch (IllegalArgumentException _) {
            defaults = Map.of(); // no preset: all is said
        }
        StringBuilder command = new StringBuilder("stiefel train");
        if (!defaults.isEmpty()) {
            command.append(' ').append(experiment);
        }
        for (Map.Entry<String, Object> option : spec.asMap().entrySet()) {
            boolean says = !option.getKey().equals(Options.EXPERIMENT.key())
                    && !option.getValue().equals(defaults.get(option.getKey()));
            if (says) {
                String value = option.getValue().toString();
                command.append(" --").append(flag(option.getKey()));
                if (!value.equals("true")) {
                    command.append(' ').append(typed(value));
                }
            }
        }
        return command.toString();
    }

    private static String flag(String key) {
        return key.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
