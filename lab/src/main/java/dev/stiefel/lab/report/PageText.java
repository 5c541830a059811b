package dev.stiefel.lab.report;

import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.NumberText;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// Ranks, options and commands as pages write them.
final class PageText {
    private PageText() {}

    /// All of a few, smallest and largest of many.
    static String ranks(List<Integer> ranks) {
        if (ranks.isEmpty()) {
            return "dense";
        }
        return NumberText.ranks(ranks);
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
