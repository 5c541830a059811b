package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.stiefel.io.Onnx;
import dev.stiefel.io.OnnxModel;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.BatchPredictor;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkJson;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.Predictor;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Networks that are no chains, saved, loaded, compressed, exported and asked for predictions.
class GraphFilesTest {
    private static final int SAMPLES = 6;

    private final Scope scope = Scope.open("test");

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Arguments> graphsAndGauges() {
        return Stream.of(Graph.values())
                .flatMap(graph -> Stream.of(Gauge.values()).map(gauge -> Arguments.of(graph, gauge)));
    }

    @ParameterizedTest
    @MethodSource("graphsAndGauges")
    void aSavedNetworkIsTheSameWhenItIsLoaded(Graph graph, Gauge gauge) throws IOException {
        Path file = folder.resolve("model.safetensors");
        NetworkJson json = new NetworkJson(Graph.TYPES);
        try (Network network = graph.network(gauge, DType.FLOAT32, 3)) {
            Safetensors.write(file, network.tensors(), Map.of("network", json.write(network.spec())));
            Safetensors.SafetensorsFile saved = Safetensors.read(file, scope);
            NetworkSpec spec = json.read(saved.metadata().get("network"));
            assertThat(spec).isEqualTo(network.spec());
            try (Network loaded = Network.of(spec, gauge, saved.tensors())) {
                assertThat(predict(loaded, graph)).isEqualTo(predict(network, graph));
                assertThat(loaded.parameters()).extracting("name").isEqualTo(names(network));
            }
        }
    }

    private static List<String> names(Network network) {
        return network.parameters().stream().map(each -> each.name()).toList();
    }

    /// The best approximation of rank 1 in place of one weight: the others stay, and the outputs change.
    @ParameterizedTest
    @EnumSource
    void aWeightIsCompressedByItsName(Graph graph) {
        try (Network network = graph.network(Gauge.ORTHONORMAL, DType.FLOAT64, 3)) {
            for (WeightSpec weight : network.spec().factoredWeights()) {
                Factors own =
                        (Factors) ((dev.stiefel.lowrank.FactoredParameter) network.parameter(weight.name())).weight();
                try (Factors best = Factors.best(own.svd(scope), 1);
                        Network compressed = network.withWeights(Map.of(weight.name(), best))) {
                    assertThat(compressed.spec().weight(weight.name()).rank()).hasValue(1);
                    assertThat(compressed.spec().weights().stream()
                                    .filter(each -> !each.name().equals(weight.name())))
                            .isEqualTo(network.spec().weights().stream()
                                    .filter(each -> !each.name().equals(weight.name()))
                                    .toList());
                    assertThat(compressed.parameterCount())
                            .isEqualTo(network.parameterCount()
                                    - (long) (weight.rank().getAsInt() - 1) * (weight.rows() + weight.columns()));
                    assertThat(predict(compressed, graph)).isNotEqualTo(predict(network, graph));
                }
            }
        }
    }

    /// Where samples differ in rows, they are given one by one.
    @ParameterizedTest
    @MethodSource("graphsAndGauges")
    void onnxRuntimeAnswersAsTheNetworkDoes(Graph graph, Gauge gauge) throws IOException, OrtException {
        Path file = folder.resolve("model.onnx");
        try (Network network = graph.network(gauge, DType.FLOAT32, 3)) {
            Onnx.of(network).write(file);
            OnnxModel model = new OnnxModel(file, network.spec());
            List<SampleRows> inputs = inputs(graph, DType.FLOAT32);
            int atOnce = graph.hasFixedSamples() ? SAMPLES : 1;
            for (int from = 0; from < SAMPLES; from += atOnce) {
                int begin = from;
                List<SampleRows> some = inputs.stream()
                        .map(each -> each.range(begin, begin + atOnce))
                        .toList();
                float[] expected = network.predict(scope, some).values().toFloats();
                assertThat(model.run(some)).containsExactly(expected, within(1e-5f));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void singleSamplesAndBatchesArePredictedAlike(Graph graph) {
        try (Network network = graph.network(Gauge.ORTHONORMAL, DType.FLOAT32, 3)) {
            if (network.spec().inputs().size() > 1 || !graph.hasFixedSamples()) {
                return; // both take one array a sample
            }
            Tensor x = inputs(graph, DType.FLOAT32).getFirst().values();
            float[] all = x.toFloats();
            int width = network.spec().inputValues();
            int outputs = network.spec().output().values().orElseThrow();
            float[] expected = network.predict(scope, inputs(graph, DType.FLOAT32))
                    .values()
                    .toFloats();
            Predictor predictor = Predictor.of(network);
            try (BatchPredictor batches = BatchPredictor.of(network, 2)) {
                assertThat(batches.predict(all, SAMPLES)).containsExactly(expected, within(1e-5f));
            }
            for (int i = 0; i < SAMPLES; i++) {
                float[] sample = java.util.Arrays.copyOfRange(all, i * width, (i + 1) * width);
                float[] own = java.util.Arrays.copyOfRange(expected, i * outputs, (i + 1) * outputs);
                assertThat(predictor.predict(sample)).containsExactly(own, within(1e-5f));
            }
        }
    }

    private double[] predict(Network network, Graph graph) {
        return network.predict(scope, inputs(graph, network.type())).values().toDoubles();
    }

    private List<SampleRows> inputs(Graph graph, DType type) {
        try (Threads threads = Threads.of(1)) {
            return graph.samples(9, SAMPLES)
                    .gather(scope, threads, type, IntStream.range(0, SAMPLES).toArray(), 0, SAMPLES);
        }
    }

    /// The difference of a network to itself in the other gauge is rounding.
    @ParameterizedTest
    @EnumSource
    void inTheOtherGaugeItPredictsTheSame(Graph graph) {
        try (Network network = graph.network(Gauge.ORTHONORMAL, DType.FLOAT64, 3);
                Network free = network.inGauge(Gauge.FREE)) {
            Tensor y = network.predict(scope, inputs(graph, DType.FLOAT64)).values();
            Tensor other = free.predict(scope, inputs(graph, DType.FLOAT64)).values();
            assertThat(Ops.norm(Ops.sum(scope, y, -1, other))).isLessThan(1e-13 * (1 + Ops.norm(y)));
        }
    }
}
