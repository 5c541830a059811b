package dev.stiefel.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.io.Onnx;
import dev.stiefel.lab.model.Export;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.session.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Model files of an earlier version give the predictions that it gave, as ONNX models of then and of now.
class FixtureExportsTest {
    @TempDir
    static Path directory;

    @BeforeAll
    static void unpack() throws IOException {
        Fixtures.unpack(directory);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dense", "dense-adamw", "riemannian", "factors", "legacy"})
    void aModelExportedThenAndNowPredictsWhatItDid(String name) throws Exception {
        float[][] expected = recordedProbabilities(name);
        Path file = directory.resolve("models/now-" + name + ".onnx");
        try (Model model = Models.load(directory.resolve("models/" + name + ".safetensors"))) {
            Export.of(model, file).ending(Onnx.Ending.PROBABILITIES).write();
        }

        for (Path each : List.of(directory.resolve("models/" + name + ".onnx"), file)) {
            float[][] got = run(each, inputs());
            assertThat(got.length).isEqualTo(expected.length);
            for (int i = 0; i < got.length; i++) {
                assertThat(got[i]).as("%s, row %d", each, i + 1).containsExactly(expected[i], within(1e-5f));
            }
        }
    }

    private static float[][] inputs() throws IOException {
        return Files.readAllLines(directory.resolve("data/digits.csv")).stream()
                .map(line -> floats(
                        Arrays.stream(line.split(",")).map(Float::valueOf).toList()))
                .toArray(float[][]::new);
    }

    private static float[][] recordedProbabilities(String name) throws IOException {
        JsonNode commands =
                JsonMapper.shared().readTree(directory.resolve("recorded.json")).get("commands");
        JsonNode command = StreamSupport.stream(commands.spliterator(), false)
                .filter(each -> each.get("arguments")
                        .stringValue()
                        .equals("predict models/%s.safetensors data/digits.csv".formatted(name)))
                .findFirst()
                .orElseThrow();
        return command.at("/output/predictions")
                .valueStream()
                .map(each -> floats(each.get("probabilities")
                        .valueStream()
                        .map(JsonNode::floatValue)
                        .toList()))
                .toArray(float[][]::new);
    }

    private static float[] floats(List<Float> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i);
        }
        return floats;
    }

    private static float[][] run(Path file, float[][] inputs) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(file.toString());
                OnnxTensor input = OnnxTensor.createTensor(environment, inputs);
                OrtSession.Result result = session.run(Map.of("input", input))) {
            return (float[][]) result.get("output").orElseThrow().getValue();
        }
    }
}
