package dev.stiefel.lab.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;

import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.spec.LayerRanks;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What a dense network can do, a convolutional one can.
class ConvolutionalRunsTest {
    @TempDir
    Path folder;

    /// Three epochs of three steps, on two threads.
    private static RunSpec small(Map<String, ?> choices) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("epochs", 3);
        all.put("batchSize", 40);
        all.put("trainFraction", 0.08);
        all.put("evaluationFraction", 0.3);
        all.put("warmUp", 3);
        all.put("threads", 2);
        all.putAll(choices);
        return Presets.of("digits-conv", all).spec();
    }

    static Stream<Arguments> methods() {
        return Stream.of(
                        Map.of("method", "riemannian", "adaptEvery", 2, "tolerance", 0.2),
                        Map.of("method", "riemannian", "optimizer", "muon", "rank", 6),
                        Map.of("method", "bug", "adaptEvery", 2, "initialRank", 8),
                        Map.of("method", "parallel-bug", "adaptEvery", 3),
                        Map.of("method", "backward-corrected", "rank", 6),
                        Map.of("method", "s-only", "rank", 6),
                        Map.of("method", "projector-splitting", "rank", 5),
                        Map.of("method", "factors", "rank", 5),
                        Map.of("method", "dense"))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void stoppedAfterEveryStepARunHasTheSameBits(Map<String, ?> method) throws IOException {
        RunSpec spec = small(method);
        Path whole = folder.resolve("whole");
        RunSession.create(spec, whole, SmallRuns.DIGITS).run(RunListener.NONE);
        Path parts = folder.resolve("parts");

        RunSession first = RunSession.create(spec, parts, SmallRuns.DIGITS);
        first.run(SmallRuns.stopping(first));

        assertThat(SmallRuns.resumeStepByStep(parts)).last().isEqualTo(new Outcome.Finished());
        assertThat(SmallRuns.bits(parts)).isEqualTo(SmallRuns.bits(whole));
    }

    @Test
    void aRunIsEvaluatedCompressedTrainedFurtherAndSaved() throws IOException {
        Path run = folder.resolve("run");
        RunSession.create(small(Map.of("standardize", true)), run, SmallRuns.DIGITS)
                .run(RunListener.NONE);
        Path file = folder.resolve("model.safetensors");
        Metrics inRun;
        float[] pixels = new float[64];
        pixels[20] = 1;
        pixels[21] = 0.5f;
        float[] answer;
        try (Model model = Models.load(run)) {
            inRun = model.evaluate(Split.TEST, SmallRuns.DIGITS);
            answer = model.predict(pixels);
            assertThat(model.predict(List.of(pixels)).getFirst()).containsExactly(answer, offset(1e-5f));
            assertThat(model.attack(Split.TEST, 0, SmallRuns.DIGITS).attacked().loss())
                    .isEqualTo(inRun.loss());
            Export.of(model, file).write();
        }
        try (Model saved = Models.load(file)) {
            assertThat(saved.evaluate(Split.TEST, SmallRuns.DIGITS)).isEqualTo(inRun);
            assertThat(saved.predict(pixels)).containsExactly(answer);
        }
        try (DerivedRun compressed = Compression.of(
                run,
                ModelChoice.LATEST,
                CheckpointChoice.LATEST,
                new Compression.Target.Ranks(LayerRanks.all(4)),
                Map.of(),
                SmallRuns.DIGITS)) {
            assertThat(compressed.spec().networkSpec().weights().stream()
                            .filter(WeightSpec::isFactored)
                            .map(weight -> weight.rank().orElseThrow()))
                    .containsExactly(4, 4, 4);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        digits | network=lenet5 | network 'lenet5' cannot take the images [8, 8, 1] of data 'digits': network: layer 'conv2': convolution: a window of 5 × 5 pixels must fit an image of 2 × 2
        digits-conv | width=9 | 'width' is for network 'mlp'; got 'small-conv', whose size is fixed
        digits-conv | layers=64-10 | 'layers' is for network 'mlp'; got 'small-conv', whose size is fixed
        digits-conv | factor=conv9 | factor: no layer's name matches 'conv9'; the layers with weights are conv1, conv2, conv3, fc1, fc2
        digits-conv | keepDense=* | method 'riemannian' needs a layer to factor; got network [8, 8, 1] → [10] (11 layers); use method 'dense'
        digits-conv | factor=conv 1 | factor must be one or more names of layers, separated by commas; * stands for any characters; got conv 1
        """)
    void whatDoesNotFitIsRefused(String preset, String choice, String message) {
        String[] pair = choice.split("=", 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Presets.of(preset, Map.of(pair[0], pair[1])))
                .withMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
        factor=conv*    | conv1.weight conv2.weight conv3.weight
        keepDense=conv* | fc1.weight
        keepDense=*2    | conv3.weight fc1.weight
        factor=conv1,fc1 | conv1.weight fc1.weight
        factor=*.weight | conv1.weight conv2.weight conv3.weight fc1.weight fc2.weight
        seed=1          | conv2.weight conv3.weight fc1.weight
        """)
    void layersAreChosenByName(String choice, String expected) {
        String[] pair = choice.split("=", 2);
        assertThat(small(Map.of(pair[0], pair[1])).networkSpec().factoredWeights())
                .extracting(WeightSpec::name)
                .containsExactly(expected.split(" "));
    }
}
