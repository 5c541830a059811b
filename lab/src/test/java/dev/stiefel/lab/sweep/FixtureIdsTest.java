package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.Fixtures;
import dev.stiefel.lab.record.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Runs of sweeps of an earlier version keep their names, which are hashes of all their options: otherwise a sweep
/// would train them again.
class FixtureIdsTest {
    @TempDir
    static Path directory;

    @BeforeAll
    static void unpack() throws IOException {
        Fixtures.unpack(directory);
    }

    private static Set<String> names(String sweep) throws IOException {
        Set<String> names = new TreeSet<>();
        for (Path run : Fixtures.runs(directory.resolve(sweep))) {
            names.add(run.getFileName().toString());
        }
        return names;
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "options"})
    void aSweepMeansTheRunsThatItMeant(String name) throws IOException {
        SweepPlan plan =
                SweepPlan.of(SweepSpec.of(directory.resolve(name + ".yaml").toString()));

        Set<String> planned = new TreeSet<>();
        plan.runs().forEach(run -> planned.add(run.id()));
        assertThat(planned).isEqualTo(names(name + "-sweep"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"small", "options", "own"})
    void whatARunRecordsHasTheHashThatItIsNamedBy(String sweep) throws IOException {
        for (Path run : Fixtures.runs(directory.resolve(sweep + "-sweep"))) {
            assertThat(PlannedRun.id(RunFolder.open(run).spec()))
                    .isEqualTo(run.getFileName().toString());
        }
    }

    @Test
    void everyRunOpensWithTheStatusAndTheEpochsThatItRecords() throws IOException {
        assertThat(Fixtures.runs(directory)).hasSizeGreaterThan(80);
        for (Path path : Fixtures.runs(directory)) {
            JsonNode record = JsonMapper.shared().readTree(path.resolve("run.json"));

            RunFolder run = RunFolder.open(path);

            assertThat(run.status().word())
                    .as(path.toString())
                    .isEqualTo(record.get("status").stringValue());
            if (Files.exists(path.resolve("history.csv"))) {
                assertThat(run.history())
                        .as(path.toString())
                        .hasSize(Files.readAllLines(path.resolve("history.csv")).size() - 1);
            }
            assertThat(run.summary().isPresent()).as(path.toString()).isEqualTo(record.has("summary"));
        }
    }
}
