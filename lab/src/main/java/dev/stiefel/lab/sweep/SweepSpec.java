package dev.stiefel.lab.sweep;

import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.NearMiss;
import dev.stiefel.lab.text.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Specification of a sweep: options that all its runs share, axes, and the number of runs of each combination.
///
///     name: double-descent
///     base: { experiment: mnist, method: bug, epochs: 250, trainFraction: 0.1 }
///     axes:
///       width: { from: 10, to: 100, step: 10 }
///       rank: [2, 5, 10]
///       learningRate: { from: 1e-4, to: 1e-2, count: 3, scale: log }
///     runs: 5                        # seeds 0…4; or seeds: [3, 7]
///     exclude: ["rank > width"]
///
/// An axis of several options (`method, rank: [[dense, null], [bug, 10]]`) moves them
/// together; `null` leaves one unset. Every run has one thread unless the spec says otherwise.
public final class SweepSpec {
    private static final List<String> KEYS = List.of("name", "base", "axes", "runs", "seeds", "exclude");
    private static final String FOLDER = "experiments/";
    private static final int MOST_SEEDS = 100_000;

    private final String name;
    private final String origin;
    private final ObjectNode source;
    private final Choices base;
    private final List<SweepAxis> axes;
    private final List<Long> seeds;
    private final List<Condition> exclude;

    private SweepSpec(
            String name,
            String origin,
            ObjectNode source,
            Choices base,
            List<SweepAxis> axes,
            List<Long> seeds,
            List<Condition> exclude) {
        this.name = name;
        this.origin = origin;
        this.source = source;
        this.base = base;
        this.axes = List.copyOf(axes);
        this.seeds = List.copyOf(seeds);
        this.exclude = List.copyOf(exclude);
    }

    /// The spec in this YAML file, or the built-in one of this name ([#builtIn]).
    ///
    /// @param nameOrFile `thesis/5k`, or `widths.yaml`
    /// @throws IllegalArgumentException if there is neither, or something in it is not allowed
    /// @throws IOException if the file cannot be read
    public static SweepSpec of(String nameOrFile) throws IOException {
        Path file;
        try {
            file = Path.of(nameOrFile);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException(unknown(nameOrFile), e);
        }
        if (Files.isRegularFile(file)) {
            return of(file);
        }
        if (builtIn().contains(nameOrFile)) {
            return parse(nameOrFile, nameOrFile.replace('/', '-'), resource(FOLDER + nameOrFile + ".yaml"));
        }
        throw new IllegalArgumentException(
                Files.isDirectory(file)
                        ? "'%s' is a folder; a sweep is described by a YAML file".formatted(nameOrFile)
                        : unknown(nameOrFile));
    }

    /// The spec in a YAML file.
    ///
    /// @throws IllegalArgumentException if something in it is not allowed
    public static SweepSpec of(Path file) throws IOException {
        String stem = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
        return read(file.toString(), stem, Yaml.tree(file));
    }

    /// A spec in YAML.
    ///
    /// @param what name for messages
    /// @param defaultName default name
    public static SweepSpec parse(String what, String defaultName, byte[] yaml) {
        return read(what, defaultName, Yaml.tree(what, yaml));
    }

    /// The names of the specs that are part of the program.
    public static List<String> builtIn() throws IOException {
        byte[] index = resource(FOLDER + "index.txt");
        return new String(index, java.nio.charset.StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private static byte[] resource(String path) throws IOException {
        try (InputStream in = SweepSpec.class.getResourceAsStream(path)) {
            return in == null ? new byte[0] : in.readAllBytes();
        }
    }

    private static String unknown(String typed) throws IOException {
        String shown = Json.oneLine(typed);
        if (typed.endsWith(".yaml") || typed.endsWith(".yml")) {
            return "there is no file '%s'".formatted(shown);
        }
        List<String> names = builtIn();
        return "there is no sweep '%s'%s"
                .formatted(
                        shown,
                        NearMiss.question(typed, names)
                                .orElse("; give a YAML file, or one of " + String.join(", ", names)));
    }

    static SweepSpec read(String what, String defaultName, ObjectNode yaml) {
        try {
            return readFrom(defaultName, what, yaml);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
        }
    }

    private static SweepSpec readFrom(String defaultName, String origin, ObjectNode yaml) {
        for (String key : yaml.propertyNames()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException("a sweep has no '%s'%s"
                        .formatted(
                                Json.oneLine(key),
                                NearMiss.question(key, KEYS)
                                        .orElse("; there are %s; options of all runs belong under 'base'"
                                                .formatted(String.join(", ", KEYS)))));
            }
        }
        String name = yaml.has("name") ? text("name", yaml.get("name")) : defaultName;
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,99}")) {
            throw new IllegalArgumentException("name must be letters, digits, dots and dashes, at most 100; got '%s'"
                    .formatted(Json.oneLine(name)));
        }
        Choices base = base(yaml.get("base"));
        List<SweepAxis> axes = axes(yaml.get("axes"));
        Set<Option<?>> varied = new LinkedHashSet<>();
        for (SweepAxis axis : axes) {
            for (Option<?> option : axis.options()) {
                if (!varied.add(option)) {
                    throw new IllegalArgumentException("axes: '%s' is on two axes".formatted(option.key()));
                }
                if (base.has(option)) {
                    throw new IllegalArgumentException(
                            "'%s' is in base and on an axis; it must be in one of them".formatted(base.typed(option)));
                }
            }
        }
        List<Condition> exclude = new ArrayList<>();
        if (yaml.has("exclude")) {
            for (JsonNode each : list("exclude", yaml.get("exclude"))) {
                exclude.add(Condition.parse(text("exclude", each)));
            }
        }
        return new SweepSpec(name, origin, yaml, base, axes, seeds(yaml), exclude);
    }

    private static Choices base(@Nullable JsonNode node) {
        Choices base = Choices.none();
        if (node == null || node.isNull()) {
            return base;
        }
        if (!(node instanceof ObjectNode mapping)) {
            throw new IllegalArgumentException("base must map options to values, such as {experiment: mnist}; got %s"
                    .formatted(Json.oneLine(node.toString())));
        }
        for (String key : mapping.propertyNames()) {
            try {
                Option<?> option = Options.of(key);
                if (option == Options.SEED) {
                    throw new IllegalArgumentException(
                            "'seed' cannot be set here; give the number of runs with 'runs: N'");
                }
                if (base.has(option)) {
                    throw new IllegalArgumentException("'%s' is there twice".formatted(key));
                }
                base = base.with(key, Json.plain(mapping.get(key)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("base: " + e.getMessage(), e);
            }
        }
        return base;
    }

    private static List<SweepAxis> axes(@Nullable JsonNode node) {
        List<SweepAxis> axes = new ArrayList<>();
        if (node == null || node.isNull()) {
            return axes;
        }
        if (!(node instanceof ObjectNode mapping)) {
            throw new IllegalArgumentException(
                    "axes must map options to lists or ranges, such as {rank: [5, 10]}; got %s"
                            .formatted(Json.oneLine(node.toString())));
        }
        mapping.properties().forEach(entry -> axes.add(SweepAxis.read(entry.getKey(), entry.getValue())));
        return axes;
    }

    private static List<Long> seeds(ObjectNode yaml) {
        if (yaml.has("runs") && yaml.has("seeds")) {
            throw new IllegalArgumentException("'runs' and 'seeds' both give the number of runs; give one of them");
        }
        if (yaml.has("seeds")) {
            Set<Long> seeds = new LinkedHashSet<>();
            for (JsonNode each : list("seeds", yaml.get("seeds"))) {
                if (!each.isIntegralNumber() || !each.canConvertToLong() || !seeds.add(each.longValue())) {
                    throw new IllegalArgumentException("seeds must be whole numbers, none twice; got %s"
                            .formatted(Json.oneLine(yaml.get("seeds").toString())));
                }
            }
            if (seeds.isEmpty()) {
                throw new IllegalArgumentException("seeds must hold at least one");
            }
            return List.copyOf(seeds);
        }
        JsonNode runs = yaml.get("runs");
        if (runs == null) {
            return List.of(0L);
        }
        if (!runs.isInt() || runs.intValue() < 1 || runs.intValue() > MOST_SEEDS) {
            throw new IllegalArgumentException("runs must be a whole number in [1, %s]; got %s"
                    .formatted(MOST_SEEDS, Json.oneLine(runs.toString())));
        }
        return LongStream.range(0, runs.intValue()).boxed().toList();
    }

    private static Iterable<JsonNode> list(String key, JsonNode node) {
        if (!node.isArray()) {
            throw new IllegalArgumentException(
                    "%s must be a list; got %s".formatted(key, Json.oneLine(node.toString())));
        }
        return node;
    }

    private static String text(String key, JsonNode node) {
        if (!node.isString() && !node.isNumber()) {
            throw new IllegalArgumentException(
                    "%s must be a text; got %s".formatted(key, Json.oneLine(node.toString())));
        }
        return node.asString();
    }

    /// The name of the sweep, and of its folder unless another is given.
    public String name() {
        return name;
    }

    /// The name that was asked for: a file, or a built-in sweep.
    public String origin() {
        return origin;
    }

    /// The options that vary, in the order of its axes.
    public List<Option<?>> varied() {
        List<Option<?>> varied = new ArrayList<>();
        axes.forEach(axis -> varied.addAll(axis.options()));
        return varied;
    }

    /// The seeds of the runs of each combination.
    public List<Long> seeds() {
        return seeds;
    }

    /// The number of combinations of its axes and seeds, including those that are left out.
    ///
    /// @throws ArithmeticException if they are more than a long can count
    public long combinations() {
        long combinations = seeds.size();
        for (SweepAxis axis : axes) {
            combinations = Math.multiplyExact(combinations, (long) axis.points().size());
        }
        return combinations;
    }

    Choices base() {
        return base;
    }

    List<SweepAxis> axes() {
        return axes;
    }

    List<Condition> exclude() {
        return exclude;
    }

    /// The specification as it was written.
    ObjectNode source() {
        return source;
    }
}
