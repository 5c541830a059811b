package dev.stiefel.lab.spec;

import dev.stiefel.model.WeightSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Names of layers, in which `*` stands for any characters: `conv1,stage3.*`. A pattern matches the name of a layer or
/// the full name of its weight.
///
/// @param patterns at least one
public record LayerPatterns(List<String> patterns) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_.*-]+");

    /// Takes a copy of the list.
    public LayerPatterns {
        patterns = List.copyOf(patterns);
        if (patterns.isEmpty()) {
            throw new IllegalArgumentException("layer patterns: there must be at least one");
        }
    }

    static Optional<LayerPatterns> parse(String text) {
        List<String> parts =
                Arrays.stream(text.split(",", -1)).map(String::strip).toList();
        return parts.stream().allMatch(part -> ALLOWED.matcher(part).matches())
                ? Optional.of(new LayerPatterns(parts))
                : Optional.empty();
    }

    /// The weights whose layers these are, in the order of the network.
    ///
    /// @param typed name that the user typed for the option
    /// @throws IllegalArgumentException if a pattern matches none
    List<WeightSpec> among(String typed, List<WeightSpec> weights) {
        for (String pattern : patterns) {
            if (weights.stream().noneMatch(weight -> matches(pattern, weight))) {
                throw new IllegalArgumentException("%s: no layer's name matches '%s'; the layers with weights are %s"
                        .formatted(
                                typed,
                                pattern,
                                weights.stream().map(LayerPatterns::layer).collect(Collectors.joining(", "))));
            }
        }
        return weights.stream().filter(this::match).toList();
    }

    /// Returns whether these match a weight.
    boolean match(WeightSpec weight) {
        return patterns.stream().anyMatch(pattern -> matches(pattern, weight));
    }

    private static boolean matches(String pattern, WeightSpec weight) {
        String regex =
                Arrays.stream(pattern.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        return weight.name().matches(regex) || layer(weight).matches(regex);
    }

    private static String layer(WeightSpec weight) {
        return weight.name().substring(0, weight.name().lastIndexOf('.'));
    }

    @Override
    public String toString() {
        return String.join(",", patterns);
    }
}
