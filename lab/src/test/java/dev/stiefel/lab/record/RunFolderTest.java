package dev.stiefel.lab.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Inspection;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.session.Models;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunResult;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.session.SmallRuns;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a run leaves, and reading it.
class RunFolderTest {
    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    static Path run;
    static RunResult result;

    @BeforeAll
    static void train() throws IOException {
        run = shared.resolve("run");
        RunSpec spec = SmallRuns.small(Map.of("validation", 300, "tolerance", 0.2, "epochs", 4, "trainFraction", 0.5));
        result = RunSession.create(spec, run, SmallRuns.DIGITS).run(RunListener.NONE);
    }

    @Test
    void theSummaryIsWhatTheHistoryAndTheWeightsSay() throws IOException {
        RunFolder opened = RunFolder.open(run);
        Summary summary = opened.summary().orElseThrow();
        HistoryRow last = opened.history().getLast();
        HistoryRow best = opened.history().get(summary.bestEpoch() - 1);

        assertThat(opened.status()).isEqualTo(RunStatus.DONE);
        assertThat(result).isEqualTo(new RunResult(run, new Outcome.Finished(), summary));
        assertThat(summary.epochs()).isEqualTo(4);
        assertThat(summary.train()).isEqualTo(last.train());
        assertThat(summary.validation()).isEqualTo(last.validation());
        assertThat(summary.test()).isEqualTo(last.test());
        assertThat(summary.best().validation()).isEqualTo(best.validation());
        assertThat(summary.best().test()).isEqualTo(best.test());
        assertThat(opened.history().stream()
                        .mapToDouble(row -> row.validation().orElseThrow().loss())
                        .min())
                .hasValue(best.validation().orElseThrow().loss());
        assertThat(summary.ranks()).isEqualTo(last.ranks()).hasSize(2);
        long r1 = summary.ranks().get(0);
        long r2 = summary.ranks().get(1);
        assertThat(summary.parameters().dense()).isEqualTo(64 * 20 + 20 * 20 + 20 * 10);
        assertThat(summary.parameters().evaluation())
                .isEqualTo(last.evaluationParameters())
                .isEqualTo(r1 * 84 + r2 * 40 + 200);
        assertThat(summary.compression().evaluation())
                .isEqualTo(Math.max(
                        0,
                        1
                                - (double) summary.parameters().evaluation()
                                        / summary.parameters().dense()));
        assertThat(summary.seconds().total()).isPositive();
        assertThat(summary.seconds().medianStep().orElseThrow()).isPositive();
        assertThat(summary.peakMemoryBytes()).isGreaterThan(10_000_000);
        assertThat(opened.dataSha256())
                .isEqualTo(SmallRuns.DIGITS.load("digits").sha256());
    }

    @Test
    void trainingParametersAreThoseOfThePaperForAdaptiveBug() {
        // arXiv 2205.13571, table of the 5-layer network: 745984 at evaluation, 1964540 in training.
        Network network = Network.builder(784)
                .factored(500, 176, Activation.RELU)
                .factored(500, 170, Activation.RELU)
                .factored(500, 171, Activation.RELU)
                .factored(500, 174, Activation.RELU)
                .dense(10, Activation.IDENTITY)
                .build(Rng.seeded(1));
        try (network) {
            assertThat(Summary.Parameters.of(network.spec(), Method.BUG, true))
                    .isEqualTo(new Summary.Parameters(1_147_000, 745_984, 1_964_540));
            // the same where ranks are held, by the methods that augment their bases all the same
            for (Method method : Method.values()) {
                long training =
                        Summary.Parameters.of(network.spec(), method, false).training();
                assertThat(training == 1_964_540)
                        .isEqualTo(method.fixedRankWork().greatestWidth() == 2);
            }
        }
    }

    @Test
    void filesHaveTheHeadersThatOthersRead() throws IOException {
        assertThat(Files.readAllLines(run.resolve("history.csv")))
                .hasSize(5)
                .startsWith("epoch,train_loss,train_accuracy,validation_loss,validation_accuracy,test_loss,"
                        + "test_accuracy,learning_rate,seconds,evaluation_parameters,rank_1,rank_2");
        List<String> spectrum = Files.readAllLines(run.resolve("spectrum.csv"));
        int rows = RunFolder.open(run).history().stream()
                .flatMap(row -> row.ranks().stream())
                .mapToInt(Integer::intValue)
                .sum();
        assertThat(spectrum).hasSize(1 + rows).startsWith("epoch,layer,index,singular_value");
        assertThat(spectrum.get(1)).startsWith("1,1,1,");
    }

    @Test
    void aModelEvaluatesAsTheRunDidFromTheRunAndFromItsFileAlone() throws IOException {
        for (Path source : List.of(run, run.resolve("checkpoint/model.safetensors"))) {
            try (Model model = Models.load(source)) {
                Metrics test = model.evaluate(Split.TEST, SmallRuns.DIGITS);
                Metrics validation = model.evaluate(Split.VALIDATION, SmallRuns.DIGITS);

                assertThat(Score.of(test)).isEqualTo(result.summary().test().orElseThrow());
                assertThat(Score.of(validation))
                        .isEqualTo(result.summary().validation().orElseThrow());
                assertThat(model.evaluate(Split.TRAIN, SmallRuns.DIGITS).samples())
                        .isEqualTo(600);
            }
        }
        try (Model best = Models.load(run, ModelChoice.BEST, CheckpointChoice.LATEST)) {
            assertThat(Score.of(best.evaluate(Split.TEST, SmallRuns.DIGITS)))
                    .isEqualTo(result.summary().best().test().orElseThrow());
        }
        try (Model before = Models.load(run, ModelChoice.LATEST, CheckpointChoice.PREVIOUS)) {
            assertThat(Score.of(before.evaluate(Split.TEST, SmallRuns.DIGITS)))
                    .isEqualTo(RunFolder.open(run).history().get(2).test().orElseThrow());
        }
    }

    @Test
    void theRecordOfAModelThatWasLoadedIsNotReadAgain() throws IOException {
        Path other = folder.resolve("run");
        RunResult made = RunSession.create(SmallRuns.small(Map.of("epochs", 1)), other, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        RunFolder opened = RunFolder.open(other);
        try (Model model = Models.load(other)) {
            Files.delete(other.resolve("run.json"));

            assertThat(Score.of(model.evaluate(Split.TEST, SmallRuns.DIGITS)))
                    .isEqualTo(made.summary().test().orElseThrow());
            assertThat(opened.history()).hasSize(1);
            assertThat(opened.summary()).contains(made.summary());
        }
    }

    @Test
    void inspectionShowsEveryLayer() throws IOException {
        try (Model model = Models.load(run)) {
            Inspection inspection = model.inspect();

            assertThat(inspection.parameters())
                    .isEqualTo(result.summary().parameters().evaluation());
            assertThat(inspection.layers()).hasSize(3);
            Inspection.LayerInfo first = inspection.layers().getFirst();
            assertThat(first.name()).isEqualTo("layers.0");
            assertThat(first.rank()).hasValue(result.summary().ranks().getFirst());
            assertThat(first.singularValues())
                    .hasSize(first.rank().getAsInt())
                    .isSortedAccordingTo((a, b) -> Double.compare(b, a));
            Inspection.LayerInfo last = inspection.layers().getLast();
            assertThat(last.rank()).isEqualTo(OptionalInt.empty());
            assertThat(last.singularValues()).hasSize(10);
            assertThat(last.parameters()).isEqualTo(200);
        }
    }

    @Test
    void aNetworkOfOnesOwnIsSavedAndReadWithItsBits() throws IOException {
        Path file = folder.resolve("own.safetensors");
        try (Network network = Network.builder(5)
                        .factored(7, 2, Activation.GELU)
                        .dense(3, Activation.IDENTITY)
                        .build(Rng.seeded(4));
                Scope scope = Scope.open("test")) {
            ModelFile.write(file, network);

            try (Network read = ModelFile.read(file)) {
                assertThat(read.spec()).isEqualTo(network.spec());
                read.tensors()
                        .forEach((name, tensor) -> assertThat(tensor.toFloats())
                                .as(name)
                                .isEqualTo(network.tensors().get(name).toFloats()));
            }
            assertThat(Safetensors.read(file, scope).metadata())
                    .containsEntry(
                            "stiefel",
                            "{\"inputs\":5,\"layers\":[{\"outputs\":7,\"activation\":\"gelu\",\"rank\":2},"
                                    + "{\"outputs\":3,\"activation\":\"identity\"}],"
                                    + "\"loss\":\"softmax-cross-entropy\",\"gauge\":\"orthonormal\"}");
        }
        try (Model model = Models.load(file)) {
            assertThatThrownBy(() -> model.evaluate(Split.TEST, SmallRuns.DIGITS))
                    .hasMessage("%s does not record the data of its training; evaluate its run instead", file);
            assertThatThrownBy(
                            () -> model.evaluate(SmallRuns.DIGITS.load("digits").test(), 1))
                    .hasMessage("evaluate: samples must have 5 values and 3 classes; got 64 and 10");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {}                                              | the key 'gauge' is missing
        {"gauge": "odd"}                                | 'gauge' is unknown: 'odd'
        {"gauge": "free"}                               | the key 'inputs' is missing
        {"gauge": "free", "inputs": 2}                  | the key 'layers' is missing
        {"gauge": "free", "inputs": 2, "layers": 3}     | 'layers' must be a list
        {"gauge": "free", "layers": [], "inputs": 2}    | the key 'loss' is missing
        {"gauge": "free", "inputs": 2, "layers": [{"outputs": "2"}]} | 'outputs' must be a whole number; got "2"
        [1]                                             | it holds no JSON object
        {"a                                             | it is not valid JSON
        """)
    void aModelFileOfAnotherMakeIsNamed(String description, String message) throws IOException {
        Path file = folder.resolve("other.safetensors");
        try (Scope scope = Scope.open("test")) {
            Safetensors.write(file, Map.of("x", scope.matrix(1, 1, 2f)), Map.of("stiefel", description));
        }

        assertThatThrownBy(() -> Models.load(file))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageStartingWith("cannot read " + file + ": ")
                .hasMessageContaining(message);
    }

    @Test
    void aModelFileWithoutADescriptionIsNamed() throws IOException {
        Path file = folder.resolve("other.safetensors");
        try (Scope scope = Scope.open("test")) {
            Safetensors.write(file, Map.of("x", scope.matrix(1, 1, 2f)), Map.of());
        }

        assertThatThrownBy(() -> Models.load(file))
                .hasMessage(("cannot read %s: without the metadata key 'stiefel' it must be a state dict of PyTorch:"
                                + " tensor 'x' is none of a chain of linear layers, whose names end in .weight and"
                                + " .bias")
                        .formatted(file));
    }

    @Test
    void whatIsNoRunIsNamed() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> RunFolder.open(missing))
                .isInstanceOf(InvalidRunException.class)
                .hasMessage("there is no run at '%s'", missing);
        assertThatThrownBy(() -> Models.load(missing)).hasMessage("there is no run or model at '%s'", missing);
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> RunFolder.open(file)).hasMessage("'%s' is not a run: a run is a folder", file);
        assertThatThrownBy(() -> RunFolder.open(folder)).hasMessage("'%s' is not a run: it has no run.json", folder);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {"colour": "blue"}       | this is not a run: the key 'data' is missing
        [1, 2]                   | it holds no JSON object
        {"status":               | it is not valid JSON
        ``                       | it holds no JSON object
        """)
    void jsonThatIsNoRunIsNamed(String content, String message) throws IOException {
        Path file = Files.writeString(folder.resolve("run.json"), content);

        assertThatThrownBy(() -> RunFolder.open(folder))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageStartingWith("cannot read " + file + ": ")
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        "status" : "done"      | "status" : "asleep"    | 'status' is unknown: 'asleep'
        "status" : "done"      | "status" : 3           | 'status' must be a text; got 3
        "method" : "riemannian"| "method" : "magic"     | spec: method must be one of
        "epochs" : 4,\\n    "b | "b                     | spec: this run has no 'epochs'
        "width" : 20           | "widht" : 20           | spec: unknown option 'widht'; did you mean 'width'?
        "bestEpoch"            | "bestepoch"            | the key 'bestEpoch' is missing
        """)
    void aRunFileWithAKeyMissingOrOddIsNamed(String old, String changed, String message) throws IOException {
        String whole = Files.readString(run.resolve("run.json"));
        String text = whole.replace(old.replace("\\n", "\n"), changed);
        assertThat(text).isNotEqualTo(whole);
        Path file = Files.writeString(folder.resolve("run.json"), text);

        assertThatThrownBy(() -> RunFolder.open(folder))
                .isInstanceOf(InvalidRunException.class)
                .hasMessageStartingWith("cannot read %s: this is not a run: ", file)
                .hasMessageContaining(message);
    }

    @Test
    void anExistingFolderIsNeverOverwritten() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        assertThatThrownBy(() -> RunSession.create(spec, run, SmallRuns.DIGITS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'%s' exists; nothing is ever overwritten: name another folder, or resume it", run);
        Path file = Files.writeString(folder.resolve("file"), "mine");
        assertThatThrownBy(() -> RunSession.create(spec, file, SmallRuns.DIGITS))
                .hasMessageContaining("exists");
        assertThatThrownBy(() -> RunSession.create(spec, file.resolve("run"), SmallRuns.DIGITS)
                        .run(RunListener.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'%s' is a file".formatted(file));
        assertThat(file).hasContent("mine");
    }

    @Test
    void aDivergedRunSaysWhereAndKeepsItsHistory() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of(
                "learningRate", 1e18, "clipNorm", "none", "warmUp", 0, "rank", 5, "schedule", "constant", "epochs", 9));
        Path diverged = folder.resolve("run");

        Outcome outcome = RunSession.create(spec, diverged, SmallRuns.DIGITS)
                .run(RunListener.NONE)
                .outcome();

        assertThat(outcome).isInstanceOf(Outcome.Diverged.class);
        RunFolder opened = RunFolder.open(diverged);
        assertThat(opened.status()).isEqualTo(RunStatus.DIVERGED);
        assertThat(opened.message().orElseThrow())
                .startsWith("diverged at step ")
                .contains(" in '")
                .endsWith("try a smaller learning rate");
        assertThat(opened.summary()).isPresent();
        assertThat(opened.history()).hasSize(opened.summary().orElseThrow().epochs());
        assertThatThrownBy(() -> SmallRuns.resume(diverged))
                .hasMessage("resume: run '%s' has diverged, and would again", diverged);
    }

    @Test
    void aRunThatBreaksSaysSoAndGoesOn() throws IOException {
        RunSpec spec = SmallRuns.small(Map.of());
        Path broken = folder.resolve("run");
        RunListener breaking = new RunListener() {
            @Override
            public void stepped(Trainer trainer, double loss) {
                if (trainer.steps() == 5) {
                    throw new IllegalStateException("the display broke");
                }
            }
        };

        assertThatThrownBy(
                        () -> RunSession.create(spec, broken, SmallRuns.DIGITS).run(breaking))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the display broke");

        assertThat(RunFolder.open(broken).status()).isEqualTo(RunStatus.FAILED);
        assertThat(RunFolder.open(broken).message()).contains("the display broke");
        SmallRuns.resume(broken).run(RunListener.NONE);
        RunSession.create(spec, folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
        assertThat(SmallRuns.bits(broken)).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    @Test
    void splitsAreKnownByName() {
        assertThat(Split.of("validation")).isEqualTo(Split.VALIDATION);
        assertThatThrownBy(() -> Split.of("tset")).hasMessage("split must be one of train, validation, test; got tset");
    }
}
