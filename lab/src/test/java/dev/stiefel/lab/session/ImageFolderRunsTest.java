package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.data.own.OwnData;
import dev.stiefel.data.own.OwnSpec;
import dev.stiefel.data.own.Schema;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.Prediction;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A convolutional network for a user's own folder of images: from training to predictions and exports.
class ImageFolderRunsTest {
    private static final int IMAGES = 40; // of each class

    @TempDir
    Path folder;

    /// Horizontal and vertical stripes with noise, in files that are no squares.
    private Path photos(boolean colour) throws IOException {
        Path photos = folder.resolve("photos");
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < 2 * IMAGES; i++) {
            boolean across = i % 2 == 0;
            Path file = photos.resolve(across ? "across" : "down").resolve(i + (i % 3 == 0 ? ".png" : ".jpg"));
            Files.createDirectories(file.getParent());
            BufferedImage image = striped(across, colour, random);
            assertThat(ImageIO.write(image, i % 3 == 0 ? "png" : "jpeg", file.toFile()))
                    .isTrue();
        }
        return photos;
    }

    private static BufferedImage striped(boolean across, boolean colour, SplittableRandom random) {
        int width = 40 + random.nextInt(30);
        int height = 30 + random.nextInt(20);
        int shift = random.nextInt(16);
        BufferedImage image =
                new BufferedImage(width, height, colour ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int light = ((across ? y : x) + shift) / 8 % 2 == 0 ? 60 : 180;
                int value = light + random.nextInt(40);
                Color pixel = colour ? new Color(value, 255 - value, value / 2) : new Color(value, value, value);
                image.setRGB(x, y, pixel.getRGB());
            }
        }
        return image;
    }

    private Experiment experiment(Path photos, String size) throws IOException {
        return Experiment.ofData(Map.ofEntries(
                Map.entry("data", photos.toString()),
                Map.entry("network", "small-conv"),
                Map.entry("imageSize", size),
                Map.entry("normalize", true),
                Map.entry("augment", "crop-flip"),
                Map.entry("cropPadding", 2),
                Map.entry("initialRank", 8),
                Map.entry("warmUp", 2),
                Map.entry("batchSize", 16),
                Map.entry("epochs", 12),
                Map.entry("threads", 2)));
    }

    @ParameterizedTest
    @CsvSource({"true, 12, 12, 12", "false, 12, 12, 12", "true, 9, 9, 9", "true, 16x9, 9, 16", "false, 8x13, 13, 8"})
    void aConvolutionalNetworkLearnsAFolderOfImagesAndPredictsFiles(boolean colour, String size, int rows, int columns)
            throws Exception {
        Path photos = photos(colour);
        Path run = folder.resolve("run");
        RunSession first = RunSession.create(experiment(photos, size), run, SmallRuns.DIGITS);
        first.run(SmallRuns.stoppingAt(7, first));
        SmallRuns.resume(run).run(RunListener.NONE);

        try (Model model = Models.load(run)) {
            assertThat(model.preparation().schema().inputs())
                    .isEqualTo(new Schema.Image(rows, columns, colour ? 3 : 1));
            assertThat(model.preparation().inputs().orElseThrow().isOfPlanes(colour ? 3 : 1))
                    .isTrue();
            Metrics test = model.evaluate(Split.TEST, SmallRuns.DIGITS);
            assertThat(test.accuracy()).isGreaterThan(0.9);
            assertThat(model.evaluate(Split.TRAIN, SmallRuns.DIGITS).accuracy()).isGreaterThan(0.9);
            assertThat(model.attack(Split.TEST, 0, SmallRuns.DIGITS).clean()).isEqualTo(test);
            assertThat(model.attack(Split.TEST, 0.2, SmallRuns.DIGITS)
                            .attacked()
                            .loss())
                    .isGreaterThan(test.loss());
            assertThat(correct(model)).isCloseTo(test.accuracy(), within(1e-9));
            Path file = folder.resolve("new.png");
            SplittableRandom random = new SplittableRandom(6);
            for (boolean across : new boolean[] {true, false}) {
                ImageIO.write(striped(across, colour, random), "png", file.toFile());
                assertThat(model.predictImage(file))
                        .isInstanceOfSatisfying(
                                Prediction.OfClass.class,
                                told -> assertThat(told.name()).isEqualTo(across ? "across" : "down"));
            }
            requireSameAsOnnx(model);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        lenet5     | 28x9  | network 'lenet5' cannot take the images [9, 28, 1] of data 'photos': network: layer 'conv2': convolution: a window of 5 × 5 pixels must fit an image of 2 × 12; choose a larger image-size
        vgg16      | 64x16 | network 'vgg16' cannot take the images [16, 64, 1] of data 'photos': network: layer 'pool5': pooling: a window of 2 × 2 pixels must fit an image of 1 × 4; choose a larger image-size
        small-conv | 3x40  | network 'small-conv' cannot take the images [40, 3, 1] of data 'photos': network: layer 'pool3': pooling: a window of 2 × 2 pixels must fit an image of 20 × 1; choose a larger image-size
        small-conv | 3x    | imageSize must be a whole number, in [1, 512], or a width and a height separated by an x; got 3x
        small-conv | 0x40  | imageSize must be a whole number, in [1, 512], or a width and a height separated by an x; got 0x40
        """)
    void aSizeThatTheNetworkCannotTakeIsRefused(String network, String size, String message) throws IOException {
        Path photos = photos(false);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Experiment.ofData(Map.of("data", photos.toString(), "network", network, "imageSize", size)))
                .withMessage(message.replace("'photos'", "'" + photos + "'"));
    }

    @Test
    void aFolderOfImagesToValidateOnValidates() throws IOException {
        Path whole = photos(false);
        Path divided = folder.resolve("divided");
        for (String name : List.of("across", "down")) {
            List<Path> files = new ArrayList<>();
            try (Stream<Path> listed = Files.list(whole.resolve(name))) {
                listed.sorted().forEach(files::add);
            }
            for (int i = 0; i < files.size(); i++) {
                Path target = divided.resolve(i < 12 ? "val" : "train").resolve(name);
                Files.createDirectories(target);
                Files.move(files.get(i), target.resolve(files.get(i).getFileName()));
            }
        }
        Map<String, Object> choices = Map.of("data", divided.toString(), "imageSize", 8, "epochs", 1);
        Experiment experiment = Experiment.ofData(choices);
        assertThat(experiment.spec().get(Options.VALIDATION)).isEqualTo(24);
        assertThat(experiment.spec().dataFacts().validation()).isEqualTo(24);
        Path run = folder.resolve("run");
        RunSession.create(experiment, run, SmallRuns.DIGITS).run(RunListener.NONE);

        assertThat(RunFolder.open(run).spec()).isEqualTo(experiment.spec());
        try (Model model = Models.load(run)) {
            assertThat(model.evaluate(Split.VALIDATION, SmallRuns.DIGITS).samples())
                    .isEqualTo(24);
            assertThat(model.evaluate(Split.TRAIN, SmallRuns.DIGITS).samples()).isEqualTo(45);
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).samples()).isEqualTo(11);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Experiment.ofData(with(choices, "validation", 5)))
                .withMessage(
                        "'validation' must be 24, the number of images in the validation folder of %s; got 5", divided);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Experiment.ofData(with(choices, "validationSplit", "inside")))
                .withMessage("'validationSplit' is not for a folder with validation images of its own");
    }

    private static Map<String, Object> with(Map<String, Object> choices, String key, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(choices);
        more.put(key, value);
        return more;
    }

    @Test
    void squaresAreRecordedAsBeforeAndOthersWithBothSides() throws IOException {
        Path photos = photos(false);
        assertThat(experiment(photos, "12").spec().asMap()).containsEntry("imageSize", 12);
        RunSpec wide = experiment(photos, "16x9").spec();
        assertThat(wide.asMap()).containsEntry("imageSize", "16x9");
        assertThat(RunSpec.ofJson(wide.json())).isEqualTo(wide);
        assertThat(RunSpec.ofJson(wide.json()).networkSpec().inputs().getFirst().shape())
                .hasToString("[9, 16, 1]");
    }

    /// A chain of linear layers takes images of any size as vectors.
    @Test
    void aRunIsFineTunedCompressedAndExportedWhateverItsImagesAre() throws IOException {
        Path photos = photos(true);
        Path run = folder.resolve("run");
        Experiment experiment = Experiment.ofData(Map.of(
                "data",
                photos.toString(),
                "imageSize",
                "10x6",
                "width",
                12,
                "depth",
                2,
                "method",
                "bug",
                "rank",
                6,
                "epochs",
                1,
                "threads",
                1));
        RunSession.create(experiment, run, SmallRuns.DIGITS).run(RunListener.NONE);
        try (DerivedRun compression = Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(3)),
                Map.of("epochs", 1),
                SmallRuns.DIGITS)) {
            assertThat(compression.spec().layers().inputs()).isEqualTo(10 * 6 * 3);
            Path small = folder.resolve("small");
            compression.session(small, SmallRuns.DIGITS).run(RunListener.NONE);
            try (Model model = Models.load(small)) {
                assertThat(model.predictImage(photos.resolve("across/0.png"))).isInstanceOf(Prediction.OfClass.class);
            }
        }
    }

    /// The share of the test samples that are predicted right from raw values.
    private static double correct(Model model) throws IOException {
        Samples raw = rawTest(model);
        int right = 0;
        float[] input = new float[raw.width()];
        for (int i = 0; i < raw.size(); i++) {
            raw.copyInput(i, input, 0);
            float[] answer = model.predict(input);
            right += (answer[1] > answer[0] ? 1 : 0) == raw.label(i) ? 1 : 0;
        }
        return (double) right / raw.size();
    }

    /// The test samples as the folder has them: planes of values in `[0, 1]`.
    private static Samples rawTest(Model model) throws IOException {
        RunSpec spec = model.spec().orElseThrow();
        return OwnData.load(new OwnSpec(
                        Path.of(spec.get(Options.DATA)),
                        Optional.empty(),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        spec.find(Options.IMAGE_SIZE),
                        OptionalInt.empty(),
                        spec.get(Options.TEST_FRACTION),
                        spec.get(Options.SEED),
                        Optional.empty(),
                        Optional.empty(),
                        true))
                .test();
    }

    /// An ONNX model takes raw planes and normalizes them itself.
    private void requireSameAsOnnx(Model model) throws IOException, OrtException {
        Path file = folder.resolve("model.onnx");
        Export.of(model, file).ending(Onnx.Ending.PROBABILITIES).write();
        Schema.Image image = (Schema.Image) model.preparation().schema().inputs();
        float[] input = new float[image.width()];
        rawTest(model).copyInput(3, input, 0);
        long[] shape = {1, image.channels(), image.rows(), image.columns()};
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), shape);
                OrtSession.Result result = session.run(Map.of("input", tensor))) {
            float[][] probabilities = (float[][]) result.get(0).getValue();
            assertThat(probabilities[0]).containsExactly(model.predict(input), within(1e-4f));
        }
    }
}
