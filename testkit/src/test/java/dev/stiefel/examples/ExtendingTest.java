package dev.stiefel.examples;

import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.MeanPoolSpec.globalAveragePool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import dev.stiefel.io.Onnx;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.BatchPredictor;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.testkit.LayerContract;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The programs of docs/guide/extending.md do what they say.
class ExtendingTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path SOURCES = ROOT.resolve("testkit/src/test/java/dev/stiefel/examples");

    @TempDir
    private Path folder;

    @Test
    void theProgramLearnsWithWhatIsItsOwn() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Extended.program(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        Matcher printed = Pattern.compile("within one: (0\\.\\d+) before, (\\d\\.\\d+) after\\R"
                        + "best: epoch \\d+, ranks \\[8]\\R"
                        + "the same network from JSON: true\\R")
                .matcher(bytes.toString(StandardCharsets.UTF_8));
        assertThat(printed.matches()).as(bytes.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(Double.parseDouble(printed.group(1))).isLessThan(0.3);
        assertThat(Double.parseDouble(printed.group(2))).isGreaterThan(0.6);
    }

    @Test
    void theLayerKeepsTheContract() {
        LayerContract.of(new ScaleSpec(), new SampleShape.Vector(5))
                .types(SpecTypes.standard().withLayer("scale", ScaleSpec.class))
                .check();
        LayerContract.of(new ScaleSpec(), new SampleShape.Sequence(3)).check();
    }

    static Stream<NetworkSpec> networks() {
        return Stream.of(
                NetworkSpec.vectors(6, x -> x.then(linear(4)).then(new ScaleSpec())),
                NetworkSpec.images(
                        4, 3, 2, x -> x.then(conv(5, 3)).then(new ScaleSpec()).then(globalAveragePool())));
    }

    /// Behind a convolution the values are planes, which the graph turns into rows.
    @ParameterizedTest
    @MethodSource("networks")
    void theLayerIsExportedBehindAnyOther(NetworkSpec spec) throws Exception {
        Path file = folder.resolve("model.onnx");
        SampleShape shape = spec.inputs().getFirst().shape();
        float[] given = new float[spec.inputValues()];
        for (int i = 0; i < given.length; i++) {
            given[i] = (float) Math.sin(i);
        }
        long[] extents = shape instanceof SampleShape.Image image
                ? new long[] {1, image.channels(), image.height(), image.width()}
                : new long[] {1, shape.columns()};
        float[] asRows = shape instanceof SampleShape.Image image ? image.ofPlanes(given) : given;
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (Network network =
                Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1))) {
            for (Parameter each : network.parameters()) {
                if (each.name().endsWith("gain")) {
                    Rng.seeded(2).fillNormal(((DenseParameter) each).value(), 1);
                }
            }
            Onnx.of(network).write(file);
            try (OrtSession session = environment.createSession(file.toString());
                    OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(given), extents);
                    OrtSession.Result result = session.run(Map.of("input", input));
                    BatchPredictor predictor = BatchPredictor.of(network, 1)) {
                float[][] answers = (float[][]) result.get(0).getValue();
                assertThat(answers[0]).containsExactly(predictor.predict(asRows, 1), within(1e-5f));
            }
        }
    }

    @Test
    void installedTypesAreKnownByTheirWords() {
        assertThat(SpecTypes.installed().layers()).containsEntry("scale", ScaleSpec.class);
        assertThat(SpecTypes.installed().losses()).containsEntry("huber", Huber.class);
        assertThat(SpecTypes.standard().layers()).doesNotContainKey("scale");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ScaleSpec", "LeftBasisStep", "SignMomentum", "Huber", "OwnTypes", "WithinOne", "BestEpoch"})
    void theGuideShowsExactlyThisSource(String name) throws IOException {
        List<String> source = Files.readAllLines(SOURCES.resolve(name + ".java"));
        int from = 0;
        while (!source.get(from).startsWith("///")) {
            from++;
        }
        assertThat(Files.readString(ROOT.resolve("docs/guide/extending.md")))
                .contains("```java\n" + String.join("\n", source.subList(from, source.size())) + "\n```");
    }

    @Test
    void theGuideShowsExactlyThisProgram() throws IOException {
        List<String> source = Files.readAllLines(SOURCES.resolve("Extended.java"));
        List<String> program =
                source.subList(source.indexOf("        // the program"), source.indexOf("        // its end")).stream()
                        .skip(1)
                        .map(line -> line.isBlank() ? "" : line.substring(8))
                        .toList();
        assertThat(Files.readString(ROOT.resolve("docs/guide/extending.md")))
                .contains("```java\n" + String.join("\n", program) + "\n```");
    }
}
