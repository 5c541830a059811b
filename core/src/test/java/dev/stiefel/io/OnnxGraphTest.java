package dev.stiefel.io;

import static dev.stiefel.nn.LinearSpec.linear;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import dev.stiefel.io.Onnx.Ending;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkGraph;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.OperatorGraph;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// ONNX Runtime says what models do whose weights are shared, whose inputs have names and shapes of their own, and
/// whose layers have names that the model uses as well.
class OnnxGraphTest {
    private static final int SAMPLES = 5;
    private static final float TOLERANCE = 1e-5f; // some rounding errors of float32, for outputs of order 1

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

    @Test
    void aWeightThatSeveralLayersApplyToRowsIsTransposedOnce() throws Exception {
        NetworkSpec spec = NetworkSpec.of(
                new Matrix(4, 3),
                x -> x.then("a", linear(3)).then("b", linear(3).tiedTo("a.weight")));

        requireSame(spec);

        assertThat(new OnnxModel(file, spec).operators())
                .containsExactly("Transpose", "MatMul", "Add", "MatMul", "Add");
    }

    static Stream<SampleShape> inputShapes() {
        return Stream.of(new Vector(6), new Matrix(3, 2), new Image(2, 2, 3));
    }

    @ParameterizedTest
    @MethodSource("inputShapes")
    void theOnlyInputIsStandardizedWhateverItsNameAndShape(SampleShape shape) throws Exception {
        int width = shape.values().orElseThrow();
        float[] means = new float[width];
        float[] deviations = new float[width];
        for (int j = 0; j < width; j++) {
            means[j] = j / 8f;
            deviations[j] = 1 + j / 16f;
        }
        NetworkGraph graph = new NetworkGraph();
        NetworkSpec spec = graph.output(graph.input("picture", shape).then("a", linear(4)));
        try (Network network = network(spec)) {
            Onnx.of(network).standardizing(means, deviations).write(file);

            SampleRows raw = samples(shape);
            raw.values().set(0, 1, Float.NaN); // missing, so the mean
            float[] standardized = raw.values().toFloats();
            for (int i = 0; i < standardized.length; i++) {
                float scaled = (standardized[i] - means[i % width]) / deviations[i % width];
                standardized[i] = Float.isNaN(scaled) ? 0 : scaled;
            }
            SampleRows prepared =
                    new SampleRows(scope.matrix(raw.values().rows(), shape.columns(), standardized), raw.layout());
            float[] expected =
                    network.predict(scope, List.of(prepared)).values().toFloats();
            assertThat(run(spec, List.of(raw), "output")).containsExactly(expected, within(TOLERANCE));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "output",
                "probabilities",
                "output.scaled",
                "output.mean",
                "x.mean",
                "x.centred",
                "b.product",
                "b.linear",
                "b.reduced",
                "b.weight",
                "b.weight.transposed",
                "b.weight.V",
                "b.shape"
            })
    void aHiddenLayerMayHaveANameThatTheModelUses(String name) throws Exception {
        for (LayerSpec next : List.of(linear(4).rank(2).relu(), linear(4).relu(), new ReshapeSpec(2))) {
            for (SampleShape shape : List.of(new Vector(4), new Matrix(2, 4))) {
                NetworkGraph graph = new NetworkGraph();
                requireSame(graph.output(graph.input("x", shape)
                        .then(name, linear(4).relu())
                        .then("b", next)
                        .then("last", linear(3))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"output", "probabilities", "output.scaled", "output.rescaled", "input.mean", "layer"})
    void theLastLayerMayHaveANameThatTheModelUses(String name) throws Exception {
        requireSame(NetworkSpec.vectors(
                4, x -> x.then("a", linear(4)).then(name, linear(3).relu())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "probabilities", "output.scaled", "x.centred", "last.weight", "last.linear"})
    void anInputMayHaveANameThatTheModelUses(String name) throws Exception {
        NetworkGraph graph = new NetworkGraph();
        requireSame(graph.output(
                graph.input(name, new Vector(4)).then("input", linear(4).relu()).then("last", linear(3))));
    }

    @Test
    void ifAnInputIsCalledOutputTheOutputIsCalledOtherwise() throws Exception {
        NetworkGraph graph = new NetworkGraph();
        NetworkSpec spec = graph.output(graph.input("output", new Vector(4)).then("a", linear(3)));
        try (Network network = network(spec)) {
            Onnx.of(network).write(file);

            List<SampleRows> x = List.of(samples(new Vector(4)));
            float[] expected = network.predict(scope, x).values().toFloats();
            assertThat(run(spec, x, "output.1")).containsExactly(expected, within(TOLERANCE));
        }
    }

    static Stream<NetworkSpec> endsInWhatComesIn() {
        return Stream.of(
                NetworkSpec.vectors(4, x -> x.then("only", new FirstSpec())),
                NetworkSpec.images(2, 2, 3, x -> x.then("a", new FirstSpec()).then("b", new FirstSpec())),
                NetworkSpec.vectors(4, x -> x.then("a", linear(4)).then("last", new FirstSpec())),
                NetworkSpec.vectors(4, x -> {
                    NetworkGraph.Value a = x.then("a", linear(4));
                    return a.with(List.of(a.then("b", linear(4))), "last", new FirstSpec());
                }));
    }

    @ParameterizedTest
    @MethodSource("endsInWhatComesIn")
    void aLastLayerMayHandOnWhatComesIn(NetworkSpec spec) throws Exception {
        requireSame(spec);
    }

    /// The network's outputs, as they are, rescaled and as probabilities, also of standardized inputs.
    private void requireSame(NetworkSpec spec) throws IOException, OrtException {
        SampleShape input = spec.inputs().getFirst().shape();
        float[] means = new float[input.values().orElseThrow()];
        float[] deviations = new float[means.length];
        Arrays.fill(deviations, 1);
        float[] outputMeans = new float[spec.outputs()];
        float[] outputDeviations = new float[spec.outputs()];
        Arrays.fill(outputMeans, 0.5f);
        Arrays.fill(outputDeviations, 2);
        List<SampleRows> x = List.of(samples(input));
        try (Network network = network(spec)) {
            float[] expected = network.predict(scope, x).values().toFloats();
            float[] rescaled = expected.clone();
            for (int i = 0; i < rescaled.length; i++) {
                rescaled[i] = rescaled[i] * 2 + 0.5f;
            }
            Onnx.of(network).standardizing(means, deviations).write(file);
            assertThat(run(spec, x, "output")).containsExactly(expected, within(TOLERANCE));
            Onnx.of(network).rescaling(outputMeans, outputDeviations).write(file);
            assertThat(run(spec, x, "output")).containsExactly(rescaled, within(2 * TOLERANCE));
            Onnx.of(network).ending(Ending.PROBABILITIES).write(file);
            assertThat(run(spec, x, "output")).containsExactly(softmax(expected, spec.outputs()), within(TOLERANCE));
            Onnx.of(network).write(file);
            assertThat(run(spec, x, "output")).containsExactly(expected, within(TOLERANCE));
        }
    }

    private static float[] softmax(float[] logits, int classes) {
        float[] all = new float[logits.length];
        for (int at = 0; at < all.length; at += classes) {
            double sum = 0;
            for (int j = at; j < at + classes; j++) {
                sum += Math.exp(logits[j]);
            }
            for (int j = at; j < at + classes; j++) {
                all[j] = (float) (Math.exp(logits[j]) / sum);
            }
        }
        return all;
    }

    private static Network network(NetworkSpec spec) {
        return Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(3));
    }

    private SampleRows samples(SampleShape shape) {
        int rows = shape.rows().orElseThrow();
        Tensor x = scope.zeros(DType.FLOAT32, SAMPLES * rows, shape.columns());
        Rng.seeded(7).fillNormal(x, 1);
        return new SampleRows(x, RowLayout.uniform(SAMPLES, rows));
    }

    private float[] run(NetworkSpec spec, List<SampleRows> inputs, String output) throws OrtException {
        return new OnnxModel(file, spec).run(inputs, output);
    }

    /// A layer that hands on the first of its inputs, and adds no node.
    private record FirstSpec() implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            return new First(name);
        }
    }

    private record First(String name) implements Layer {
        @Override
        public String export(OperatorGraph graph, List<String> inputs) {
            return inputs.getFirst();
        }

        @Override
        public Pass pass(PassContext context) {
            return new Pass() {
                @Override
                public void forward(List<SampleRows> inputs, Tensor output) {
                    output.copyFrom(inputs.getFirst().values());
                }

                @Override
                public void backward(Tensor delta, ParameterGradients gradients) {
                    throw new UnsupportedOperationException("first: is not trained");
                }

                @Override
                public void inputGradient(int input, Tensor into, Accumulation how) {
                    throw new UnsupportedOperationException("first: is not trained");
                }
            };
        }
    }
}
