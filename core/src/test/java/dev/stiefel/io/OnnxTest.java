package dev.stiefel.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.stiefel.io.Onnx.Ending;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// ONNX Runtime says what a written model does.
class OnnxTest {
    private static final int[] BATCHES = {1, 7, 256};
    private static final double TOLERANCE = 1e-5; // some rounding errors of float32, for outputs of order 1

    @TempDir
    private Path folder;

    private Path file;
    private Scope scope;

    @BeforeEach
    void open() {
        file = folder.resolve("model.onnx");
        scope = Scope.open("test");
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @EnumSource
    void theModelDoesWhatTheNetworkDoesWhateverTheActivation(Activation activation) throws Exception {
        for (Gauge gauge : Gauge.values()) {
            try (Network network = network(activation, gauge)) {
                Onnx.of(network).write(file);

                for (int batch : BATCHES) {
                    Tensor x = normal(batch, 23);
                    assertThat(run(x)).containsExactly(network.predict(scope, x).toFloats(), within((float) TOLERANCE));
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDenseNetworkAndOneOfASingleLayerAreWrittenToo(Activation activation) throws Exception {
        try (Network dense = Network.builder(23)
                        .dense(17, activation)
                        .dense(3, Activation.IDENTITY)
                        .build(Rng.seeded(3));
                Network single = Network.builder(23).factored(9, 1, activation).build(Rng.seeded(4))) {
            for (Network network : List.of(dense, single)) {
                Onnx.of(network).write(file);

                Tensor x = normal(7, 23);
                assertThat(run(x)).containsExactly(network.predict(scope, x).toFloats(), within((float) TOLERANCE));
            }
        }
    }

    @Test
    void probabilitiesAreTheSoftmaxOfTheOutputs() throws Exception {
        try (Network network = network(Activation.RELU, Gauge.ORTHONORMAL)) {
            Onnx.of(network).ending(Ending.PROBABILITIES).write(file);

            Tensor x = normal(7, 23);
            float[] expected = network.predict(scope, x).toFloats();
            for (int at = 0; at < expected.length; at += 10) {
                double sum = 0;
                for (int j = at; j < at + 10; j++) {
                    sum += Math.exp(expected[j]);
                }
                for (int j = at; j < at + 10; j++) {
                    expected[j] = (float) (Math.exp(expected[j]) / sum);
                }
            }
            assertThat(run(x)).containsExactly(expected, within((float) TOLERANCE));
        }
    }

    @Test
    void rawInputsAreStandardizedAndOutputsRescaled() throws Exception {
        float[] means = new float[23];
        float[] deviations = new float[23];
        for (int j = 0; j < 23; j++) {
            means[j] = j / 8f;
            deviations[j] = 1 + j / 16f;
        }
        float[] outputMeans = {5, 4, 3, 2, 1, 0, -1, -2, -3, -4};
        float[] outputDeviations = {1, 2, 3, 4, 5, 1, 2, 3, 4, 5};
        try (Network network = network(Activation.TANH, Gauge.ORTHONORMAL)) {
            Onnx.of(network)
                    .standardizing(means, deviations)
                    .rescaling(outputMeans, outputDeviations)
                    .write(file);

            Tensor raw = normal(7, 23);
            Tensor standardized = scope.zeros(DType.FLOAT32, 7, 23);
            for (int i = 0; i < 7; i++) {
                for (int j = 0; j < 23; j++) {
                    standardized.set(i, j, (raw.get(i, j) - means[j]) / deviations[j]);
                }
            }
            float[] expected = network.predict(scope, standardized).toFloats();
            for (int at = 0; at < expected.length; at++) {
                expected[at] = expected[at] * outputDeviations[at % 10] + outputMeans[at % 10];
            }
            assertThat(run(raw)).containsExactly(expected, within(5 * (float) TOLERANCE));
        }
    }

    @Test
    void factoredWeightsTakeAsManyNumbersAsTheNetworkCounts() throws IOException {
        for (Gauge gauge : Gauge.values()) {
            try (Network network = network(Activation.RELU, gauge)) {
                Onnx.of(network).write(file);

                long numbers = 0;
                for (TensorProto tensor : ModelProto.parseFrom(Files.readAllBytes(file))
                        .getGraph()
                        .getInitializerList()) {
                    numbers += tensor.getName().contains("weight")
                            ? tensor.getRawData().size() / 4
                            : 0;
                }
                assertThat(numbers).isEqualTo(network.parameterCount());
            }
        }
    }

    @Test
    void theModelSaysWhatItIs() throws IOException {
        try (Network network = network(Activation.RELU, Gauge.ORTHONORMAL)) {
            Onnx.of(network).saying(Map.of("version", "1.2.3")).write(file);
        }
        ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));

        assertThat(model.getProducerName()).isEqualTo("stiefel");
        assertThat(model.getProducerVersion()).isEqualTo("1.2.3");
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(20);
        Map<String, String> properties = model.getMetadataPropsList().stream()
                .collect(Collectors.toMap(
                        StringStringEntryProto::getKey,
                        StringStringEntryProto::getValue,
                        (a, b) -> a,
                        LinkedHashMap::new));
        assertThat(properties)
                .containsExactly(
                        Map.entry("stiefel.layers", "23-31-13-10"),
                        Map.entry("stiefel.ranks", "5-3"),
                        Map.entry("version", "1.2.3"));
        assertThat(model.getGraph().getInitializerList().stream().map(TensorProto::getName))
                .containsExactly(
                        "layers.0.weight.VS",
                        "layers.0.weight.U",
                        "layers.0.bias",
                        "layers.1.weight.V",
                        "layers.1.weight.US",
                        "layers.1.bias",
                        "layers.2.weight",
                        "layers.2.bias");
        assertThat(model.getGraph().getNodeList().stream().map(NodeProto::getOpType))
                .containsExactly("MatMul", "Gemm", "Relu", "MatMul", "Gemm", "Relu", "Gemm");
    }

    @Test
    void whatCannotBeWrittenIsRefused() {
        try (Network network = network(Activation.RELU, Gauge.FREE);
                Network precise = Network.builder(3)
                        .dense(2, Activation.RELU)
                        .type(DType.FLOAT64)
                        .build(Rng.seeded(1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Onnx.of(precise))
                    .withMessage("onnx: the network must be float32; got float64");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Onnx.of(network).standardizing(new float[23], new float[22]))
                    .withMessage("onnx: standardizing needs 23 means and deviations; got 23 and 22");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Onnx.of(network).rescaling(new float[10], new float[10]))
                    .withMessage("onnx: rescaling needs finite means, and finite deviations that are not 0;"
                            + " number 0 has 0.0 and 0.0");
            float[] ones = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Onnx.of(network)
                            .ending(Ending.PROBABILITIES)
                            .rescaling(ones, ones)
                            .write(file))
                    .withMessage("onnx: outputs that are rescaled cannot be probabilities as well");
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Onnx.requireFit(1L << 31))
                .withMessage("onnx: a model must have at most 2147483647 bytes; got 2147483648; export it as"
                        + " safetensors, or compress it first");
        assertThat(folder).isEmptyDirectory();
    }

    /// Wide into narrow and narrow into wide, so that `S` goes into either factor.
    private static Network network(Activation activation, Gauge gauge) {
        Network network = Network.builder(23)
                .factored(31, 5, activation)
                .factored(13, 3, activation)
                .dense(10, Activation.IDENTITY)
                .gauge(gauge)
                .build(Rng.seeded(1));
        Rng.seeded(2).fillNormal(network.dense().get("layers.0.bias").value(), 0.5); // a bias
        return network;
    }

    private Tensor normal(int rows, int columns) {
        Tensor tensor = scope.zeros(DType.FLOAT32, rows, columns);
        Rng.seeded(rows).fillNormal(tensor, 1);
        return tensor;
    }

    private float[] run(Tensor x) throws OrtException {
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
}
