package dev.stiefel.lab.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.session.SmallRuns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sweep that is killed again and again comes to the same runs as one that is not.
@Tag("slow")
class SweepKillTest {
    private static final int KILLS = 20;

    private static final String SPEC = """
        name: killed
        base: { experiment: digits, depth: 2, trainFraction: 0.1, evaluationFraction: 0.3, warmUp: 3 }
        axes:
          method, rank: [[dense, null], [bug, 4]]
          epochs: [40, 700]
          width: [8, 12]
        runs: 3
        """;

    @TempDir
    Path folder;

    /// Whom a kill hits.
    private enum Victim {
        SWEEP,
        WORKER,
        ALL
    }

    @Test
    void killedAtTwentyMomentsASweepHasTheSameRuns() throws IOException, InterruptedException {
        Path spec = folder.resolve("killed.yaml");
        Files.writeString(spec, SPEC);
        Path whole = folder.resolve("whole");
        long begin = System.nanoTime();
        assertThat(start(spec, whole).waitFor()).isZero();
        Duration all = Duration.ofNanos(System.nanoTime() - begin);

        Random random = new Random(20);
        Map<String, byte[]> done = new TreeMap<>();
        int kills = 0;
        int amid = 0;
        int round = 0;
        Path killed = folder.resolve("killed-0");
        while (kills < KILLS) {
            Process sweep = start(spec, killed);
            boolean ended = kills % 2 == 0
                    ? !awaitRunning(sweep, killed)
                    : sweep.waitFor(random.nextLong(all.toNanos()), TimeUnit.NANOSECONDS);
            if (ended) { // on with another sweep
                assertThat(sweep.exitValue()).isZero();
                assertSame(killed, whole, done);
                done.clear();
                killed = folder.resolve("killed-" + ++round);
                continue;
            }
            kill(sweep, Victim.values()[kills % 3]);
            kills++;
            amid += unfinished(killed) > 0 ? 1 : 0;
            assertUntouched(killed, done);
        }
        assertThat(start(spec, killed).waitFor()).isZero();

        assertSame(killed, whole, done);
        assertThat(amid).as("kills that hit a run half-finished").isPositive();
    }

    /// Waits until a run is under way: after how long depends on how busy the machine is.
    ///
    /// @return whether one is; else the sweep has ended
    private static boolean awaitRunning(Process sweep, Path folder) throws IOException, InterruptedException {
        FileTime start = FileTime.from(Instant.now());
        while (unfinished(folder) == 0 || !isWrittenSince(start, folder.resolve("runs"))) {
            if (sweep.waitFor(5, TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isWrittenSince(FileTime start, Path runs) throws IOException {
        try (Stream<Path> files = Files.walk(runs)) {
            return files.anyMatch(file -> {
                try {
                    return Files.getLastModifiedTime(file).compareTo(start) > 0;
                } catch (IOException gone) {
                    return false; // replaced by another in the meantime
                }
            });
        } catch (UncheckedIOException gone) {
            return false;
        }
    }

    /// No run is lost, none is there twice, all have the same bits, and those that had ended
    /// were not written again.
    private static void assertSame(Path killed, Path whole, Map<String, byte[]> ended) throws IOException {
        assertUntouched(killed, ended);
        assertThat(runs(killed)).isEqualTo(runs(whole));
        for (String id : runs(whole)) {
            assertThat(SmallRuns.bits(killed.resolve("runs").resolve(id)))
                    .as(id)
                    .isEqualTo(SmallRuns.bits(whole.resolve("runs").resolve(id)));
        }
        assertThat(column(killed, 0)).isEqualTo(column(whole, 0));
        assertThat(column(killed, 6)).as("status").containsOnly("done", "status");
    }

    private static List<String> column(Path sweep, int column) throws IOException {
        return Files.readAllLines(sweep.resolve("index.csv")).stream()
                .map(line -> line.split(",", -1)[column])
                .toList();
    }

    private static List<String> runs(Path sweep) throws IOException {
        try (Stream<Path> folders = Files.list(sweep.resolve("runs"))) {
            return folders.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    /// Remembers the runs that have ended, and asserts that those remembered are as they were.
    private static void assertUntouched(Path sweep, Map<String, byte[]> ended) throws IOException {
        for (Map.Entry<String, byte[]> run : ended.entrySet()) {
            assertThat(Files.readAllBytes(
                            sweep.resolve("runs").resolve(run.getKey()).resolve("run.json")))
                    .isEqualTo(run.getValue());
        }
        if (!Files.isDirectory(sweep.resolve("runs"))) {
            return;
        }
        for (String id : runs(sweep)) {
            Path json = sweep.resolve("runs").resolve(id).resolve("run.json");
            if (Files.exists(json) && RunFolder.open(json.getParent()).status() == RunStatus.DONE) {
                ended.putIfAbsent(id, Files.readAllBytes(json));
            }
        }
    }

    private static int unfinished(Path sweep) throws IOException {
        int unfinished = 0;
        if (Files.isDirectory(sweep.resolve("runs"))) {
            for (String id : runs(sweep)) {
                Path json = sweep.resolve("runs").resolve(id).resolve("run.json");
                unfinished +=
                        Files.exists(json) && RunFolder.open(json.getParent()).status() == RunStatus.RUNNING ? 1 : 0;
            }
        }
        return unfinished;
    }

    private static void kill(Process sweep, Victim victim) throws InterruptedException {
        List<ProcessHandle> workers = sweep.children().toList();
        switch (victim) {
            case SWEEP -> {}
            case WORKER -> {
                workers.stream().limit(1).forEach(ProcessHandle::destroyForcibly);
                sweep.waitFor(400, TimeUnit.MILLISECONDS); // it goes on with another; then it is stopped too
            }
            case ALL -> workers.forEach(ProcessHandle::destroyForcibly);
        }
        sweep.destroyForcibly().waitFor();
    }

    private Process start(Path spec, Path sweep) throws IOException {
        return SweptProcess.start(spec, sweep, folder.resolve("output"));
    }
}
