package dev.stiefel.lab.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.data.Split;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.session.Models;
import dev.stiefel.lab.session.RunListener;
import dev.stiefel.lab.session.RunSession;
import dev.stiefel.lab.session.SmallRuns;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// ONNX Runtime says what an exported run does with the digits.
class ExportTest {
    @TempDir
    private static Path runs;

    @TempDir
    private Path folder;

    @BeforeAll
    static void train() throws IOException {
        for (String name : new String[] {"factored", "free", "dense", "standardized", "normalized"}) {
            Map<String, Object> choices = switch (name) {
                case "dense" -> Map.of("method", "dense");
                case "free" -> Map.of("method", "factors", "rank", 5);
                case "standardized" -> Map.of("rank", 5, "standardize", true);
                case "normalized" -> Map.of("rank", 5, "normalize", true);
                default -> Map.of("rank", 5);
            };
            RunSession.create(SmallRuns.small(choices), runs.resolve(name), SmallRuns.DIGITS)
                    .run(RunListener.NONE);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"factored", "free", "dense", "standardized", "normalized"})
    void aRunDoesAsAnOnnxModelWhatItDoesHere(String name) throws Exception {
        Path file = folder.resolve("model.onnx");
        Samples raw = SmallRuns.DIGITS.load("digits").test();
        try (Model model = Models.load(runs.resolve(name));
                Scope scope = Scope.open("test")) {
            Export.of(model, file).write();

            RunSpec spec = model.spec().orElseThrow();
            Samples prepared = spec.get(Options.STANDARDIZE) || spec.get(Options.NORMALIZE)
                    ? spec.splitSpec()
                            .apply(SmallRuns.DIGITS.load("digits").train(), raw)
                            .standardization()
                            .orElseThrow()
                            .apply(raw)
                    : raw;
            for (int batch : new int[] {1, 7, 256}) {
                float[] expected = model.network()
                        .predict(scope, matrix(scope, prepared, batch))
                        .toFloats();
                assertThat(run(file, matrix(scope, raw, batch))).containsExactly(expected, within(1e-5f));
            }
        }
    }

    @Test
    void aModelOfATableTakesRawNumbersAlsoMissingOnesAndGivesUnits() throws Exception {
        StringBuilder text = new StringBuilder("area,town,price\n");
        for (int i = 0; i < 200; i++) {
            text.append(i % 20 == 3 ? "" : String.valueOf(50 + i))
                    .append(i % 2 == 0 ? ",Bonn," : ",Aachen,")
                    .append(1000 * (50 + i) + 17 * (i % 7))
                    .append('\n');
        }
        Path table = Files.writeString(folder.resolve("houses.csv"), text);
        Path run = folder.resolve("houses");
        Map<String, Object> choices =
                Map.of("data", table.toString(), "target", "price", "width", 8, "depth", 1, "epochs", 2, "threads", 1);
        RunSession.create(Experiment.ofData(choices), run, SmallRuns.DIGITS).run(RunListener.NONE);
        Path file = folder.resolve("houses.onnx");
        try (Model model = Models.load(run);
                Scope scope = Scope.open("test")) {
            Export.of(model, file).write();

            for (String area : new String[] {"70", ""}) {
                float[] row = model.preparation().schema().encodeRow(Map.of("area", area, "town", "Bonn"));
                float expected = model.predict(row)[0];
                assertThat(run(file, scope.matrix(1, row.length, row))[0])
                        .isCloseTo(expected, within(1e-5f * Math.abs(expected)));
            }
        }
    }

    /// Second after second since 1970, which float32 does not tell apart, is told apart by training, by prediction
    /// and by the exported model.
    @Test
    void numbersFarFromZeroAreSubtractedInFloat64() throws Exception {
        StringBuilder text = new StringBuilder("t,c\n");
        for (int i = 0; i < 192; i++) {
            text.append(1_700_000_000 + i).append(i < 96 ? ",early\n" : ",late\n");
        }
        Path table = Files.writeString(folder.resolve("seconds.csv"), text);
        Path run = folder.resolve("seconds");
        Map<String, Object> choices = Map.of(
                "data",
                table.toString(),
                "target",
                "c",
                "width",
                16,
                "depth",
                1,
                "epochs",
                20,
                "batchSize",
                16,
                "threads",
                1);
        RunSession.create(Experiment.ofData(choices), run, SmallRuns.DIGITS).run(RunListener.NONE);
        Path file = folder.resolve("seconds.onnx");
        try (Model model = Models.load(run)) {
            assertThat(model.evaluate(Split.TEST, SmallRuns.DIGITS).accuracy()).isGreaterThan(0.95);
            Export.of(model, file).write();

            for (String second : new String[] {"1700000010", "1700000090", "1700000100", "1700000180", ""}) {
                float[] expected = model.predict(model.preparation().schema().encodeRow(Map.of("t", second)));
                double raw = second.isEmpty() ? Double.NaN : Double.parseDouble(second);
                float[] logits = run(file, raw);
                float late = (float) (1 / (1 + Math.exp(logits[0] - logits[1])));
                assertThat(late).isCloseTo(expected[1], within(1e-5f));
            }
        }
    }

    @Test
    void probabilitiesAddUpToOne() throws Exception {
        Path file = folder.resolve("model.onnx");
        try (Model model = Models.load(runs.resolve("factored"));
                Scope scope = Scope.open("test")) {
            Export.of(model, file).ending(Onnx.Ending.PROBABILITIES).write();

            float[] all =
                    run(file, matrix(scope, SmallRuns.DIGITS.load("digits").test(), 7));
            for (int at = 0; at < all.length; at += 10) {
                double sum = 0;
                for (int j = at; j < at + 10; j++) {
                    assertThat(all[j]).isBetween(0f, 1f);
                    sum += all[j];
                }
                assertThat(sum).isCloseTo(1, within(1e-6));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"standardized", "normalized"})
    void aSafetensorsFileIsTheModelWithWhatTheRunSaysOfItself(String name) throws IOException {
        Path file = folder.resolve("model.safetensors");
        float[] pixels = new float[64];
        SmallRuns.DIGITS.load("digits").test().copyInput(0, pixels, 0);
        try (Model model = Models.load(runs.resolve(name))) {
            Export.of(model, file).write();

            try (Model copy = Models.load(file)) {
                assertThat(copy.spec().map(RunSpec::asMap))
                        .isEqualTo(model.spec().map(RunSpec::asMap));
                assertThat(copy.evaluate(Split.TEST, SmallRuns.DIGITS))
                        .isEqualTo(model.evaluate(Split.TEST, SmallRuns.DIGITS));
                assertThat(copy.preparation().inputs().orElseThrow().isOfPlanes(1))
                        .isEqualTo(name.equals("normalized"));
                assertThat(copy.predict(pixels)).isEqualTo(model.predict(pixels));
            }
        }
        Path foreign = folder.resolve("foreign.safetensors");
        try (Model model = Models.load(Path.of("src/test/resources/dev/stiefel/lab/published/foreign/fixed"))) {
            Export.of(model, foreign).write();

            try (Model copy = Models.load(foreign)) {
                assertThat(copy.spec()).isEqualTo(Optional.empty());
                assertThat(copy.network().ranks()).containsExactly(5, 3);
            }
        }
    }

    @Test
    void whatCannotBeWrittenIsRefused() throws IOException {
        try (Model model = Models.load(runs.resolve("factored"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Export.of(model, folder.resolve("model.pt")))
                    .withMessage("export: the file's name must end in .onnx or .safetensors; got 'model.pt'");
            Path existing = Files.createFile(folder.resolve("a.onnx"));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Export.of(model, existing))
                    .withMessage("'%s' exists; nothing is ever overwritten: name another file", existing);
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            Export.of(model, folder.resolve("a.safetensors")).ending(Onnx.Ending.PROBABILITIES))
                    .withMessage("export: a .safetensors file holds weights, and ends in no softmax; export to .onnx");
        }
    }

    private static Tensor matrix(Scope scope, Samples samples, int rows) {
        float[] elements = new float[rows * samples.width()];
        for (int i = 0; i < rows; i++) {
            samples.copyInput(i, elements, i * samples.width());
        }
        return scope.matrix(rows, samples.width(), elements);
    }

    private static float[] run(Path file, Tensor x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor input = OnnxTensor.createTensor(
                        environment, FloatBuffer.wrap(x.toFloats()), new long[] {x.rows(), x.columns()});
                OrtSession.Result result = session.run(Map.of("input", input))) {
            FloatBuffer output = ((OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer();
            float[] all = new float[output.remaining()];
            output.get(all);
            return all;
        }
    }

    private static float[] run(Path file, double x) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor input =
                        OnnxTensor.createTensor(environment, DoubleBuffer.wrap(new double[] {x}), new long[] {1, 1});
                OrtSession.Result result = session.run(Map.of("input", input))) {
            FloatBuffer output = ((OnnxTensor) result.get("output").orElseThrow()).getFloatBuffer();
            float[] all = new float[output.remaining()];
            output.get(all);
            return all;
        }
    }
}
