package dev.stiefel.io;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.nn.MeanPoolSpec.globalAveragePool;
import static dev.stiefel.nn.PoolingSpec.averagePool;
import static dev.stiefel.nn.PoolingSpec.maxPool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import ai.onnxruntime.OrtException;
import dev.stiefel.io.Onnx.Ending;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.AlexNet;
import dev.stiefel.model.LeNet5;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkGraph;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.ResNet20;
import dev.stiefel.model.SmallConvNet;
import dev.stiefel.model.Vgg16;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.ActivationSpec;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.DropoutSpec;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.MeanPoolSpec;
import dev.stiefel.nn.PoolingSpec;
import dev.stiefel.nn.PoolingSpec.Kind;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Vector;
import dev.stiefel.nn.SubsampleSpec;
import dev.stiefel.nn.Window;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// ONNX Runtime says what models of networks for images do.
class OnnxImagesTest {
    private static final List<Integer> BATCHES = List.of(1, 5);
    private static final double TOLERANCE = 1e-5; // of the greatest output: some rounding errors of float32
    private static final Image IMAGE = new Image(5, 6, 3); // all sides differ

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

    static Stream<LayerSpec> imageLayers() {
        Window overlapping = Window.of(3, 2).stride(2).padding(1, 1);
        Window dilated = Window.of(2, 3).dilation(2).padding(1, 1);
        return Stream.of(
                conv(4, 3),
                conv(4, 3).relu().withoutBias(),
                conv(4, 1).activation(Activation.GELU),
                conv(4, 3).stride(2).activation(Activation.LEAKY_RELU),
                conv(4, Window.of(2, 3)).activation(Activation.TANH),
                conv(4, Window.of(3, 1).stride(2).padding(2, 1)),
                conv(7, Window.of(3, 2).dilation(2).padding(2, 1)).withoutBias(),
                maxPool(2),
                averagePool(2),
                new PoolingSpec(Kind.MAX, overlapping),
                new PoolingSpec(Kind.AVERAGE, overlapping),
                new PoolingSpec(Kind.MAX, dilated),
                new PoolingSpec(Kind.AVERAGE, dilated),
                globalAveragePool(),
                new SubsampleSpec(2, 3),
                new SubsampleSpec(2, 6),
                new SubsampleSpec(1, 4),
                new SubsampleSpec(1, 3),
                new DropoutSpec(0.5),
                ActivationSpec.relu(),
                batchNorm().relu(),
                ReshapeSpec.flatten(),
                new ReshapeSpec(10),
                linear(4).relu());
    }

    @ParameterizedTest
    @MethodSource("imageLayers")
    void aLayerOfImagesDoesWhatTheNetworkDoes(LayerSpec layer) throws Exception {
        for (Image image : List.of(IMAGE, new Image(6, 5, 1))) {
            if (layer.equals(new SubsampleSpec(2, 3)) && image.channels() == 1) {
                continue;
            }
            requireSame(NetworkSpec.of(image, x -> x.then("a", layer)));
            requireSame(NetworkSpec.of(image, x -> x.then("before", conv(3, 1)).then("a", layer)));
            requireSame(NetworkSpec.of(image, x -> x.then("before", linear(3)).then("a", layer)));
        }
    }

    @ParameterizedTest
    @MethodSource("imageLayers")
    void aFactoredKernelStaysFactored(LayerSpec layer) throws Exception {
        NetworkSpec dense = NetworkSpec.of(IMAGE, x -> x.then("a", layer));
        if (dense.weights().isEmpty()) {
            return;
        }
        for (int rank : List.of(1, 3)) {
            for (Gauge gauge : Gauge.values()) {
                NetworkSpec spec = factored(dense, rank);
                try (Network network = network(spec, gauge)) {
                    requireSame(network);

                    long numbers =
                            ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                                    .filter(each -> each.getName().contains("weight"))
                                    .mapToLong(each -> each.getRawData().size() / Float.BYTES)
                                    .sum();
                    assertThat(numbers).isEqualTo(network.parameterCount());
                }
            }
        }
    }

    static Stream<ConvolutionSpec> kernels() {
        return imageLayers().filter(ConvolutionSpec.class::isInstance).map(ConvolutionSpec.class::cast);
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void aKernelInTuckerFormIsThreeConvolutions(ConvolutionSpec layer) throws Exception {
        for (Gauge gauge : Gauge.values()) {
            NetworkSpec spec = NetworkSpec.of(IMAGE, x -> x.then("a", layer.tucker(3, 2)));
            try (Network network = network(spec, gauge)) {
                requireSame(network);

                List<String> operators = new OnnxModel(file, spec).operators();
                assertThat(operators.stream().filter("Conv"::equals)).hasSize(3);
                long numbers = ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                        .filter(each -> each.getName().contains("weight"))
                        .mapToLong(each -> each.getRawData().size() / Float.BYTES)
                        .sum();
                assertThat(numbers).isEqualTo(network.parameterCount());
            }
        }
    }

    @Test
    void aNormalizationIsPartOfTheLastOfThree() throws Exception {
        NetworkSpec spec = NetworkSpec.of(
                IMAGE,
                x -> x.then("a", conv(4, 3).withoutBias().tucker(2, 2))
                        .then("b", batchNorm().relu()));
        requireSame(spec);

        assertThat(new OnnxModel(file, spec).operators()).containsExactly("Conv", "Conv", "Conv", "Relu");
    }

    static Stream<Named<NetworkSpec>> networks() {
        Image small = new Image(16, 16, 3);
        return Stream.of(
                Named.of("LeNet5", LeNet5.of(small, 10)),
                Named.of("AlexNet", AlexNet.of(small, 10)),
                Named.of("VGG16", Vgg16.of(new Image(32, 32, 3), 10)),
                Named.of("ResNet20", ResNet20.of(new Image(9, 8, 3), 10)),
                Named.of("ResNet20 with extra layers", ResNet20.withExtraLayers(new Image(7, 8, 1), 10)),
                Named.of("ResNet20 with projections", ResNet20.withProjections(new Image(9, 8, 3), 10)),
                Named.of("a small network", SmallConvNet.of(new Image(8, 8, 1), 10)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void aPublishedNetworkDoesWhatItDoesHereWithoutBatchNormalization(NetworkSpec dense) throws Exception {
        for (NetworkSpec spec : List.of(dense, factored(dense, 4))) {
            requireSame(spec);

            assertThat(new OnnxModel(file, spec).operators()).doesNotContain("BatchNormalization", "Mul");
        }
    }

    @Test
    void aNetworkOfImagesNeedsNoConversionButThatBeforeItsLinearLayers() throws Exception {
        NetworkSpec small = SmallConvNet.of(new Image(8, 8, 2), 10);
        requireSame(small);
        assertThat(new OnnxModel(file, small).operators())
                .containsExactly(
                        "Conv",
                        "Relu",
                        "Conv",
                        "Relu",
                        "MaxPool",
                        "Conv",
                        "Relu",
                        "MaxPool", // 2 × 2 pixels
                        "Transpose",
                        "Reshape",
                        "Gemm",
                        "Relu",
                        "Gemm");

        NetworkSpec residual = ResNet20.of(new Image(8, 8, 3), 10);
        requireSame(residual);
        assertThat(new OnnxModel(file, residual).operators()).doesNotContain("Transpose", "Reshape");

        NetworkSpec smallest = SmallConvNet.of(new Image(4, 5, 3), 10); // one pixel is left
        requireSame(smallest);
        assertThat(new OnnxModel(file, smallest).operators()).doesNotContain("Transpose");
    }

    @Test
    void aValueIsConvertedOnceForAllThatTakeIt() throws Exception {
        NetworkSpec spec = NetworkSpec.of(IMAGE, x -> {
            NetworkGraph.Value a = x.then("a", conv(3, 3));
            NetworkGraph.Value rows = a.then("b", linear(3)).plus(a.then("c", linear(3)));
            NetworkGraph.Value planes = rows.then("d", conv(2, 3)).plus(rows.then("e", conv(2, 1)));
            return planes.then("flat", ReshapeSpec.flatten());
        });
        requireSame(spec);

        assertThat(new OnnxModel(file, spec)
                        .operators().stream().filter("Transpose"::equals).count())
                .isEqualTo(3 + 2); // to rows, to planes, and before the reshape; two weights
    }

    static Stream<UnaryOperator<NetworkGraph.Value>> mixtures() {
        return Stream.of(
                x -> x.then("a", conv(3, 3)).plus(x),
                x -> x.then("a", linear(3)).plus(x),
                x -> x.then("a", linear(3)).plus(x.then("b", conv(3, 3)), x),
                x -> x.then("a", conv(2, 3)).beside(x, x.then("b", linear(1))),
                x -> x.then("a", linear(2)).beside(x.then("b", linear(1))),
                x -> x.then("a", linear(2)).then("b", globalAveragePool()),
                x -> x.then("a", linear(2)).then("b", ActivationSpec.relu()).then("c", batchNorm()),
                x -> x.then("a", new ReshapeSpec(10))
                        .then("b", new MeanPoolSpec())
                        .then("c", new MeanPoolSpec()));
    }

    @ParameterizedTest
    @MethodSource("mixtures")
    void layersOfRowsAndOfPlanesMayMeet(UnaryOperator<NetworkGraph.Value> layers) throws Exception {
        requireSame(NetworkSpec.of(IMAGE, layers));
    }

    @Test
    void imagesOfDifferentSizesLieSideBySideAsRows() throws Exception {
        NetworkGraph graph = new NetworkGraph();
        NetworkGraph.Value tall = graph.input("tall", new Image(3, 2, 2));
        NetworkGraph.Value wide = graph.input("wide", new Image(2, 3, 1));
        NetworkGraph.Value rows = graph.input("rows", new Matrix(6, 2));
        requireSame(graph.output(tall.then("a", conv(2, 1)).beside(wide, rows)));
    }

    static Stream<UnaryOperator<NetworkGraph.Value>> folded() {
        return Stream.of(
                x -> x.then("a", conv(4, 3).withoutBias()).then("b", batchNorm().relu()),
                x -> x.then("a", conv(4, 3)).then("b", batchNorm()),
                x -> x.then("a", linear(4)).then("b", batchNorm().activation(Activation.TANH)),
                x -> x.then("flat", ReshapeSpec.flatten())
                        .then("a", linear(4))
                        .then("b", batchNorm())
                        .then("c", linear(3)));
    }

    @ParameterizedTest
    @MethodSource("folded")
    void aNormalizationThatAloneTakesFromALinearLayerIsPartOfIt(UnaryOperator<NetworkGraph.Value> layers)
            throws Exception {
        NetworkSpec dense = NetworkSpec.of(IMAGE, layers);
        for (NetworkSpec spec : List.of(dense, factored(dense, 2))) {
            for (Gauge gauge : Gauge.values()) {
                try (Network network = network(spec, gauge)) {
                    requireSame(network);
                }
                assertThat(new OnnxModel(file, spec).operators()).doesNotContain("BatchNormalization", "Mul");
            }
        }
    }

    static Stream<UnaryOperator<NetworkGraph.Value>> notFolded() {
        return Stream.of(
                x -> x.then("a", batchNorm()),
                x -> x.then("a", conv(3, 3).relu()).then("b", batchNorm().relu()),
                x -> x.then("a", maxPool(2)).then("b", batchNorm()),
                x -> {
                    NetworkGraph.Value a = x.then("a", conv(3, 3));
                    return a.then("b", batchNorm().relu()).plus(a);
                },
                x -> {
                    NetworkGraph.Value a = x.then("a", conv(3, 3));
                    return a.then("b", batchNorm().relu()).plus(a.then("c", batchNorm()));
                },
                x -> x.then("flat", ReshapeSpec.flatten())
                        .then("a", linear(4).relu())
                        .then("b", batchNorm()));
    }

    @ParameterizedTest
    @MethodSource("notFolded")
    void anyOtherNormalizationIsANode(UnaryOperator<NetworkGraph.Value> layers) throws Exception {
        NetworkSpec spec = NetworkSpec.of(IMAGE, layers);
        requireSame(spec);

        assertThat(new OnnxModel(file, spec).operators()).contains("BatchNormalization");
    }

    @Test
    void rowsAreNormalizedColumnByColumn() throws Exception {
        for (SampleShape shape : List.of(new Matrix(4, 3), new Vector(5))) {
            requireSame(NetworkSpec.of(shape, x -> x.then("a", batchNorm().relu())));
        }
    }

    @Test
    void aWeightThatIsUsedTwiceIsScaledOnlyWhereItIsNormalized() throws Exception {
        requireSame(NetworkSpec.vectors(
                4,
                x -> x.then("a", linear(4))
                        .then("b", batchNorm())
                        .then("c", linear(4).tiedTo("a.weight"))
                        .then("d", linear(4).tiedTo("a.weight").relu())));
    }

    @Test
    void rawImagesAreStandardizedPixelByPixel() throws Exception {
        NetworkSpec spec = NetworkSpec.of(
                IMAGE,
                x -> x.then("a", conv(4, 3).relu())
                        .then("flat", ReshapeSpec.flatten())
                        .then("b", linear(3)));
        int values = IMAGE.values().orElseThrow();
        float[] means = new float[values];
        float[] deviations = new float[values];
        for (int j = 0; j < values; j++) {
            means[j] = j / 64f;
            deviations[j] = 1 + j / 32f;
        }
        SampleRows raw = samples(IMAGE, 5);
        float[] standardized = raw.values().toFloats();
        for (int i = 0; i < standardized.length; i++) {
            standardized[i] = (standardized[i] - means[i % values]) / deviations[i % values];
        }
        SampleRows prepared =
                new SampleRows(scope.matrix(raw.values().rows(), IMAGE.columns(), standardized), raw.layout());
        try (Network network = network(spec, Gauge.ORTHONORMAL)) {
            Onnx.of(network).standardizing(means, deviations).write(file);
            requireNear(new OnnxModel(file, spec).run(List.of(raw)), predict(network, List.of(prepared)));
        }
    }

    @Test
    void imagesComeInAndGoOutAsPlanes() throws Exception {
        NetworkSpec spec = NetworkSpec.of(IMAGE, x -> x.then("a", conv(2, 3).stride(2)));
        try (Network network = network(spec, Gauge.ORTHONORMAL)) {
            Onnx.of(network).write(file);
            ModelProto model = ModelProto.parseFrom(Files.readAllBytes(file));
            assertThat(extents(model.getGraph().getInput(0))).containsExactly(0L, 3L, 5L, 6L); // 0: free
            assertThat(extents(model.getGraph().getOutput(0))).containsExactly(0L, 2L, 3L, 3L);

            List<SampleRows> x = List.of(samples(IMAGE, 5));
            float[] expected = predict(network, x);
            Onnx.of(network).rescaling(new float[] {1, 2}, new float[] {3, 4}).write(file);
            float[] rescaled = expected.clone();
            for (int i = 0; i < rescaled.length; i++) {
                rescaled[i] = rescaled[i] * (3 + i % 2) + 1 + i % 2;
            }
            requireNear(new OnnxModel(file, spec).run(x), rescaled);
            Onnx.of(network).ending(Ending.PROBABILITIES).write(file);
            float[] probabilities = new float[expected.length];
            for (int i = 0; i < expected.length; i++) {
                probabilities[i] = (float) (1 / (1 + Math.exp(expected[i ^ 1] - expected[i])));
            }
            requireNear(new OnnxModel(file, spec).run(x), probabilities);
        }
    }

    private static List<Long> extents(ValueInfoProto value) {
        return value.getType().getTensorType().getShape().getDimList().stream()
                .map(each -> each.getDimValue())
                .toList();
    }

    @Test
    void constantsAreNamedAfterTheNumbersOfTheNetwork() throws Exception {
        NetworkSpec spec = NetworkSpec.of(
                IMAGE,
                x -> x.then("a", conv(4, 3).rank(2).withoutBias())
                        .then("b", batchNorm())
                        .then("c", conv(2, 3)));
        requireSame(spec);

        Map<String, List<Long>> constants =
                ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getInitializerList().stream()
                        .collect(Collectors.toMap(TensorProto::getName, TensorProto::getDimsList));
        assertThat(constants)
                .containsOnly(
                        Map.entry("a.weight.V", List.of(2L, 3L, 3L, 3L)),
                        Map.entry("a.weight.US", List.of(4L, 2L, 1L, 1L)),
                        Map.entry("a.bias", List.of(4L)),
                        Map.entry("c.weight", List.of(2L, 4L, 3L, 3L)),
                        Map.entry("c.bias", List.of(2L)));
    }

    private static NetworkSpec factored(NetworkSpec dense, int rank) {
        Map<String, OptionalInt> ranks = new LinkedHashMap<>();
        for (WeightSpec each : dense.weights()) {
            ranks.put(each.name(), OptionalInt.of(Math.min(rank, Math.min(each.rows(), each.columns()))));
        }
        return dense.withRanks(ranks);
    }

    private void requireSame(NetworkSpec spec) throws IOException, OrtException {
        try (Network network = network(spec, Gauge.ORTHONORMAL)) {
            requireSame(network);
        }
    }

    private void requireSame(Network network) throws IOException, OrtException {
        Onnx.of(network).write(file);
        NetworkSpec spec = network.spec();
        for (int batch : BATCHES) {
            List<SampleRows> x = spec.inputs().stream()
                    .map(each -> samples(each.shape(), batch))
                    .toList();
            requireNear(new OnnxModel(file, spec).run(x), predict(network, x));
        }
    }

    private float[] predict(Network network, List<SampleRows> x) {
        return network.predict(scope, x).values().toFloats();
    }

    private static void requireNear(float[] actual, float[] expected) {
        double largest = 0;
        for (float each : expected) {
            largest = Math.max(largest, Math.abs(each));
        }
        assertThat(largest).isPositive();
        assertThat(actual).containsExactly(expected, within((float) (TOLERANCE * largest)));
    }

    /// A network with biases, scales and statistics that are not those of a new one.
    private static Network network(NetworkSpec spec, Gauge gauge) {
        Rng rng = Rng.seeded(11);
        Network network = Network.random(spec, DType.FLOAT32, gauge, new Spectrum.Gaussian(), rng);
        for (Parameter each : network.parameters()) {
            if (each instanceof DenseParameter dense && !dense.isMatrix()) {
                fill(dense.value(), dense.name().endsWith("scale") ? 1 : 0, rng);
            }
        }
        network.statistics().forEach((name, values) -> fill(values, name.endsWith("variance") ? 1 : 0, rng));
        return network;
    }

    /// Numbers around the middle, at most a half away.
    private static void fill(Tensor vector, double middle, Rng rng) {
        double[] values = rng.uniform(Math.toIntExact(vector.size()));
        vector.setAll(Arrays.stream(values).map(each -> middle + each - 0.5).toArray());
    }

    private SampleRows samples(SampleShape shape, int count) {
        int rows = shape.rows().orElseThrow();
        Tensor x = scope.zeros(DType.FLOAT32, count * rows, shape.columns());
        Rng.seeded(7).fillNormal(x, 1);
        return new SampleRows(x, RowLayout.uniform(count, rows));
    }
}
