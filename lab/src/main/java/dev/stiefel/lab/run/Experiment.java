package dev.stiefel.lab.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A run to make, and what to call it.
///
/// @param name what its folder is named after
/// @param description what it trains, in a few words
/// @param spec the run, with everything chosen
public record Experiment(String name, String description, RunSpec spec) {
    /// The preset of this name, or the YAML file at this path, with some options chosen on top.
    ///
    /// @param presetOrFile `mnist`, or `wide.yaml`
    /// @param choices by key (`learningRate`) or flag (`learning-rate`); texts, numbers and truth values
    /// @throws IllegalArgumentException if there is no such preset, file or option, or a value is not allowed
    /// @throws IOException if the file cannot be read
    public static Experiment of(String presetOrFile, Map<String, ?> choices) throws IOException {
        if (Presets.has(presetOrFile)) {
            return Presets.of(presetOrFile, choices);
        }
        Optional<Path> file = file(presetOrFile);
        if (file.isPresent()) {
            return of(file.get(), choices);
        }
        throw new IllegalArgumentException(
                looksLikeFile(presetOrFile)
                        ? "there is no file '%s'".formatted(presetOrFile.replaceAll("\\p{Cntrl}", "?"))
                        : Presets.unknown(presetOrFile));
    }

    /// What a YAML file describes, with some options chosen on top: a mapping from options to values, where
    /// `experiment` names the preset to start from.
    ///
    /// @throws IllegalArgumentException if the file is no YAML mapping, or something in it is not allowed
    /// @throws IOException if the file cannot be read
    public static Experiment of(Path file, Map<String, ?> choices) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(Yaml.mapping(file));
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
        try {
            Resolution.of(all, name); // so that the message says whose mistake it is
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        choices.forEach((typed, value) -> {
            all.keySet().removeIf(other -> Options.of(other) == Options.of(typed));
            all.put(typed, value);
        });
        return new Experiment(name, "what " + file + " says", Resolution.of(all, name));
    }

    private static Optional<Path> file(String name) {
        try {
            Path path = Path.of(name);
            return Files.exists(path) ? Optional.of(path) : Optional.empty();
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean looksLikeFile(String name) {
        return name.contains("/") || name.contains("\\") || name.endsWith(".yaml") || name.endsWith(".yml");
    }
}
