package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.sweep.SweepProgress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SweepCommandTest {
    private static final String SPEC = """
        base: { experiment: digits, method: bug, epochs: 1, trainFraction: 0.05, depth: 1 }
        axes: { width: [4, 8], rank: [2, 6] }
        """;

    @TempDir
    Path directory;

    private static JsonNode json(CommandRunner.Result result) {
        assertThat(result.code()).as(result.err()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }

    @Test
    void aSweepIsMadeGoneOnWithAndMerged() throws IOException {
        Files.writeString(directory.resolve("small.yaml"), SPEC);
        CommandRunner door = new CommandRunner(directory);

        CommandRunner.Result made = door.run("sweep small.yaml --jobs 1");

        assertThat(made.code()).isZero();
        assertThat(made.err()).contains("left out: width=4 rank=6: rank (6) must be in [1, 4] for a [4, 64] weight");
        assertThat(made.out()).contains("3 of 3 done", "folder   sweeps/small", "stiefel report sweeps/small");
        assertThat(directory.resolve("sweeps/small/index.csv")).exists();

        JsonNode again = json(door.run("sweep small.yaml --json"));
        assertThat(again.get("made").intValue()).isZero();
        assertThat(again.get("done").intValue()).isEqualTo(3);
        assertThat(again.get("complete").booleanValue()).isTrue();

        JsonNode merged = json(door.run("merge all sweeps/small sweeps/small --json"));
        assertThat(merged.get("runs").intValue()).isEqualTo(3);
        assertThat(merged.get("duplicates").intValue())
                .as("of one folder named twice")
                .isZero();
    }

    @Test
    void aDryRunListsAndEstimatesAndMakesNothing() throws IOException {
        Files.writeString(directory.resolve("small.yaml"), SPEC);
        CommandRunner door = new CommandRunner(directory);

        JsonNode dry = json(door.run("sweep small.yaml --jobs 1 --dry-run --json"));

        assertThat(dry.get("runs").size()).isEqualTo(3);
        assertThat(dry.get("left").intValue()).isEqualTo(3);
        assertThat(dry.get("seconds").doubleValue()).isPositive();
        assertThat(directory.resolve("sweeps")).doesNotExist();
    }

    @Test
    void theBuiltInSweepsAreListed() {
        CommandRunner.Result list = new CommandRunner(directory).run("sweep --list");
        assertThat(list.code()).isZero();
        assertThat(list.out()).contains("digits-small", "thesis/5k", "up to 350 runs", "width, method, rank");
    }

    @Test
    void progressIsOneLine() {
        SweepProgress progress = new SweepProgress(
                1200,
                400,
                2,
                1,
                100,
                List.of(new SweepProgress.Running("width=8 seed=0", 3, 10)),
                Optional.of(451.4),
                Optional.of(Duration.ofSeconds(3725)),
                Duration.ofMinutes(40));
        assertThat(SweepDisplay.line(progress))
                .isEqualTo("400 of 1,200 runs done, 2 diverged, 1 failed, 1 running, 451 an hour, 1:02:05 left");
    }
}
