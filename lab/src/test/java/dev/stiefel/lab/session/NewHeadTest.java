package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.data.own.ImageSize;
import dev.stiefel.data.own.Schema;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.model.Preparation;
import dev.stiefel.lab.model.TorchFixture;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.InitialWeights;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.Parent;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.ChannelValues;
import dev.stiefel.lab.spec.ImageChannels;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.Network;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.Method;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A trained network is trained on for other classes: its last layer is drawn anew.
class NewHeadTest {
    private static final List<String> CLASSES = List.of("across", "down", "slanted");
    private static final Path STATE_DICT = TorchFixture.FOLDER.resolve("small-conv.safetensors");

    /// Runs and folders that are only read.
    @TempDir
    static Path given;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainTheParents() throws IOException {
        Photos.in(given.resolve("photos"), CLASSES);
        train("normalized", "digits-conv", Map.of("method", "dense", "normalize", true));
        train("factored", "digits-conv", Map.of("rank", 6));
        train("whole", "digits-conv", Map.of("rank", 5, "factor", "*"));
        train("tucker", "digits-conv", Map.of("rank", 4, "form", "tucker", "method", "bug"));
        train("mlp", "digits", Map.of("rank", 6, "width", 20, "depth", 2));
    }

    private static void train(String name, String preset, Map<String, ?> choices) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(
                Map.of("epochs", 1, "batchSize", 32, "trainFraction", 0.08, "evaluationFraction", 0.3, "threads", 2));
        all.putAll(choices);
        RunSession.create(Presets.of(preset, all).spec(), given.resolve(name), SmallRuns.DIGITS)
                .run(RunListener.NONE);
    }

    private static DerivedRun finetune(Path parent, Map<String, ?> choices) throws IOException {
        Map<String, Object> all = new LinkedHashMap<>(Map.of(
                "data", given.resolve("photos").toString(),
                "epochs", 2,
                "batchSize", 16,
                "trainFraction", 1,
                "evaluationFraction", 1,
                "threads", 2));
        all.putAll(choices);
        return Finetune.of(parent, ModelChoice.LATEST, CheckpointChoice.LATEST, all);
    }

    @Test
    void allButTheLastLayerIsKeptAndImagesAreReadAsTheNetworkTakesThem() throws IOException {
        Path run = folder.resolve("run");
        try (DerivedRun made = finetune(given.resolve("normalized"), Map.of());
                Model parent = Models.load(given.resolve("normalized"))) {
            RunSpec spec = made.spec();
            assertThat(spec.get(Options.METHOD)).isEqualTo(Method.DENSE);
            assertThat(spec.get(Options.IMAGE_SIZE)).isEqualTo(ImageSize.square(8));
            assertThat(spec.get(Options.IMAGE_CHANNELS)).isEqualTo(ImageChannels.GREY);
            Preparation.Channels channels = parent.preparation().channels().orElseThrow();
            assertThat(spec.get(Options.CHANNEL_MEANS)).isEqualTo(ChannelValues.of(channels.means()));
            assertThat(spec.get(Options.CHANNEL_DEVIATIONS)).isEqualTo(ChannelValues.of(channels.deviations()));
            assertThat(spec.get(Options.NORMALIZE)).isFalse();
            assertThat(made.remarks())
                    .containsExactly("the last layer, 'fc2', is new, with random weights: 3 outputs in place of 10");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);

            Map<String, float[]> before = numbers(parent.network());
            try (Network start = ModelFile.read(run.resolve(InitialWeights.FILE))) {
                Map<String, float[]> after = numbers(start);
                assertThat(after.keySet()).isEqualTo(before.keySet());
                before.forEach((name, values) -> {
                    if (name.startsWith("fc2.")) {
                        assertThat(after.get(name)).hasSize(values.length / 10 * 3);
                    } else {
                        assertThat(after.get(name)).as(name).isEqualTo(values);
                    }
                });
            }
            try (Model model = Models.load(run)) {
                assertThat(model.preparation().inputs().orElseThrow().copyMeans())
                        .isEqualTo(parent.preparation().inputs().orElseThrow().copyMeans());
                assertThat(model.preparation().schema())
                        .isEqualTo(new Schema(new Schema.Image(8, 8, 1), new Schema.Classes(CLASSES)));
            }
        }
    }

    private static Map<String, float[]> numbers(Network network) {
        Map<String, float[]> numbers = new LinkedHashMap<>();
        network.tensors().forEach((name, tensor) -> numbers.put(name, tensor.toFloats()));
        return numbers;
    }

    @Test
    void theRunIsEvaluatedPredictsItsClassesAndIsExported() throws IOException {
        Path run = folder.resolve("run");
        try (DerivedRun made = finetune(given.resolve("normalized"), Map.of("epochs", 12, "learningRate", 0.05))) {
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        Path file = folder.resolve("photos.safetensors");
        try (Model model = Models.load(run)) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).accuracy()).isGreaterThan(0.7);
            Path image = given.resolve("photos/down/1.png");
            assertThat(model.predictImage(image))
                    .isInstanceOfSatisfying(
                            Prediction.OfClass.class,
                            told -> assertThat(told.probabilities().keySet()).containsExactlyElementsOf(CLASSES));
            Export.of(model, file).write();
            Export.of(model, folder.resolve("photos.onnx")).write();
            Path imported = folder.resolve("imported");
            try (DerivedRun again = Import.of(file, Map.of())) {
                again.session(imported, SmallRuns.DIGITS).run(RunListener.NONE);
            }
            try (Model same = Models.load(imported)) {
                assertThat(same.evaluate(Split.TEST, SmallRuns.DIGITS))
                        .isEqualTo(model.evaluate(Split.TEST, SmallRuns.DIGITS));
                assertThat(same.preparation()).usingRecursiveComparison().isEqualTo(model.preparation());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"normalized, dense", "factored, riemannian", "factored, factors", "whole, riemannian", "tucker, bug"})
    void stoppedAfterEveryStepItHasTheSameBitsWithoutItsParent(String name, String method) throws IOException {
        Path parent = folder.resolve("parent");
        copy(given.resolve(name), parent);
        Map<String, ?> choices = method.equals("dense") ? Map.of() : Map.of("method", method);
        try (DerivedRun made = finetune(parent, choices)) {
            made.session(folder.resolve("whole"), SmallRuns.DIGITS).run(RunListener.NONE);
            RunSession first = made.session(folder.resolve("parts"), SmallRuns.DIGITS);
            first.run(SmallRuns.stopping(first));
        }
        DurableFiles.deleteTree(parent);

        assertThat(SmallRuns.resumeStepByStep(folder.resolve("parts"))).last().isEqualTo(new Outcome.Finished());
        assertThat(SmallRuns.bits(folder.resolve("parts"))).isEqualTo(SmallRuns.bits(folder.resolve("whole")));
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()));
            }
        }
    }

    @Test
    void theRankOfAFactoredLastLayerIsWhatItCanHave() throws IOException {
        try (DerivedRun made = finetune(given.resolve("whole"), Map.of())) {
            assertThat(made.spec().get(Options.RANK)).isEqualTo(LayerRanks.of(List.of(5, 5, 5, 5, 3)));
            RunResult result =
                    made.session(folder.resolve("run"), SmallRuns.DIGITS).run(RunListener.NONE);
            assertThat(result.summary().ranks()).containsExactly(5, 5, 5, 5, 3);
        }
    }

    @Test
    void aFileOfPyTorchIsFineTunedWithoutARunOfItsOwn() throws IOException {
        Path run = folder.resolve("run");
        Map<String, ?> choices = Map.of("channelMeans", 0.3, "channelDeviations", 0.25);
        try (DerivedRun made = finetune(STATE_DICT, choices)) {
            assertThat(made.remarks())
                    .containsExactly(
                            "small-conv.safetensors is taken for network 'small-conv' for images of 8 × 8 pixels, grey",
                            "the last layer, 'fc2', is new, with random weights: 3 outputs in place of 10");
            assertThat(made.name()).isEqualTo("small-conv-finetune");
            assertThat(made.parent().command()).isEqualTo(Parent.Command.FINETUNE);
            assertThat(made.parent().model()).isEqualTo("small-conv.safetensors");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
        }
        assertThat(RunFolder.open(run).spec().get(Options.NETWORK).word()).isEqualTo("small-conv");
        try (Model file = Models.load(STATE_DICT);
                Network start = ModelFile.read(run.resolve(InitialWeights.FILE))) {
            assertThat(start.tensors().get("conv1.weight").toFloats())
                    .isEqualTo(file.network().tensors().get("conv1.weight").toFloats());
        }
    }

    @Test
    void imagesMayHaveAnotherSizeWhereOnlyTheLastLayerDependsOnIt() throws IOException {
        Path file = folder.resolve("resnet.safetensors");
        try (Scope scope = Scope.open("test")) {
            Safetensors.write(file, TorchFixture.of("resnet20-projections").tensors(scope), Map.of());
        }
        try (DerivedRun made = finetune(file, Map.of("imageSize", 12, "epochs", 1, "trainFraction", 0.5))) {
            assertThat(made.spec().networkSpec().inputs().getFirst().shape())
                    .isEqualTo(new SampleShape.Image(12, 12, 3));
            made.session(folder.resolve("run"), SmallRuns.DIGITS).run(RunListener.NONE);
        }
        try (Model model = Models.load(folder.resolve("run"))) {
            assertThat(model.preparation().schema().inputs()).isEqualTo(new Schema.Image(12, 12, 3));
        }
    }

    @Test
    void aChainOfLinearLayersGetsANewLastLayer() throws IOException {
        try (DerivedRun made = finetune(given.resolve("mlp"), Map.of());
                Model parent = Models.load(given.resolve("mlp"))) {
            RunSpec spec = made.spec();
            assertThat(spec.layers()).hasToString("64-20-20-3");
            assertThat(spec.get(Options.IMAGE_SIZE)).isEqualTo(ImageSize.square(8)); // as the images of its own run
            Path run = folder.resolve("run");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
            try (Network start = ModelFile.read(run.resolve(InitialWeights.FILE))) {
                assertThat(start.factors().getFirst().U().toFloats())
                        .isEqualTo(parent.network().factors().getFirst().U().toFloats());
                assertThat(start.tensors().get("layers.2.weight").rows()).isEqualTo(3);
            }
        }
    }

    @Test
    void aTableWithOtherTargetsGetsANewLastLayer() throws IOException {
        StringBuilder rows = new StringBuilder("a,b,kind,size\n");
        for (int i = 0; i < 60; i++) {
            rows.append("%d,%d,k%d,%.2f\n".formatted(i % 7, i % 5, i % 4, i * 0.37));
        }
        Path table = Files.writeString(folder.resolve("table.csv"), rows);
        Map<String, Object> first = Map.of(
                "data",
                table.toString(),
                "target",
                "kind",
                "ignore",
                "size",
                "width",
                8,
                "depth",
                1,
                "rank",
                2,
                "epochs",
                1,
                "threads",
                1);
        Path parent = folder.resolve("kinds");
        RunSession.create(Experiment.ofData(first), parent, SmallRuns.DIGITS).run(RunListener.NONE);

        Map<String, Object> other = Map.of("data", table.toString(), "target", "size", "ignore", "kind", "epochs", 1);
        try (DerivedRun made = Finetune.of(parent, ModelChoice.LATEST, CheckpointChoice.LATEST, other)) {
            assertThat(made.remarks())
                    .containsExactly(
                            "the last layer, 'layers.1', is new, with random weights: 1 outputs in place of 4");
            Path run = folder.resolve("sizes");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
            try (Model model = Models.load(run)) {
                assertThat(model.network().spec().loss()).isEqualTo(new MeanSquaredError());
                assertThat(model.predictRow(Map.of("a", 3, "b", 4))).isInstanceOf(Prediction.OfValues.class);
            }
        }
    }

    @Test
    void asManyClassesOfOtherNamesKeepTheLastLayer() throws IOException {
        List<String> ten = IntStream.range(0, 10).mapToObj(i -> "kind" + i).toList();
        Path photos = Photos.in(folder.resolve("ten"), ten);
        try (DerivedRun made = finetune(given.resolve("factored"), Map.of("data", photos.toString()));
                Model parent = Models.load(given.resolve("factored"))) {
            assertThat(made.remarks())
                    .containsExactly("the number of outputs is unchanged, though their names differ: the last layer"
                            + " is kept");
            Path run = folder.resolve("run");
            made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
            try (Network start = ModelFile.read(run.resolve(InitialWeights.FILE))) {
                assertThat(start.tensors().get("fc2.weight").toFloats())
                        .isEqualTo(parent.network().tensors().get("fc2.weight").toFloats());
            }
        }
        try (DerivedRun plain = Finetune.of(
                given.resolve("factored"), ModelChoice.LATEST, CheckpointChoice.LATEST, Map.of("epochs", 1))) {
            assertThat(plain.remarks()).isEmpty();
        }
    }

    @Test
    void theSeedDecidesTheNewLayer() throws IOException {
        List<float[]> drawn = new ArrayList<>();
        for (int seed : new int[] {1, 1, 2}) {
            Path run = folder.resolve("run" + drawn.size());
            try (DerivedRun made = finetune(given.resolve("normalized"), Map.of("seed", seed, "epochs", 1))) {
                made.session(run, SmallRuns.DIGITS).run(RunListener.NONE);
            }
            try (Network start = ModelFile.read(run.resolve(InitialWeights.FILE))) {
                drawn.add(start.tensors().get("fc2.weight").toFloats());
            }
        }
        assertThat(drawn.get(1)).isEqualTo(drawn.get(0));
        assertThat(drawn.get(2)).isNotEqualTo(drawn.get(0));
        double sum = 0;
        for (float weight : drawn.get(0)) {
            sum += weight * weight;
        }
        assertThat(sum / drawn.get(0).length).isCloseTo(2.0 / 64, within(0.01)); // He's rule
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        normalized | imageSize=12         | 'fc1.weight' would have to be [64, 576]; it is [64, 256]
        normalized | imageChannels=colour | takes images of 1 channel; those of data '*' have 3
        normalized | data=cifar10         | takes images of 1 channel; those of data 'cifar10' have 3
        normalized | data=mnist           | 'fc1.weight' would have to be [64, 3136]; it is [64, 256]
        normalized | method=bug           | method must be 'dense' for weights that are not factored; got bug; compress the network first
        factored   | method=dense         | method must be one for factored weights; got dense
        mlp        | imageSize=9          | layers must begin with 81 and end with 3 for data set '*'; got 64-20-20-3
        """)
    void whatCannotFitIsRefused(String parent, String choice, String message) {
        String[] pair = choice.split("=", 2);
        assertThatThrownBy(() -> finetune(given.resolve(parent), Map.of(pair[0], pair[1]))
                        .close())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        message.replace("*", given.resolve("photos").toString()));
    }
}
