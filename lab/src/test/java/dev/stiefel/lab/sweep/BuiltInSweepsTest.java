package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Yaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/// The sweeps under `experiments`, as files: what they say is known and allowed, and they are what the page
/// about the thesis says.
class BuiltInSweepsTest {
    private static final Path FOLDER = Path.of("..", "experiments");
    private static final Path PAGE = Path.of("..", "docs", "guide", "thesis.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`|]+)` \\| `(thesis/[^`]+)` \\|");

    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".yaml"))
                    .map(file -> FOLDER.relativize(file).toString().replace('\\', '/'))
                    .map(path -> path.substring(0, path.length() - ".yaml".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatASweepSaysIsKnownAndAllowed(String name) throws IOException {
        Sweep sweep = Sweep.of(name);

        assertThat(sweep.all.keySet()).isSubsetOf("name", "base", "axes", "runs", "exclude");
        assertThat(sweep.all.get("name")).isEqualTo(name.replace('/', '-'));
        assertThat((Long) sweep.all.get("runs")).isPositive();
        sweep.options().forEach((key, values) -> {
            Option<?> option = Options.of(key);
            assertThat(option.key()).isEqualTo(key);
            values.forEach(value -> option.parse(key, value));
        });
        assertThat(sweep.options()).doesNotContainKey("seed");
        assertThat(sweep.base().keySet()).doesNotContainAnyElementsOf(sweep.axisOptions());
    }

    /// At the ends of all axes, as published and done correctly.
    @ParameterizedTest
    @MethodSource("names")
    void whatASweepCombinesGoesTogether(String name) throws IOException {
        Sweep sweep = Sweep.of(name);
        int specs = 0;
        for (Map<String, Object> corner : sweep.corners()) {
            boolean excluded = corner.get("rank") instanceof Long rank
                    && corner.get("width") instanceof Long width
                    && rank > width;
            for (boolean legacy : excluded ? new boolean[0] : new boolean[] {true, false}) {
                if (corner.containsKey("legacy")) {
                    corner.put("legacy", legacy);
                }
                RunSpec spec = Presets.of(String.valueOf(corner.get("experiment")), corner)
                        .spec();
                assertThat(spec.networkSpec().weights()).isNotEmpty();
                assertThat(spec.trainSpec().epochs()).isPositive();
                specs++;
            }
        }
        assertThat(specs).isPositive();
    }

    @Test
    void theIndexListsThemAndTheyArePackedIntoTheJar() throws IOException {
        assertThat(Files.readAllLines(FOLDER.resolve("index.txt"))).isEqualTo(names());
        for (String file : Stream.concat(names().stream().map(name -> name + ".yaml"), Stream.of("index.txt"))
                .toList()) {
            try (InputStream packed = Presets.class.getResourceAsStream("/dev/stiefel/lab/sweep/experiments/" + file)) {
                assertThat(packed).as(file).isNotNull();
                assertThat(packed.readAllBytes()).isEqualTo(Files.readAllBytes(FOLDER.resolve(file)));
            }
        }
    }

    @Test
    void everyFolderOfTheThesisIsMappedToASweepThatHasItsEpochsBatchesRateNoiseAndRank() throws IOException {
        Set<String> mapped = new LinkedHashSet<>();
        Matcher row = ROW.matcher(Files.readString(PAGE));
        while (row.find()) {
            mapped.add(row.group(1));
            requireSame(row.group(1), Sweep.of(row.group(2)).options());
        }
        assertThat(mapped).containsExactlyInAnyOrderElementsOf(folders());
    }

    @Test
    void pagesNameEverySweep() throws IOException {
        String thesis = Files.readString(PAGE);
        String others = Files.readString(PAGE.resolveSibling("reproducing.md"));
        assertThat(names()).allSatisfy(name -> assertThat(thesis + others).contains("`" + name + "`"));
    }

    private static List<String> folders() throws IOException {
        try (InputStream list = BuiltInSweepsTest.class.getResourceAsStream("thesis-folders.txt")) {
            assertThat(list).isNotNull();
            return new String(list.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
    }

    private static void requireSame(String folder, Map<String, List<Object>> options) {
        requireNumber(folder, "ep(\\d+)", options.get("epochs"), 1);
        requireNumber(folder, "batch(\\d+)", options.get("batchSize"), 1);
        requireNumber(folder, "lr(1e-\\d)", options.get("learningRate"), 1);
        requireNumber(folder, "Noise(\\d+)", options.get("labelNoise"), 100);
        requireNumber(folder, "\\(Rank(\\d+)\\)", options.get("rank"), 1);
        requireNumber(folder, "Dim(\\d+)ep", options.get("width"), 1);
        assertThat(numbers(options.getOrDefault("trainFraction", List.of(1))))
                .as(folder)
                .containsExactly(folder.contains("Dataset10") ? 0.1 : 1);
        assertThat(folder.startsWith("SGD")).isEqualTo(options.get("optimizer").contains("sgd"));
        Matcher penalty =
                Pattern.compile("(L1L2|L1|)Reg(?:Full)?(\\d+)(?:-(\\d+))?$").matcher(folder);
        if (penalty.find()) { // in hundredths
            String hundredths = penalty.group(3) == null ? penalty.group(2) : penalty.group(2) + "." + penalty.group(3);
            String option = penalty.group(1).equals("L1") ? "l1" : "l2";
            assertThat(numbers(options.get(option))).as(folder).contains(Double.parseDouble(hundredths) / 100);
        }
    }

    private static void requireNumber(String folder, String pattern, List<Object> values, double divisor) {
        Matcher matcher = Pattern.compile(pattern).matcher(folder);
        if (matcher.find()) {
            assertThat(numbers(values)).as(folder).contains(Double.parseDouble(matcher.group(1)) / divisor);
        }
    }

    private static List<Double> numbers(List<Object> values) {
        return values.stream()
                .map(value -> Double.parseDouble(String.valueOf(value)))
                .toList();
    }

    /// A file of a sweep, taken apart.
    private record Sweep(Map<String, Object> all) {
        static Sweep of(String name) throws IOException {
            return new Sweep(Yaml.mapping(FOLDER.resolve(name + ".yaml")));
        }

        Map<String, Object> base() throws IOException {
            return mapping(all.get("base"));
        }

        Set<String> axisOptions() throws IOException {
            Set<String> options = new LinkedHashSet<>();
            mapping(all.get("axes")).keySet().forEach(axis -> options.addAll(keys(axis)));
            return options;
        }

        /// Every option with all values that it has in some run.
        Map<String, List<Object>> options() throws IOException {
            Map<String, List<Object>> options = new LinkedHashMap<>();
            base().forEach((key, value) -> options.put(key, List.of(value)));
            for (Map.Entry<String, Object> axis : mapping(all.get("axes")).entrySet()) {
                points(axis.getKey(), axis.getValue())
                        .forEach(point ->
                                point.forEach((key, value) -> options.computeIfAbsent(key, _ -> new ArrayList<>())
                                        .add(value)));
            }
            return options;
        }

        /// What is chosen at the ends of all axes.
        List<Map<String, Object>> corners() throws IOException {
            List<Map<String, Object>> corners = List.of(base());
            for (Map.Entry<String, Object> axis : mapping(all.get("axes")).entrySet()) {
                List<Map<String, Object>> points = points(axis.getKey(), axis.getValue());
                List<Map<String, Object>> more = new ArrayList<>();
                for (Map<String, Object> corner : corners) {
                    for (Map<String, Object> point : List.of(points.getFirst(), points.getLast())) {
                        Map<String, Object> both = new LinkedHashMap<>(corner);
                        both.putAll(point);
                        more.add(both);
                    }
                }
                corners = more;
            }
            return corners;
        }

        private static List<String> keys(String axis) {
            return List.of(axis.split(", *", -1));
        }

        private static List<Map<String, Object>> points(String axis, Object values) throws IOException {
            List<String> keys = keys(axis);
            List<Map<String, Object>> points = new ArrayList<>();
            for (Object value : values instanceof List<?> list ? list : range(mapping(values))) {
                List<?> each = keys.size() == 1 ? List.of(value) : (List<?>) value;
                assertThat(each).hasSameSizeAs(keys);
                Map<String, Object> point = new LinkedHashMap<>();
                for (int i = 0; i < keys.size(); i++) {
                    if (!each.get(i).equals("")) { // as a null reads
                        point.put(keys.get(i), each.get(i));
                    }
                }
                points.add(point);
            }
            return points;
        }

        private static List<Long> range(Map<String, Object> range) {
            assertThat(range).containsOnlyKeys("from", "to", "step");
            return LongStream.iterate(
                            number(range, "from"), i -> i <= number(range, "to"), i -> i + number(range, "step"))
                    .boxed()
                    .toList();
        }

        private static long number(Map<String, Object> in, String key) {
            return (long) in.get(key);
        }

        /// Of a mapping inside another, which is there as JSON.
        private static Map<String, Object> mapping(Object value) throws IOException {
            Map<String, Object> mapping = new LinkedHashMap<>();
            ObjectNode json = Json.parse(String.valueOf(value));
            json.properties().forEach(entry -> mapping.put(entry.getKey(), Json.plain(entry.getValue())));
            return mapping;
        }
    }
}
