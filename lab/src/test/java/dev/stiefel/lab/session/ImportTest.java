package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.session.Compression.Target;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTest {
    private static final Path FOREIGN = Path.of("src/test/resources/dev/stiefel/lab/published/foreign");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"mlp.safetensors", "fixed", "adaptive", "dense-first"})
    void aModelFromElsewhereBecomesARunThatIsDone(String name) throws IOException {
        Path run = folder.resolve("run");
        importTo(run, FOREIGN.resolve(name), Map.of("data", "digits", "validation", 100));

        RunFolder opened = RunFolder.open(run);
        assertThat(opened.status()).isEqualTo(RunStatus.DONE);
        Parent parent = opened.parent().orElseThrow();
        assertThat(parent.command()).isEqualTo(Parent.Command.IMPORT);
        assertThat(parent.path()).isEqualTo(FOREIGN.resolve(name).toString());
        assertThat(parent.model()).isEqualTo(name);
        try (Model before = Models.load(FOREIGN.resolve(name));
                Model after = Models.load(run)) {
            assertThat(parent.sha256()).isEqualTo(before.sha256());
            assertThat(after.network().spec())
                    .hasToString(before.network().spec().toString());
            Metrics expected =
                    before.evaluate(SmallRuns.DIGITS.load("digits").train().range(1400, 1500), 1);
            Metrics got = after.evaluate(Split.VALIDATION, SmallRuns.DIGITS);
            assertThat(got.samples()).isEqualTo(100);
            assertThat(got.loss()).isCloseTo(expected.loss(), within(1e-5));
        }
    }

    @Test
    void aRunOfOursIsTakenUpWithWhatItSaysOfItself() throws IOException {
        Path run = folder.resolve("trained");
        RunSession.create(SmallRuns.small(Map.of("rank", 5, "standardize", true)), run, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        Path imported = folder.resolve("imported");
        importTo(imported, run.resolve("checkpoint/model.safetensors"), Map.of());

        RunSpec spec = RunFolder.open(imported).spec();
        assertThat(spec.get(Options.DATA)).isEqualTo("digits");
        assertThat(spec.get(Options.STANDARDIZE)).isTrue();
        assertThat(spec.get(Options.METHOD))
                .isEqualTo(RunFolder.open(run).spec().get(Options.METHOD));
        assertThat(spec.isTrained()).isFalse();
        try (Model before = Models.load(run);
                Model after = Models.load(imported)) {
            assertThat(after.evaluate(Split.TEST, SmallRuns.DIGITS))
                    .isEqualTo(before.evaluate(Split.TEST, SmallRuns.DIGITS));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Import.of(run, Map.of()))
                .withMessage("import: '%s' is a run already", run);
    }

    @Test
    void anImportedRunIsCompressedAndFineTuned() throws IOException {
        Path run = folder.resolve("run");
        importTo(run, FOREIGN.resolve("mlp.safetensors"), Map.of("data", "digits"));
        Path small = folder.resolve("small");
        try (DerivedRun compression = Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Target.Ranks(LayerRanks.all(4)),
                Map.of(),
                SmallRuns.DIGITS)) {
            compression.session(small, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(small).summary().orElseThrow().ranks()).containsExactly(4, 4);

        try (DerivedRun compression = Compression.of(
                FOREIGN.resolve("fixed"),
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Target.Ranks(LayerRanks.all(2)),
                Map.of("data", "digits"),
                SmallRuns.DIGITS)) {
            assertThat(compression.parent().model()).isEqualTo("fixed");
        }
        Path factored = folder.resolve("factored");
        importTo(factored, FOREIGN.resolve("fixed"), Map.of("data", "digits"));
        try (DerivedRun finetune =
                Finetune.of(factored, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            finetune.session(folder.resolve("tuned"), SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(folder.resolve("tuned"))
                        .summary()
                        .orElseThrow()
                        .ranks())
                .containsExactly(5, 3);
    }

    @Test
    void whatRunsCannotHaveIsNamed() throws IOException {
        Path mlp = FOREIGN.resolve("mlp.safetensors");
        refused(mlp, Map.of(), mlp + " does not say what data it was trained on; name the data set with data");
        refused(
                mlp,
                Map.of("data", "mnist"),
                "import: samples of data set 'mnist' have 784 values and 10 classes; got a 64-20-15-10 network");
        refused(
                mlp,
                Map.of("data", "digits", "epochs", 3),
                "'epochs' cannot be chosen: the network that is there has its own");
        Path file = folder.resolve("own.safetensors");
        write(file, Activation.TANH, Activation.IDENTITY, new SoftmaxCrossEntropy());
        refused(
                file,
                Map.of("data", "digits"),
                "import: layer 0 of %s must have activation 'relu', as layers of runs have; got 'tanh'"
                        .formatted(file));
        write(file, Activation.RELU, Activation.RELU, new SoftmaxCrossEntropy());
        refused(
                file,
                Map.of("data", "digits"),
                "import: layer 2 of %s must have activation 'identity', as layers of runs have; got 'relu'"
                        .formatted(file));
        write(file, Activation.RELU, Activation.IDENTITY, new MeanSquaredError());
        refused(
                file,
                Map.of("data", "digits"),
                "import: %s must be for softmax cross-entropy; got 'mean-squared-error'".formatted(file));
        write(file, Activation.RELU, Activation.IDENTITY, new SoftmaxCrossEntropy());
        refused(
                file,
                Map.of("data", "digits"),
                "import: the hidden layers of %s must be all dense or all factored; got 1 factored of 2; compress it"
                                .formatted(file)
                        + " instead, which factors all");
    }

    private static void write(Path file, Activation hidden, Activation output, Loss loss) throws IOException {
        try (Network network = Network.builder(64)
                .dense(8, hidden)
                .factored(9, 2, hidden)
                .dense(10, output)
                .loss(loss)
                .build(Rng.seeded(1))) {
            ModelFile.write(file, network);
        }
    }

    private static void refused(Path source, Map<String, ?> choices, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Import.of(source, choices))
                .withMessage("%s", message);
    }

    private static void importTo(Path run, Path source, Map<String, ?> choices) throws IOException {
        try (DerivedRun made = Import.of(source, choices)) {
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
        }
    }
}
