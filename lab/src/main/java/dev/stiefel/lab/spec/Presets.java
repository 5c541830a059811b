package dev.stiefel.lab.spec;

import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.lab.text.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The experiments that have a name. Each is a YAML file beside this class, as users write them, which is listed in
/// `presets/index.txt`; its first line is a comment that describes it. Other defaults are declared by [Options].
public final class Presets {
    private static final String FOLDER = "presets/";
    private static final List<String> NAMES = text(FOLDER + "index.txt").lines().toList();
    private static final Map<String, Choices> READ = new ConcurrentHashMap<>();

    private Presets() {}

    /// All presets, by name.
    public static List<Preset> all() {
        return names().stream().map(Presets::of).toList();
    }

    /// The preset of this name.
    ///
    /// @throws IllegalArgumentException if there is none, with the nearest one
    public static Preset of(String name) {
        return of(name, Choices.none());
    }

    /// The preset of this name with some options chosen, by key or flag.
    ///
    /// @throws IllegalArgumentException if there is no such preset or option, or a value is
    ///     not allowed
    public static Preset of(String name, Map<String, ?> choices) {
        Map<String, Object> other = new LinkedHashMap<>(choices);
        other.remove(Options.EXPERIMENT.key());
        return of(name, Choices.of(other));
    }

    /// The preset of this name with some options chosen.
    ///
    /// @throws IllegalArgumentException if there is no such preset, or choices do not go together
    public static Preset of(String name, Choices choices) {
        Preset preset = new Preset(name, description(name), choices.with(Options.EXPERIMENT, name));
        if (!preset.isOfText()) {
            preset.spec(); // checks it
        }
        return preset;
    }

    /// The presets' names.
    public static List<String> names() {
        return NAMES;
    }

    /// Returns whether there is a preset of this name.
    public static boolean has(String name) {
        return names().contains(name);
    }

    /// The message for a name that no preset has, with the nearest one.
    public static String unknown(String name) {
        return "there is no preset '%s'%s"
                .formatted(
                        name.replaceAll("\\p{Cntrl}", "?"),
                        NearMiss.question(name, names()).orElse("; there are " + String.join(", ", names())));
    }

    /// The values of a preset, which are defaults of runs that start from it.
    ///
    /// @throws IllegalArgumentException if there is none of this name
    static Choices values(String name) {
        Choices said = read(file(name));
        return said.find(Options.EXPERIMENT)
                .map(other -> values(other).with(said))
                .orElse(said);
    }

    /// The defaults of legacy runs.
    static Choices legacy() {
        return read("legacy.yaml");
    }

    private static String description(String name) {
        return text(file(name)).lines().findFirst().orElse("").replaceFirst("^# *", "");
    }

    private static String file(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException(unknown(name));
        }
        return FOLDER + name + ".yaml";
    }

    private static Choices read(String file) {
        return READ.computeIfAbsent(
                file, _ -> Choices.of(Yaml.mapping(file, text(file).getBytes(StandardCharsets.UTF_8))));
    }

    private static String text(String file) {
        try (InputStream in = Presets.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IOException("it is missing in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
