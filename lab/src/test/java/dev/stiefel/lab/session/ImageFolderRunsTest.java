package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
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

    private Experiment experiment(Path photos, int size) throws IOException {
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
    @CsvSource({"true, 12", "false, 12", "true, 9"})
    void aConvolutionalNetworkLearnsAFolderOfImagesAndPredictsFiles(boolean colour, int size) throws Exception {
        Path photos = photos(colour);
        Path run = folder.resolve("run");
        RunSession.create(experiment(photos, size), run, SmallRuns.DIGITS).run(RunListener.NONE);

        try (Model model = Models.load(run)) {
            assertThat(model.preparation().schema().inputs()).isEqualTo(new Schema.Image(size, size, colour ? 3 : 1));
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
                        OptionalInt.of(spec.get(Options.IMAGE_SIZE)),
                        spec.get(Options.TEST_FRACTION),
                        spec.get(Options.SEED)))
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
