package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.spec.RunSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed again and again leaves the same files as one that is not.
@Tag("slow")
class KillTest {
    static final RunSpec SPEC = SmallRuns.small(Map.of(
            "epochs",
            100,
            "adaptEvery",
            2,
            "threads",
            1,
            "optimizer",
            "adamw",
            "normalize",
            true,
            "augment",
            "crop-flip"));

    private static final int KILLS = 20;

    @TempDir
    Path folder;

    @Test
    void killedAtTwentyMomentsARunHasTheSameBits() throws IOException, InterruptedException {
        Path whole = folder.resolve("whole");
        RunSession.create(SPEC, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        Random random = new Random(20);
        int kills = 0;
        int amidWriting = 0;
        int run = 0;

        while (kills < KILLS) {
            Path killed = folder.resolve("killed-" + run);
            // Every fifth before training can have begun: while a run is made, or put in order after a kill. Two of
            // five as soon as a checkpoint is seen to be half-written.
            if (isKilled(start(killed), killed, kills % 5, random)) {
                kills++;
                amidWriting += Files.exists(killed) && isAmidWriting(killed) ? 1 : 0;
            } else {
                assertThat(SmallRuns.bits(killed))
                        .isEqualTo(SmallRuns.bits(whole)); // a fast machine: on with another run
                run++;
            }
        }
        Path killed = folder.resolve("killed-" + run);
        Process last = start(killed);
        awaitTraining(last);
        assertThat(last.waitFor()).isZero();

        assertThat(SmallRuns.bits(killed)).isEqualTo(SmallRuns.bits(whole));
        assertThat(amidWriting).as("kills that hit a checkpoint half-written").isPositive();
    }

    private static boolean isKilled(Process process, Path run, int kind, Random random)
            throws IOException, InterruptedException {
        if (kind == 0) {
            process.waitFor(300 + random.nextInt(700), TimeUnit.MILLISECONDS);
        } else {
            awaitTraining(process);
            if (kind < 3) {
                process.waitFor(random.nextInt(100), TimeUnit.MILLISECONDS);
            } else {
                while (process.isAlive() && !isAmidWriting(run)) {
                    Thread.onSpinWait();
                }
            }
        }
        return process.destroyForcibly().waitFor() != 0;
    }

    private Process start(Path run) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add(KilledProcess.class.getName());
        command.add(run.toString());
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of("").toAbsolutePath().toFile())
                .start();
    }

    private static void awaitTraining(Process process) throws IOException {
        BufferedReader reader = process.inputReader(StandardCharsets.UTF_8);
        String line = reader.readLine();
        assertThat(line).as("what the process says").isEqualTo("training");
    }

    /// Whether the kill left work for recovery.
    private static boolean isAmidWriting(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.anyMatch(
                    file -> file.getFileName().toString().matches("checkpoint-next.*|.*outgoing|.*\\.tmp"));
        }
    }
}
