package dev.stiefel.lab.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.report.SyntheticRuns;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which options are axes, which runs are one configuration, and which cells are missing.
class GroupingTest {
    @TempDir
    private Path directory;

    private int made;

    private void run(Map<String, ?> options) throws IOException {
        run(options, "done");
    }

    private void run(Map<String, ?> options, String status) throws IOException {
        SyntheticRuns.run(
                directory.resolve("run-%03d".formatted(made++)),
                options,
                status,
                "",
                List.of(SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 5, 5)));
    }

    private RunSet read() throws IOException {
        return RunSet.read(List.of(directory));
    }

    private static List<String> labels(List<Configuration> configurations) {
        return configurations.stream().map(Configuration::label).toList();
    }

    @Test
    void oneRunHasNoAxisAndItsExperimentsName() throws IOException {
        run(Map.of());
        assertThat(read().axes()).isEmpty();
        assertThat(labels(read().configurations())).containsExactly("digits");
        assertThat(read().missing()).isEmpty();
    }

    @Test
    void seedsThreadsAndNamesMakeNoConfiguration() throws IOException {
        run(Map.of("seed", 1, "threads", 1));
        run(Map.of("seed", 2, "threads", 2));
        run(Map.of("seed", 3));
        assertThat(read().axes()).isEmpty();
        assertThat(read().configurations())
                .singleElement()
                .satisfies(each -> assertThat(each.runs()).hasSize(3));
    }

    @Test
    void numbersAreOrderedAsNumbersAndWordsAsWords() throws IOException {
        for (int width : new int[] {100, 9, 20}) {
            run(Map.of("width", width));
        }
        assertThat(labels(read().configurations())).containsExactly("width 9", "width 20", "width 100");
        run(Map.of("width", 9, "method", "parallel-bug"));
        assertThat(read().axes()).isEqualTo(List.of(Options.WIDTH, Options.METHOD));
        assertThat(labels(read().configurations()))
                .containsExactly(
                        "width 9, method bug",
                        "width 9, method parallel-bug",
                        "width 20, method bug",
                        "width 100, method bug");
    }

    @Test
    void anOptionThatOnlyFollowsFromOthersIsNoAxis() throws IOException {
        run(Map.of("width", 8, "learningRate", 0.1));
        run(Map.of("width", 16, "learningRate", 0.05));
        assertThat(read().axes()).isEqualTo(List.of(Options.WIDTH));
        run(Map.of("width", 16, "learningRate", 0.01));
        assertThat(read().axes()).isEqualTo(List.of(Options.WIDTH, Options.LEARNING_RATE));
    }

    @Test
    void anOptionThatARunDoesNotHaveComesFirst() throws IOException {
        run(Map.of("rank", 3));
        run(Map.of("method", "dense"));
        run(Map.of("rank", 2));
        assertThat(read().axes()).isEqualTo(List.of(Options.RANK));
        assertThat(labels(read().configurations())).containsExactly("digits", "rank 2", "rank 3");
    }

    @Test
    void ranksByLayerAreWordsAndStandBehindNumbers() throws IOException {
        run(Map.of("rank", "3-2"));
        run(Map.of("rank", 12));
        run(Map.of("rank", 5));
        assertThat(labels(read().configurations())).containsExactly("rank 5", "rank 12", "rank 3-2");
        assertThat(read().missing()).as("a grid is over numbers").isEmpty();
    }

    @Test
    void aSweepsAxesComeFirstAndInItsOrder() throws IOException {
        Files.writeString(directory.resolve("sweep.json"), """
            {"name": "s", "spec": {"axes": {"learningRate": [0.1], "rank, width": [[1, 2]]}}}\
            """);
        Path all = Files.createDirectories(directory.resolve("runs"));
        for (int i = 0; i < 3; i++) {
            SyntheticRuns.run(
                    all.resolve("r" + i),
                    Map.of("width", 8 + i, "rank", 2 + i, "learningRate", 0.1 * (i + 1), "epochs", 2, "l2", 0.1 * i),
                    "done",
                    2);
        }
        RunSet set = read();
        assertThat(set.axes()).isEqualTo(List.of(Options.LEARNING_RATE, Options.RANK, Options.WIDTH));
        assertThat(set.configurations()).extracting(Configuration::name).containsOnly("s");
    }

    /// Cells against all combinations of the values that are there, in 12 grids with holes.
    @Test
    void missingCellsAreAllOthersOfTheGrid() throws IOException {
        SplittableRandom random = new SplittableRandom(5);
        for (int trial = 0; trial < 12; trial++) {
            Set<List<Integer>> done = new HashSet<>();
            Set<List<Integer>> all = new HashSet<>();
            Path folder = directory.resolve("trial-" + trial);
            Files.createDirectories(folder.resolve("runs"));
            Files.writeString(
                    folder.resolve("sweep.json"),
                    "{\"name\": \"s\", \"spec\": {\"axes\": {\"width\": [], \"rank\": [], \"warmUp\": []}}}");
            for (int i = 0; i < 8; i++) {
                List<Integer> cell = List.of(4 + random.nextInt(3), 1 + random.nextInt(3), random.nextInt(2));
                boolean failed = random.nextInt(4) == 0;
                SyntheticRuns.run(
                        folder.resolve("runs/run-" + i),
                        Map.of("width", cell.get(0), "rank", cell.get(1), "warmUp", cell.get(2), "seed", i),
                        failed ? "failed" : "done",
                        "",
                        List.of(SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 1, 1)));
                all.add(cell);
                if (!failed) {
                    done.add(cell);
                }
            }
            Set<List<Integer>> expected = new HashSet<>();
            for (List<Integer> a : all) {
                for (List<Integer> b : all) {
                    for (List<Integer> c : all) {
                        expected.add(List.of(a.get(0), b.get(1), c.get(2)));
                    }
                }
            }
            expected.removeAll(done);

            RunSet set = RunSet.read(List.of(folder));

            List<Option<?>> options = List.of(Options.WIDTH, Options.RANK, Options.WARM_UP);
            List<Integer> constant = all.iterator().next();
            List<List<Integer>> missing = new ArrayList<>();
            for (Configuration each : set.missing()) {
                List<Integer> cell = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    Object value = each.axes().get(options.get(i));
                    cell.add(value == null ? constant.get(i) : ((Number) value).intValue());
                }
                missing.add(cell);
            }
            assertThat(missing).containsExactlyInAnyOrderElementsOf(expected);
        }
    }

    @Test
    void experimentsHaveGridsOfTheirOwn() throws IOException {
        run(Map.of("width", 8, "rank", 2, "experiment", "digits"));
        run(Map.of("width", 16, "rank", 3, "experiment", "another"));
        RunSet set = read();
        assertThat(set.configurations()).extracting(Configuration::name).containsExactly("another", "digits");
        assertThat(set.missing()).isEmpty();
    }

    @Test
    void aGridOfMoreCellsThanAnybodyLooksAtIsNotFilled() throws IOException {
        List<String> names = List.of("width", "warmUp", "batchSize", "validation", "earlyStopping", "rank");
        Path all = Files.createDirectories(directory.resolve("runs"));
        for (int cells : new int[] {5, 6}) { // 8⁵ are filled, 8⁶ are not
            Files.writeString(
                    directory.resolve("sweep.json"),
                    "{\"name\": \"s\", \"spec\": {\"axes\": {\"%s\": []}}}"
                            .formatted(String.join("\": [], \"", names.subList(0, cells))));
            for (int i = 0; i < 8; i++) {
                Map<String, Object> options = new HashMap<>();
                for (String name : names.subList(0, cells)) {
                    options.put(name, 10 + i);
                }
                SyntheticRuns.run(
                        all.resolve("run-" + i),
                        options,
                        "done",
                        "",
                        List.of(SyntheticRuns.row(1, 0.5, 0.5, 0.5, 100, 5, 5)));
            }
            assertThat(read().axes()).hasSize(cells);
            assertThat(read().missing()).hasSize(cells == 5 ? 8 * 8 * 8 * 8 * 8 - 8 : 0);
        }
    }

    @Test
    void runsThatFailedAreAConfigurationWithNone() throws IOException {
        run(Map.of("width", 8), "failed");
        run(Map.of("width", 8, "seed", 1), "diverged");
        run(Map.of("width", 9), "running");
        run(Map.of("width", 10), "interrupted");
        run(Map.of("width", 11));
        RunSet set = read();
        assertThat(labels(set.configurations())).containsExactly("width 11");
        assertThat(labels(set.fruitless())).containsExactly("width 8", "width 9", "width 10");
        assertThat(labels(set.missing())).containsExactly("width 8", "width 9", "width 10");
        assertThat(set.remarks())
                .contains(
                        "1 run is left out of statistics (diverged): run-001",
                        "1 run is left out of statistics (failed): run-000",
                        "1 run is left out of statistics (interrupted): run-003",
                        "1 run is left out of statistics (running): run-002");
        assertThat(set.fruitless().getFirst().epochs()).isZero();
        assertThat(set.fruitless()
                        .getFirst()
                        .statistics(RunMeasure.TEST_ERROR, 1)
                        .mean())
                .isNaN();
    }

    @Test
    void theSameRunTwiceCountsTwiceAndIsSaid() throws IOException {
        run(Map.of("seed", 4));
        run(Map.of("seed", 4));
        run(Map.of("seed", 5));
        RunSet set = read();
        assertThat(set.configurations().getFirst().runs()).hasSize(3);
        assertThat(set.remarks())
                .containsExactly("runs '%s' and '%s' have the same options and seed; both are counted"
                        .formatted(directory.resolve("run-000"), directory.resolve("run-001")));
    }

    @Test
    void manyRunsThatAreLeftOutAreNamedByTheFirstThree() throws IOException {
        for (int i = 0; i < 5; i++) {
            run(Map.of("seed", i), "failed");
        }
        run(Map.of("seed", 9));
        assertThat(read().remarks())
                .containsExactly("5 runs are left out of statistics (failed): run-000; run-001; run-002; …");
    }

    @Test
    void severalDataSetsAreSaid() throws IOException {
        run(Map.of());
        run(Map.of("data", "mnist", "experiment", "mnist"));
        assertThat(read().remarks()).containsExactly("runs are of 2 data sets: digits, mnist");
    }
}
