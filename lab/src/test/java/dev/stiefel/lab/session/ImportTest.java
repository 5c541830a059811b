package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.io.Onnx;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.ImportedTensor;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.model.TorchFixture;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunStatus;
import dev.stiefel.lab.session.Compression.Target;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTest {
    private static final Path FOREIGN = Path.of("src/test/resources/dev/stiefel/lab/published/foreign");
    private static final Path STATE_DICT = TorchFixture.FOLDER.resolve("small-conv.safetensors");

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
                .withMessage("import: '%s' is already a run", run);
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
    void aConvolutionalNetworkIsImportedExportedAndImportedAgainWithEqualOutputs() throws Exception {
        Map<String, ?> choices =
                Map.of("data", "digits", "channelMeans", 0.3, "channelDeviations", 0.25, "network", "small-conv");
        Path run = folder.resolve("run");
        importTo(run, STATE_DICT, choices);
        Path file = folder.resolve("out.safetensors");
        Path onnx = folder.resolve("out.onnx");
        float[] pixels = new float[64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i % 7 / 6f;
        }
        try (Model there = Models.load(STATE_DICT);
                Model here = Models.load(run)) {
            assertThat(here.spec().orElseThrow().get(Options.NETWORK).word()).isEqualTo("small-conv");
            assertThat(here.spec().orElseThrow().get(Options.METHOD)).isEqualTo(Method.DENSE);
            float[] normalized = new float[64];
            for (int i = 0; i < pixels.length; i++) {
                normalized[i] = (pixels[i] - 0.3f) / 0.25f;
            }
            float[] expected = there.predict(normalized);
            assertThat(here.predict(pixels)).containsExactly(expected, within(1e-6f));
            Export.of(here, file).write();
            Export.of(here, onnx).ending(Onnx.Ending.PROBABILITIES).write();
            assertThat(probabilities(onnx, pixels)).containsExactly(expected, within(1e-5f));
            Path again = folder.resolve("again");
            importTo(again, file, Map.of());
            try (Model same = Models.load(again)) {
                assertThat(same.predict(pixels)).isEqualTo(here.predict(pixels));
                assertThat(same.evaluate(Split.TEST, SmallRuns.DIGITS))
                        .isEqualTo(here.evaluate(Split.TEST, SmallRuns.DIGITS));
                assertThat(same.network().tensors().get("norm1.mean").toFloats())
                        .isEqualTo(there.network().tensors().get("norm1.mean").toFloats());
            }
        }
    }

    private static float[] probabilities(Path onnx, float[] pixels) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(onnx.toString());
                OnnxTensor tensor =
                        OnnxTensor.createTensor(environment, FloatBuffer.wrap(pixels), new long[] {1, 1, 8, 8});
                OrtSession.Result result = session.run(Map.of("input", tensor))) {
            return ((float[][]) result.get(0).getValue())[0];
        }
    }

    @Test
    void anImportedConvolutionalNetworkIsCompressedAndItsFileImported() throws IOException {
        Path run = folder.resolve("run");
        importTo(run, STATE_DICT, Map.of("data", "digits"));
        for (Path source : List.of(run, STATE_DICT)) {
            Path small = folder.resolve("small-" + source.getFileName());
            try (DerivedRun compression = Compression.of(
                    source,
                    ModelChoice.LATEST,
                    CheckpointChoice.LATEST,
                    new Target.Ranks(LayerRanks.all(4)),
                    Map.of("data", "digits"),
                    SmallRuns.DIGITS)) {
                compression.session(small, SmallRuns.DIGITS).run(RunListener.NONE);
            }
            Path file = folder.resolve(source.getFileName() + "-4.safetensors");
            try (Model model = Models.load(small)) {
                assertThat(model.network().ranks()).containsExactly(4, 4, 4);
                Export.of(model, file).write();
                ModelFile.write(folder.resolve("bare.safetensors"), model.network());
            }
            for (Path each : List.of(file, folder.resolve("bare.safetensors"))) {
                Path again = folder.resolve("again-" + source.getFileName() + "-" + each.getFileName());
                importTo(again, each, each.equals(file) ? Map.of() : Map.of("data", "digits"));
                try (Model model = Models.load(again);
                        Model before = Models.load(small)) {
                    assertThat(model.network().ranks()).containsExactly(4, 4, 4);
                    assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS))
                            .isEqualTo(before.evaluate(Split.TEST, SmallRuns.DIGITS));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        rank=4;factor=conv*;method=bug            | riemannian
        rank=3;form=tucker;method=bug;keepDense=fc1 | bug
        rank=4;factor=*;method=factors            | riemannian
        """)
    void aFileWithoutARunSaysByItselfWhatIsFactored(String choices, String method) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(Map.of("epochs", 1, "trainFraction", 0.05));
        for (String choice : choices.split(";", -1)) {
            all.put(choice.substring(0, choice.indexOf('=')), choice.substring(choice.indexOf('=') + 1));
        }
        Path run = folder.resolve("run");
        RunSession.create(Presets.of("digits-conv", all).spec(), run, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        Path file = folder.resolve("bare.safetensors");
        Path again = folder.resolve("again");
        try (Model model = Models.load(run)) {
            ModelFile.write(file, model.network());
            importTo(again, file, Map.of("data", "digits"));
            try (Model same = Models.load(again)) {
                assertThat(same.spec().orElseThrow().get(Options.METHOD).word()).isEqualTo(method);
                assertThat(same.network().spec()).isEqualTo(model.network().spec());
                assertThat(same.evaluate(Split.TEST, SmallRuns.DIGITS).loss())
                        .isCloseTo(model.evaluate(Split.TEST, SmallRuns.DIGITS).loss(), within(1e-5));
            }
        }
        try (DerivedRun on = Finetune.of(again, ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            assertThat(on.session(folder.resolve("on"), SmallRuns.DIGITS)
                            .run(RunListener.NONE)
                            .outcome())
                    .isEqualTo(new Outcome.Finished());
        }
    }

    @Test
    void aNetworkForImagesThatDoesNotFitIsNamed() throws IOException {
        refused(
                STATE_DICT,
                Map.of("data", "digits", "network", "mlp"),
                InvalidRunException.class,
                "network 'mlp' has no convolutions; the file has");
        Path photos = Photos.in(folder.resolve("photos"), List.of("a", "b"));
        refused(
                STATE_DICT,
                Map.of("data", photos.toString()),
                IllegalArgumentException.class,
                "import: samples of data set '%s' have 64 values ([8, 8, 1]) and 2 classes; got a [8, 8, 1] → [10] (11"
                                .formatted(photos)
                        + " layers) network; to give it other classes, fine-tune it: stiefel finetune %s --data %s"
                                .formatted(STATE_DICT, photos));
        refused(
                STATE_DICT,
                Map.of("data", photos.toString(), "imageChannels", "colour"),
                IllegalArgumentException.class,
                "have 192 values ([8, 8, 3]) and 2 classes; got a [8, 8, 1] → [10] (11 layers) network");
        Path own = folder.resolve("own.safetensors");
        try (Network network = Network.random(
                NetworkSpec.images(
                        8,
                        8,
                        1,
                        x -> x.then(ConvolutionSpec.conv(3, 3).relu())
                                .then(ReshapeSpec.flatten())
                                .then(LinearSpec.linear(10))),
                DType.FLOAT32,
                Gauge.ORTHONORMAL,
                new Spectrum.Gaussian(),
                Rng.seeded(1))) {
            ModelFile.write(own, network);
        }
        refused(
                own,
                Map.of("data", "digits"),
                IllegalArgumentException.class,
                "must be a chain of linear layers or one of the networks small-conv, lenet5, alexnet, vgg16,"
                    + " vgg16-wide, resnet20, resnet20-extra, resnet20-projections; got [8, 8, 1] → [10] (3 layers)");
        Path mlp = FOREIGN.resolve("mlp.safetensors");
        refused(
                mlp,
                Map.of("data", "digits", "network", "lenet5"),
                InvalidRunException.class,
                "network 'lenet5' has convolutions; the file has no kernel [out, in, height, width]");
    }

    private static void refused(Path source, Map<String, ?> choices, Class<? extends Exception> type, String message) {
        assertThatExceptionOfType(type)
                .isThrownBy(() -> Import.of(source, choices).close())
                .withMessageEndingWith(message);
    }

    @Test
    void aChainOfLinearLayersTakesImagesThatAreNormalizedAsElsewhere() throws IOException {
        Path run = folder.resolve("run");
        importTo(
                run,
                FOREIGN.resolve("mlp.safetensors"),
                Map.of("data", "digits", "channelMeans", 0.3, "channelDeviations", 0.2));
        float[] pixels = new float[64];
        float[] normalized = new float[64];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = i / 64f;
            normalized[i] = (pixels[i] - 0.3f) / 0.2f;
        }
        try (Model there = Models.load(FOREIGN.resolve("mlp.safetensors"));
                Model here = Models.load(run)) {
            assertThat(here.predict(pixels)).containsExactly(there.predict(normalized), within(1e-6f));
        }
    }

    // Of plain.csv's kind: a class that the sum of both columns tells, and a number that is three times the first.
    private Path table() throws IOException {
        StringBuilder rows = new StringBuilder("a,b,c,y\n");
        for (int i = 0; i < 40; i++) {
            int a = i * 7 % 40;
            int b = 900 - i * 11 % 40;
            rows.append("%d,%d,%s,%d.5\n".formatted(a, b, a + b > 900 ? "yes" : "no", 3 * a));
        }
        return Files.writeString(folder.resolve("table.csv"), rows);
    }

    /// A state dict `inputs → ReLU → outputs`, as PyTorch names it.
    private Path stateDict(float[] first, float[] bias, float[] last, float[] lastBias) throws IOException {
        Path file = folder.resolve("dict.safetensors");
        try (Scope scope = Scope.open("state dict")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("0.weight", tensor(scope, first, bias.length, first.length / bias.length));
            tensors.put("0.bias", tensor(scope, bias, bias.length));
            tensors.put("2.weight", tensor(scope, last, lastBias.length, last.length / lastBias.length));
            tensors.put("2.bias", tensor(scope, lastBias, lastBias.length));
            Safetensors.write(file, tensors, Map.of("format", "pt"));
        }
        return file;
    }

    private static Tensor tensor(Scope scope, float[] values, int... extents) {
        Tensor tensor = scope.uninitialized(DType.FLOAT32, extents);
        tensor.write(0, values, 0, values.length);
        return tensor;
    }

    @Test
    void inputsOfATableAreTakenAsTheyAreUnlessChosen() throws IOException {
        // a + b − 900.5 decides; classes are no, yes
        Path file = stateDict(
                new float[] {1, 1, -1, -1}, new float[] {-900.5f, 900.5f}, new float[] {-1, 1, 1, -1}, new float[2]);
        Map<String, String> data = Map.of("data", table().toString(), "target", "c", "ignore", "y");
        Path run = folder.resolve("run");

        try (DerivedRun made = Import.of(file, data)) {
            assertThat(made.remarks())
                    .containsExactly(
                            "dict.safetensors does not record how inputs were prepared: they are used as they are;"
                                    + " if it was trained on standardized inputs, add --standardize");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
        }

        assertThat(RunFolder.open(run).spec().get(Options.STANDARDIZE)).isFalse();
        try (Model model = Models.load(run)) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).accuracy()).isEqualTo(1);
        }
        Map<String, Object> standardized = new LinkedHashMap<>(data);
        standardized.put("standardize", true);
        try (DerivedRun made = Import.of(file, standardized)) {
            assertThat(made.spec().get(Options.STANDARDIZE)).isTrue();
            assertThat(made.remarks())
                    .containsExactly("inputs are standardized, by means and deviations of the training samples");
        }
    }

    @Test
    void aNetworkForValuesIsImportedEvaluatedAndCompressed() throws IOException {
        Path file = stateDict(new float[] {1, 0, 0, 1}, new float[2], new float[] {3, 0}, new float[] {0.5f});
        Map<String, String> data = Map.of("data", table().toString(), "target", "y", "ignore", "c");
        Path run = folder.resolve("run");
        importTo(run, file, data);

        try (Model model = Models.load(run)) {
            assertThat(model.network().spec().loss()).isEqualTo(new MeanSquaredError());
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).loss()).isCloseTo(0, within(1e-9));
            assertThat(model.predictRow(Map.of("a", 7, "b", 880)))
                    .isEqualTo(new Prediction.OfValues(new LinkedHashMap<>(Map.of("y", 21.5))));
        }
        importTo(folder.resolve("again"), run.resolve("checkpoint/model.safetensors"), Map.of());
        try (Model model = Models.load(folder.resolve("again"))) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).loss()).isCloseTo(0, within(1e-9));
        }
        refused(
                file,
                Map.of("data", table().toString(), "target", "c", "ignore", "y"),
                "import: samples of data set '%s' have 2 values and 2 classes; got a 2-2-1 network; to give it other classes, fine-tune it: stiefel finetune %s --data %s"
                        .formatted(folder.resolve("table.csv"), file, folder.resolve("table.csv")));
    }

    @Test
    void whatEachTensorBecameIsKept() throws IOException {
        Path run = folder.resolve("run");
        importTo(run, FOREIGN.resolve("mlp.safetensors"), Map.of("data", "digits"));

        List<ImportedTensor> tensors =
                RunFolder.open(run).parent().orElseThrow().tensors();

        assertThat(tensors).hasSize(6);
        assertThat(tensors).extracting(ImportedTensor::becomes).startsWith("layers.0.weight", "layers.0.bias");
        assertThat(tensors.getFirst().shape()).containsExactly(20, 64);
        importTo(folder.resolve("published"), FOREIGN.resolve("fixed"), Map.of("data", "digits"));
        assertThat(RunFolder.open(folder.resolve("published"))
                        .parent()
                        .orElseThrow()
                        .tensors())
                .extracting(each -> each.name() + " " + each.becomes())
                .contains("aux_U0.npy layers.0.weight.V", "s0.npy layers.0.weight.S", "b0.npy layers.0.bias");
        importTo(folder.resolve("images"), STATE_DICT, Map.of("data", "digits"));
        assertThat(RunFolder.open(folder.resolve("images"))
                        .parent()
                        .orElseThrow()
                        .tensors())
                .extracting(ImportedTensor::becomes)
                .contains("conv1.weight", "fc1.weight");
    }

    @Test
    void aFolderThatHoldsAModelIsToldFromARun() throws IOException {
        Path repository = Files.createDirectories(folder.resolve("repository"));
        Path file = Files.copy(FOREIGN.resolve("mlp.safetensors"), repository.resolve("model.safetensors"));
        String message = "'%s' is not a run: it has no run.json; it holds model.safetensors; name %s"
                .formatted(repository, file);
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> Models.load(repository))
                .withMessage("%s", message);
        assertThatExceptionOfType(InvalidRunException.class)
                .isThrownBy(() -> Import.of(repository, Map.of("data", "digits")))
                .withMessage("%s", message);
    }

    @Test
    void tensorsThatAreSharedAreRead() throws IOException {
        Path file = folder.resolve("tied.safetensors");
        try (Scope scope = Scope.open("tied")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("0.weight", tensor(scope, new float[] {1, 2, 3, 4}, 2, 2));
            tensors.put("4.weight", tensor(scope, new float[] {1, 1, 1, 1, 1, 1}, 3, 2));
            Safetensors.write(file, tensors, Map.of("format", "pt", "2.weight", "0.weight"));
        }
        try (Model model = Models.load(file)) {
            assertThat(model.network().spec()).hasToString("2-2-2-3");
            assertThat(model.network().tensors().get("layers.1.weight").toFloats())
                    .containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void whatRunsCannotHaveIsNamed() throws IOException {
        Path mlp = FOREIGN.resolve("mlp.safetensors");
        refused(mlp, Map.of(), mlp + " does not record the data of its training; name the data set with data");
        refused(
                mlp,
                Map.of("data", "mnist"),
                "import: samples of data set 'mnist' have 784 values and 10 classes; got a 64-20-15-10 network");
        refused(
                mlp,
                Map.of("data", "digits", "epochs", 3),
                "'epochs' cannot be chosen: the existing network determines it");
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
                "import: %s must be for loss 'softmax-cross-entropy', as its data is; got 'mean-squared-error'"
                        .formatted(file));
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
