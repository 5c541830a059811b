package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A run that was stopped and resumed ends with the bits of one that was not.
class ResumeTest {
    @TempDir
    Path folder;

    static Stream<Arguments> methods() {
        return Stream.of(
                        Map.of("method", "riemannian"),
                        Map.of("method", "riemannian", "adaptEvery", 3, "tolerance", 0.2),
                        Map.of("method", "riemannian", "rank", 6),
                        Map.of("method", "bug", "adaptEvery", 1, "initialRank", 8),
                        Map.of("method", "bug", "adaptEvery", 3, "absoluteTolerance", 0.5),
                        Map.of("method", "parallel-bug", "adaptEvery", 3),
                        Map.of("method", "backward-corrected", "rank", 6),
                        Map.of("method", "s-only", "adaptEvery", 2, "tolerance", 0.3),
                        Map.of("method", "s-only", "rank", 6), // blocks of an epoch: stopped within each
                        Map.of("method", "projector-splitting", "rank", 5),
                        Map.of("method", "factors", "rank", 5),
                        Map.of("method", "dense"),
                        Map.of("legacy", true, "rank", 6),
                        Map.of("legacy", true, "tolerance", 0.3, "initialRank", 8),
                        Map.of("legacy", true, "method", "dense"))
                .flatMap(method -> Stream.of("momentum", "adamw").map(optimizer -> Arguments.of(method, optimizer)));
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stoppedAfterEveryStepARunHasTheSameBits(Map<String, ?> method, String optimizer) throws IOException {
        Map<String, Object> choices = new HashMap<>(method);
        choices.put("optimizer", optimizer);
        RunSpec spec = SmallRuns.small(choices);
        Path whole = folder.resolve("whole");
        RunSession.create(spec, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");

        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stopping(first));
        List<Outcome> others = SmallRuns.resumeStepByStep(parts);

        assertThat(others).hasSize(8).last().isEqualTo(new Outcome.Finished()); // nine sessions: one a step
        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
    }

    @Test
    void withEveryKindOfDataOptionTheBitsAreTheSame() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of(
                "optimizer", "sgd", "labelNoise", 0.2, "standardize", true, "validation", 0, "schedule", "step"));
        Path whole = folder.resolve("whole");
        RunSession.create(spec, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");
        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stoppingAt(5, first));

        SmallRuns.resume(parts).run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
    }

    /// On images, and on vectors of their pixels.
    @ParameterizedTest
    @ValueSource(strings = {"mlp", "small-conv"})
    void aRunResumedAmidAnEpochSeesTheSameVariantsOfImages(String network) throws IOException {
        Map<String, Object> choices = new HashMap<>(Map.of(
                "network",
                network,
                "normalize",
                true,
                "augment",
                "crop-flip",
                "cropPadding",
                2,
                "epochs",
                3,
                "batchSize",
                32,
                "trainFraction",
                0.08,
                "threads",
                2));
        RunSpec spec = Presets.of("digits-conv", choices).spec();
        Path whole = folder.resolve("whole");
        RunSession.create(spec, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");
        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stopping(first));
        SmallRuns.resumeStepByStep(parts);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
        Path plain = folder.resolve("plain");
        choices.put("augment", "none");
        choices.remove("cropPadding");
        RunSession.create(Presets.of("digits-conv", choices).spec(), plain, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        assertThat(SmallRuns.bits(plain)).isNotEqualTo(SmallRuns.bits(whole));
    }

    @Test
    void anEarlyStopComesAtTheSameEpochAfterAResume() throws IOException {
        RunSpec spec =
                SmallRuns.small(Map.of("epochs", 40, "earlyStopping", 2, "learningRate", 0.5, "schedule", "constant"));
        Path whole = folder.resolve("whole");
        Outcome outcome = RunSession.create(spec, whole, SmallRuns.DIGITS)
                .run(RunListener.NONE)
                .outcome();
        assertThat(outcome).isInstanceOf(Outcome.StoppedEarly.class);
        Path parts = folder.resolve("parts");
        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stoppingAt(5, first));

        assertThat(SmallRuns.resume(parts).run(RunListener.NONE).outcome()).isEqualTo(outcome);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
        assertThat(RunFolder.open(parts).status()).isEqualTo(RunStatus.DONE);
    }

    @Test
    void aSessionAskedToStopBeforeItRunsSavesTheBeginning() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        RunSession first = RunSession.create(spec, folder.resolve("parts"), SmallRuns.DIGITS);
        first.requestStop();

        assertThat(first.run(RunListener.NONE).outcome()).isEqualTo(new Outcome.Interrupted());

        RunFolder run = RunFolder.open(folder.resolve("parts"));
        assertThat(run.status()).isEqualTo(RunStatus.INTERRUPTED);
        assertThat(run.summary().orElseThrow().epochs()).isZero();
        assertThat(run.history()).isEmpty();
        SmallRuns.resume(run.path()).run(RunListener.NONE);
        RunSession.create(spec, folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
        assertThat(SmallRuns.bits(run.path())).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aRunKilledBeforeItsFirstCheckpointStartsAgain() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        RunSession.create(spec, folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
        Path killed = folder.resolve("killed");
        Files.createDirectory(killed);
        RunRecord.started(
                        spec, Optional.empty(), SmallRuns.DIGITS.load("digits").sha256())
                .write(killed);
        Files.writeString(killed.resolve("spectrum.csv"), "epoch,layer,index,singular_value\n1,1,1,0.5\n1,1,2,0.");
        Files.createDirectory(killed.resolve("checkpoint-next"));
        Files.writeString(killed.resolve("checkpoint-next/model.safetensors"), "half of a mo");

        SmallRuns.resume(killed).run(RunListener.NONE);

        assertThat(SmallRuns.bits(killed)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aKillBetweenHistoryAndCheckpointRepeatsTheEpochOnce() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        RunSession.create(spec, folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");
        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stoppingAt(5, first)); // in the second epoch
        for (String name : List.of("history.csv", "spectrum.csv")) {
            Files.copy(folder.resolve("whole").resolve(name), parts.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }

        SmallRuns.resume(parts).run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"model.safetensors", "best.safetensors", "state.safetensors", "state.json"})
    void aDamagedCheckpointIsNamedAndTheOneBeforeItWorks(String name) throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        RunSession.create(spec, folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");
        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(
                SmallRuns.stoppingAt(7, first)); // in the third epoch; the checkpoint before is of the second one's end
        Path file = parts.resolve("checkpoint").resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        for (int kept : new int[] {0, bytes.length / 2, bytes.length - 2}) {
            Files.write(file, Arrays.copyOf(bytes, kept));

            assertThatThrownBy(() -> SmallRuns.resume(parts).run(RunListener.NONE))
                    .isInstanceOf(InvalidRunException.class)
                    .hasMessageStartingWith("cannot read " + file + ": ")
                    .hasMessageEndingWith("; the checkpoint before it (epoch 2) is intact: add --from-previous")
                    .hasMessageNotContaining("\n");
            assertThatThrownBy(() -> Models.load(parts)).hasMessageContaining("add --from-previous");
        }
        assertThat(RunFolder.open(parts).status()).isEqualTo(RunStatus.INTERRUPTED);

        RunSession.resume(parts, CheckpointChoice.PREVIOUS, SmallRuns.DIGITS).run(RunListener.NONE);

        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void aFlippedBitIsFoundThoughTheFormIsWhole() throws IOException {
        Path run = interrupted();
        Path file = run.resolve("checkpoint/model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 4;
        Files.write(file, bytes);

        assertThatThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE))
                .hasMessageContaining(file + ": its content is not what was written; the file is damaged");
    }

    @Test
    void whereBothCheckpointsAreDamagedNoneIsOffered() throws IOException {
        Path run = interrupted();
        Files.delete(run.resolve("checkpoint/state.json"));
        Files.delete(run.resolve("checkpoint-previous/model.safetensors"));

        assertThatThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE))
                .hasMessage("cannot read %s: it does not exist; there is no intact checkpoint before it"
                        .formatted(run.resolve("checkpoint/state.json")));
        assertThatThrownBy(() -> RunSession.resume(run, CheckpointChoice.PREVIOUS, SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .isInstanceOf(InvalidRunException.class)
                .hasMessage("cannot read %s: it does not exist"
                        .formatted(run.resolve("checkpoint-previous/model.safetensors")));
        assertThat(run.resolve("checkpoint")).isDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"history.csv", "spectrum.csv"})
    void rowsThatAreMissingAreNoticed(String name) throws IOException {
        Path run = interrupted();
        Path file = run.resolve(name);
        Files.writeString(file, Files.readAllLines(file).getFirst() + "\n");

        assertThatThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageStartingWith("cannot read " + file + ": it must have ");
    }

    @Test
    void aFinishedRunSaysSo() throws IOException {
        Path run = folder.resolve("run");
        RunSession.create(SmallRuns.small(Map.of()), run, SmallRuns.DIGITS).run(RunListener.NONE);

        assertThatThrownBy(() -> SmallRuns.resume(run))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("resume: run '%s' is done (3 epochs)".formatted(run));
    }

    @Test
    void otherDataIsRefused() throws IOException {
        Path run = interrupted();
        Path file = run.resolve("run.json");
        Files.writeString(file, Files.readString(file).replace("359cd13f", "00000000"));

        assertThatThrownBy(() -> SmallRuns.resume(run).run(RunListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "resume: data set 'digits' is not the one that run %s was trained on; its files' checksums"
                                + " differ",
                        run);
    }

    @Test
    void twoSessionsNeverTrainOneFolder() throws IOException {
        Path run = interrupted();
        RunSession other = SmallRuns.resume(run);
        RunListener second = new RunListener() {
            @Override
            public void started(Path path, Trainer trainer) {
                assertThatThrownBy(() -> other.run(RunListener.NONE))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("run %s is being trained by another process".formatted(run));
            }
        };

        assertThat(SmallRuns.resume(run).run(second).outcome()).isEqualTo(new Outcome.Finished());
    }

    private Path interrupted() throws IOException {
        Path run = folder.resolve("run");
        RunSession first = RunSession.create(SmallRuns.small(Map.of()), run, DataSets.in(folder));
        first.run(SmallRuns.stoppingAt(5, first));
        return run;
    }
}
