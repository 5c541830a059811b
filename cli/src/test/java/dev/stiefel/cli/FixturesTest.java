package dev.stiefel.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs, models, sweeps and reports that an earlier version wrote are still what they were. `make.py` beside the
/// archive made them.
class FixturesTest {
    private static final Path ARCHIVE =
            Path.of("..", "lab", "src", "test", "resources", "dev", "stiefel", "lab", "fixtures", "0.1.0.zip");

    /// Losses and shares of samples: other processors add the same numbers up in another order.
    private static final double OF_SCORES = 1e-6;

    /// Single outputs of 32-bit networks, and singular values.
    private static final double OF_OUTPUTS = 1e-5;

    /// Relative difference of losses after training on another processor: rounding grows from step to step. With
    /// older processors' kernels (OPENBLAS_CORETYPE and ONEDNN_MAX_CPU_ISA: Haswell and AVX2, Nehalem and SSE41) it
    /// was at most 0.001.
    private static final double OF_TRAINING = 0.005;

    /// The same by s-only, whose new directions follow from small gradients: it was at most 0.07.
    private static final double OF_S_ONLY = 0.25;

    @TempDir
    static Path directory;

    private static CommandRunner shell;
    private static JsonNode recorded;

    @BeforeAll
    static void unpack() throws IOException {
        try (ZipFile archive = new ZipFile(ARCHIVE.toFile())) {
            for (ZipEntry entry : archive.stream().toList()) {
                Path file = directory.resolve(entry.getName());
                Files.createDirectories(file.getParent());
                try (InputStream in = archive.getInputStream(entry)) {
                    Files.copy(in, file);
                }
            }
        }
        recorded = JsonMapper.shared().readTree(directory.resolve("recorded.json"));
        for (Path run : runs().toList()) {
            Path file = run.resolve("run.json");
            String text = Files.readString(file);
            // Data of the user's own lies elsewhere now. The records of all other runs stay as they are.
            Files.writeString(
                    file, text.replace("\"" + recorded.get("folder").stringValue() + "/", "\"" + directory + "/"));
        }
        shell = new CommandRunner(directory);
    }

    private static Stream<Path> runs() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files
                    .filter(Files::isDirectory)
                    .filter(folder -> Files.exists(folder.resolve("run.json")))
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    static Stream<String> interrupted() throws IOException {
        try (Stream<Path> folders = Files.list(directory.resolve("interrupted"))) {
            return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
        }
    }

    @Test
    void commandsAnswerWhatTheyAnswered() {
        assertThat(recorded.get("commands").size()).isGreaterThan(100);
        SoftAssertions all = new SoftAssertions();
        for (JsonNode each : recorded.get("commands")) {
            String command = each.get("arguments").stringValue();
            CommandRunner.Result result = shell.run(command + " --json");
            all.assertThat(result.code()).as("%s: %s", command, result.err()).isZero();
            if (result.code() == 0) {
                double tolerance = command.startsWith("evaluate ") ? OF_SCORES : OF_OUTPUTS;
                requireEqual(all, command, each.get("output"), json(result), tolerance);
            }
        }
        all.assertAll();
    }

    /// All that was recorded must be there; a later version may say more.
    private static void requireEqual(SoftAssertions all, String where, JsonNode old, JsonNode now, double tolerance) {
        if (old.isObject() && now.isObject()) {
            old.propertyNames().forEach(name -> {
                all.assertThat(now.has(name)).as("%s has %s", where, name).isTrue();
                if (now.has(name)) {
                    requireEqual(all, where + ", " + name, old.get(name), now.get(name), tolerance);
                }
            });
        } else if (old.isArray() && now.isArray()) {
            all.assertThat(now.size()).as(where).isEqualTo(old.size());
            for (int i = 0; i < Math.min(old.size(), now.size()); i++) {
                requireEqual(all, where + " " + i, old.get(i), now.get(i), tolerance);
            }
        } else if (old.isFloat() || old.isDouble() || old.isBigDecimal()) {
            double value = old.doubleValue();
            all.assertThat(now.isNumber()).as(where).isTrue();
            if (now.isNumber()) {
                all.assertThat(Math.abs(now.doubleValue() - value))
                        .as("%s: %s, was %s", where, now, old)
                        .isLessThanOrEqualTo(tolerance * Math.max(1, Math.abs(value)));
            }
        } else {
            all.assertThat(now).as(where).isEqualTo(old);
        }
    }

    @ParameterizedTest
    @MethodSource("interrupted")
    void anInterruptedRunEndsAsItsUninterruptedTwin(String name) throws IOException {
        requireResumed("interrupted/" + name, "trained/" + name);
    }

    @Test
    void aRunOnATableEndsAsItsUninterruptedTwin() throws IOException {
        requireResumed("own/houses-interrupted", "own/houses-4");
    }

    @Test
    void aKilledRunEndsAsItsUninterruptedTwin() throws IOException {
        assertThat(record("killed").get("status").stringValue()).isEqualTo("running");
        requireResumed("killed", "trained/riemannian");
    }

    private static void requireResumed(String run, String twin) throws IOException {
        Path copy = copy(run);
        String name = directory.relativize(copy).toString();

        CommandRunner.Result resumed = shell.run("train --resume " + name + " --quiet");

        assertThat(resumed.code()).as(resumed.err()).isZero();
        JsonNode record = record(name);
        JsonNode expected = record(twin).get("summary");
        assertThat(record.get("status").stringValue()).isEqualTo("done");
        assertThat(record.get("summary").get("epochs")).isEqualTo(expected.get("epochs"));
        for (String split : List.of("train", "validation", "test")) {
            double loss = expected.get(split).get("loss").doubleValue();
            assertThat(record.get("summary").get(split).get("loss").doubleValue())
                    .as("%s, %s", run, split)
                    .isCloseTo(loss, withPercentage(100 * (run.contains("s-only") ? OF_S_ONLY : OF_TRAINING)));
        }
    }

    private static Path copy(String name) throws IOException {
        Path to = directory.resolve("copy-of-" + name.replace('/', '-'));
        Path from = directory.resolve(name);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
        return to;
    }

    private static JsonNode record(String run) throws IOException {
        return JsonMapper.shared().readTree(directory.resolve(run).resolve("run.json"));
    }

    private static JsonNode json(CommandRunner.Result result) {
        return JsonMapper.shared().readTree(result.out());
    }

    @Test
    void aSweepKnowsAllItsRunsAndTrainsNone() throws IOException {
        String copy = directory.relativize(copy("small-sweep")).toString();
        Map<String, String> before = contents(copy + "/runs");

        JsonNode again = json(shell.run("sweep small.yaml --jobs 1 --json --out " + copy));

        assertThat(again.get("made").intValue()).isZero();
        assertThat(again.get("done").intValue()).isEqualTo(11);
        assertThat(again.get("diverged").intValue()).isEqualTo(1);
        assertThat(again.get("complete").booleanValue()).isTrue();
        assertThat(contents(copy + "/runs")).isEqualTo(before);
    }

    private static Map<String, String> contents(String folder) throws IOException {
        Map<String, String> contents = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory.resolve(folder))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                contents.put(directory.relativize(file).toString(), Files.readString(file, ISO_8859_1));
            }
        }
        return contents;
    }

    @ParameterizedTest
    @ValueSource(strings = {"report", "logs"})
    void aReportIsUnchanged(String folder) {
        assertThat(changes(folder)).isEmpty();
    }

    /// Its ranks are held at one number, on an axis from 0.5 below to 0.5 above; the axis has whole numbers now.
    @Test
    void onlyThePageOfARunWithOneRankChanges() {
        assertThat(changes("trained/riemannian-rank")).containsExactly("made again, report.html: it would differ");
    }

    /// Its dense networks have no rank. They were drawn at rank 0, and are drawn by learning rate instead; runs,
    /// tables and statistics stay as they were.
    @Test
    void onlyFiguresOfADenseNetworkAmongRanksChange() {
        assertThat(changes("small-sweep")).isNotEmpty().allMatch(change -> change.startsWith("made again, figures/"));
    }

    private static List<String> changes(String folder) {
        CommandRunner.Result result = shell.run("report " + folder + " --check --json");
        return json(result)
                .get("changes")
                .valueStream()
                .map(JsonNode::stringValue)
                .filter(change -> !change.startsWith("program: ")) // the version's number may be another
                .toList();
    }
}
