package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// How often a session writes changes nothing of what it comes to.
class CheckpointPaceTest {
    private static final RunSpec SPEC = SmallRuns.small(Map.of("epochs", 8, "validation", 200));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(
            value = CheckpointPace.class,
            names = {"MODERATE", "SPARING"})
    void writtenLessOftenARunHasTheSameBits(CheckpointPace pace) throws IOException {
        Path often = folder.resolve("often");
        Path sparing = folder.resolve("sparing");
        RunSession.create(SPEC, often, SmallRuns.DIGITS).run(RunListener.NONE);
        RunSession.create(SPEC, sparing, SmallRuns.DIGITS).at(pace).run(RunListener.NONE);

        assertThat(SmallRuns.bits(sparing)).isEqualTo(SmallRuns.bits(often));
    }

    @Test
    void moderatelyWrittenARunHasACheckpointAfterHalfASecond() throws IOException {
        Path run = folder.resolve("run");
        RunSession session = RunSession.create(SPEC, run, SmallRuns.DIGITS).at(CheckpointPace.MODERATE);
        session.run(new RunListener() {
            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                if (epoch.epoch() == 5) {
                    sleep(510);
                } else if (epoch.epoch() == 6) {
                    assertThat(run.resolve("checkpoint/model.safetensors")).exists();
                    assertThat(run.resolve("history.csv")).content().hasLineCount(7);
                }
            }
        });
    }

    private static void sleep(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void betweenTwoCheckpointsNothingIsWrittenAndTheBestModelWaits() throws IOException {
        long owners = Scope.liveOwners();
        Path run = folder.resolve("run");
        RunSession session = RunSession.create(SPEC, run, SmallRuns.DIGITS).at(CheckpointPace.SPARING);
        session.run(new RunListener() {
            @Override
            public void epochEnded(Trainer trainer, EpochRecord epoch) {
                assertThat(run.toFile().list()) // all of it takes less than the least time
                        .containsExactlyInAnyOrder("run.json", ".lock", "spectrum.csv", "history.csv");
                assertThat(run.resolve("history.csv")).content().hasLineCount(1);
            }
        });
        assertThat(run.resolve("checkpoint/best.safetensors")).exists();
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void stoppedAndResumedItGoesOnWithTheSameBits() throws IOException {
        Path whole = folder.resolve("whole");
        Path parts = folder.resolve("parts");
        RunSession.create(SPEC, whole, SmallRuns.DIGITS)
                .at(CheckpointPace.SPARING)
                .run(RunListener.NONE);
        RunSession first = RunSession.create(SPEC, parts, SmallRuns.DIGITS).at(CheckpointPace.SPARING);
        first.run(SmallRuns.stoppingAt(11, first));
        RunSession.resume(parts, CheckpointChoice.LATEST, SmallRuns.DIGITS)
                .at(CheckpointPace.SPARING)
                .run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
    }

    @Test
    void ofADivergedRunTheHistoryIsWholeAndTheBestModelKept() throws IOException {
        long owners = Scope.liveOwners();
        Path run = folder.resolve("run");
        RunSpec spec = SmallRuns.small(Map.of(
                "epochs",
                30,
                "method",
                "dense",
                "optimizer",
                "sgd",
                "learningRate",
                0.05,
                "clipNorm",
                "none",
                "validation",
                200));
        RunSession first = RunSession.create(spec, run, SmallRuns.DIGITS).at(CheckpointPace.SPARING);
        first.run(SmallRuns.stoppingAt(6, first)); // with a checkpoint
        String before = bestHash(run);
        RunSession session = RunSession.resume(run, CheckpointChoice.LATEST, SmallRuns.DIGITS)
                .at(CheckpointPace.SPARING);
        RunResult result = session.run(new RunListener() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                if (trainer.steps() > 20) { // as if the steps had become too large
                    Ops.scaleInPlace(trainer.network().dense().flat(), 1e30);
                }
            }
        });

        assertThat(result.outcome()).isInstanceOf(Outcome.Diverged.class);
        RunFolder opened = RunFolder.open(run);
        assertThat(opened.status()).isEqualTo(RunStatus.DIVERGED);
        assertThat(opened.history()).hasSize(opened.summary().orElseThrow().epochs());
        assertThat(opened.history().size()).isGreaterThan(2);
        assertThat(bestHash(run)).isNotEqualTo(before);
        opened.model(ModelChoice.BEST, CheckpointChoice.LATEST).close();
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    private static String bestHash(Path run) throws IOException {
        return Optional.of(run.resolve("checkpoint/best.safetensors"))
                .filter(Files::exists)
                .map(file -> String.valueOf(file.toFile().length() + ":" + checksum(file)))
                .orElse("none");
    }

    private static int checksum(Path file) {
        try {
            return Arrays.hashCode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
