package dev.stiefel.model;

import static dev.stiefel.nn.BatchNormSpec.batchNorm;
import static dev.stiefel.nn.ConvolutionSpec.conv;
import static dev.stiefel.nn.LinearSpec.linear;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.dot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.NetworkSpec.Input;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.AdditionSpec;
import dev.stiefel.nn.ConcatenationSpec;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LayerParameters;
import dev.stiefel.nn.LayerSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.nn.Sums;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What layers get from the pass through their network, and what it refuses.
class NetworkPassTest {
    private final Scope scope = Scope.open("test");

    @AfterEach
    void everythingIsFreed() {
        scope.close();
    }

    /// A layer whose output is its seed.
    record SeedSpec(int group) implements LayerSpec {
        @Override
        public SampleShape output(List<SampleShape> inputs) {
            return inputs.getFirst();
        }

        @Override
        public int samplesPerGroup() {
            return group;
        }

        @Override
        public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
            return new SeedLayer(name);
        }
    }

    private record SeedLayer(String name) implements Layer {
        @Override
        public Pass pass(PassContext context) {
            return new Pass() {
                @Override
                public void forward(List<SampleRows> inputs, Tensor output) {
                    output.set(0, 0, (double) context.seed());
                }

                @Override
                public void backward(Tensor delta, ParameterGradients gradients) {}

                @Override
                public void inputGradient(int input, Tensor into, Accumulation how) {}
            };
        }
    }

    private static double seed(String node, long batch) {
        NetworkSpec spec = NetworkSpec.vectors(1, x -> x.then(node, new SeedSpec(1)));
        try (Network network = network(spec);
                Scope scope = Scope.open("seed")) {
            return new NetworkPass(scope, network, PassMode.TRAINING, Products.NOW, Trained.ALL, batch)
                    .forward(List.of(SampleRows.vectors(scope.zeros(DType.FLOAT64, 1, 1))))
                    .values()
                    .get(0, 0);
        }
    }

    private static Network network(NetworkSpec spec) {
        return Network.random(spec, DType.FLOAT64, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1));
    }

    @Test
    void everyLayerAndEveryBatchHasASeedOfItsOwnThatIsAlwaysTheSame() {
        assertThat(List.of(seed("a", 1), seed("b", 1), seed("ab", 1), seed("ba", 1), seed("a", 2)))
                .doesNotHaveDuplicates();
        assertThat(seed("a.drop", 7)).isEqualTo(seed("a.drop", 7));
        assertThat(seed("a", 1))
                .isEqualTo((double) Rng.seeded(1).forPurpose("a").seed());
    }

    @Test
    void layersMustAgreeOnTheSamplesOfAGroup() {
        assertThat(NetworkSpec.vectors(
                                1,
                                x -> x.then("a", new SeedSpec(4))
                                        .then("b", new SeedSpec(1))
                                        .then("c", new SeedSpec(4)))
                        .samplesPerGroup())
                .isEqualTo(4);
        assertThatThrownBy(() ->
                        NetworkSpec.vectors(1, x -> x.then("a", new SeedSpec(4)).then("b", new SeedSpec(8))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("network: layers must agree on the samples of a group; got 4 and 8");
        assertThatThrownBy(() -> NetworkSpec.vectors(1, x -> x.then("a", new SeedSpec(0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("network: layer 'a': samples of a group must be at least 1; got 0");
    }

    @ParameterizedTest
    @CsvSource({"3, 2", "2, 2", "4, 2", "1, 1"})
    void sequencesOfDifferentLengthsAreNeitherAddedNorPutSideBySide(int first, int second) {
        SampleRows x = rows(2, 3);
        SampleRows y = rows(first, second);
        int at = first == 2 ? 1 : 0;
        for (LayerSpec layer : List.of(new AdditionSpec(), new ConcatenationSpec())) {
            String word = layer instanceof AdditionSpec ? "addition" : "concatenation";
            List<Input> inputs =
                    List.of(new Input("x", new SampleShape.Sequence(2)), new Input("y", new SampleShape.Sequence(2)));
            NetworkSpec spec = new NetworkSpec(
                    inputs, List.of(new Node("both", layer, List.of("x", "y"))), new MeanSquaredError());
            try (Network network = network(spec)) {
                assertThatThrownBy(() -> network.predict(scope, List.of(x, y)))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "%s 'both': every sample must have the same rows at all inputs;"
                                        + " sample %d has %d at input 0 and %d at input 1",
                                word, at, at == 0 ? 2 : 3, at == 0 ? first : second);
                assertThat(network.predict(scope, List.of(x, rows(2, 3))).layout())
                        .isEqualTo(x.layout());
            }
        }
    }

    private SampleRows rows(int... lengths) {
        RowLayout layout = RowLayout.of(lengths);
        return new SampleRows(scope.zeros(DType.FLOAT64, layout.rows(), 2), layout);
    }

    /// Convolutions and their batch normalizations are computed together here: gradients against differences.
    @Test
    void gradientsOfNormalizedConvolutionsAreThoseOfTheLoss() {
        NetworkSpec spec = NetworkSpec.images(5, 4, 2, x -> {
            NetworkGraph.Value stem = x.then("stem", conv(4, 3).withoutBias())
                    .then("stem.norm", batchNorm().group(4));
            NetworkGraph.Value block = stem.then("a", conv(6, 3).rank(2).withoutBias())
                    .then("a.norm", batchNorm().group(4).activation(Activation.TANH))
                    .then("b", conv(4, 3).rank(3).withoutBias())
                    .then("b.norm", batchNorm().group(4));
            return block.plus(stem);
        });
        int samples = 8; // two groups
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1))) {
            Tensor x = scope.uninitialized(DType.FLOAT64, samples * 20, 2);
            Rng.seeded(2).fillNormal(x, 1);
            Map<String, Tensor> dense = new HashMap<>();
            Map<String, FactorGradients> factored = new HashMap<>();
            Map<Tensor, Tensor> gradients = new LinkedHashMap<>(); // of each tensor
            for (Parameter each : network.parameters()) {
                switch (each) {
                    case DenseParameter vector -> {
                        Tensor place = vector.value().copy(scope);
                        dense.put(each.name(), place);
                        gradients.put(vector.value(), place);
                    }
                    case FactoredParameter weight -> {
                        Factors f = (Factors) weight.weight();
                        Tensor K = f.U().copy(scope);
                        Tensor L = f.V().copy(scope);
                        factored.put(each.name(), new FactorGradients(K, L, null));
                        gradients.put(f.U(), K);
                        gradients.put(f.V(), L);
                    }
                }
            }
            NetworkPass pass = new NetworkPass(scope, network, PassMode.TRAINING);
            ParameterGradients places = new ParameterGradients(factored, dense, Products.NOW);
            pass.backward(output(pass, x, samples).copy(scope), places);
            places.finish();
            gradients.forEach((tensor, gradient) -> {
                Tensor direction = tensor.copy(scope);
                Rng.seeded(3).fillNormal(direction, 1);
                double step = 1e-5;
                axpyInPlace(tensor, step, direction);
                double above = loss(network, x, samples);
                axpyInPlace(tensor, -2 * step, direction);
                double below = loss(network, x, samples);
                axpyInPlace(tensor, step, direction);
                double expected = (above - below) / (2 * step);
                assertThat(dot(gradient, direction))
                        .isCloseTo(expected, within(1e-6 * Math.max(1, Math.abs(expected))));
            });
        }
    }

    private static Tensor output(NetworkPass pass, Tensor x, int samples) {
        return pass.forward(List.of(new SampleRows(x, RowLayout.uniform(samples, x.rows() / samples), 0)))
                .values();
    }

    /// Half the squares of the outputs, whose gradient the outputs are.
    private double loss(Network network, Tensor x, int samples) {
        Tensor y = output(new NetworkPass(scope, network, PassMode.TRAINING), x, samples);
        return 0.5 * dot(y, y);
    }

    /// A wide output is computed some rows at a time: sums and gradients are those of all rows at once.
    @ParameterizedTest
    @ValueSource(ints = {1, 600, 1100})
    void aWideOutputIsNeverWhole(int rows) {
        NetworkSpec spec = NetworkSpec.vectors(
                3, x -> x.then("a", linear(4).activation(Activation.TANH)).then("b", linear(1024)));
        Tensor x = scope.uninitialized(DType.FLOAT64, rows, 3);
        Rng.seeded(2).fillNormal(x, 1);
        int[] labels = new int[rows + 1];
        Arrays.setAll(labels, i -> i % 7 == 3 ? Targets.Classes.NONE : i * 31 % 1024);
        Targets targets = new Targets.Classes(labels);
        Objective objective = new Objective(new SoftmaxCrossEntropy(), List.of(new Accuracy()));
        List<SampleRows> batch = List.of(SampleRows.vectors(x));
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1))) {
            Map<String, Tensor> whole = places(network);
            NetworkPass pass = new NetworkPass(scope, network, PassMode.TRAINING);
            Tensor y = pass.forward(batch).values();
            Sums expected = objective.evaluateInto(pass.delta(), y, targets, 1, 0.1);
            pass.backward(pass.delta(), new ParameterGradients(Map.of(), whole, Products.NOW));

            Map<String, Tensor> blocks = places(network);
            Sums sums = pass.evaluate(
                    batch, objective, targets, 1, 0.1, new ParameterGradients(Map.of(), blocks, Products.NOW));
            assertThat(sums.loss()).isEqualTo(expected.loss(), within(1e-12 * expected.loss()));
            assertThat(sums.measure(0)).isEqualTo(expected.measure(0));
            assertThat(sums.rows()).isEqualTo(expected.rows());
            whole.forEach((name, gradient) ->
                    assertThat(blocks.get(name).toDoubles()).containsExactly(gradient.toDoubles(), within(1e-13)));

            Sums forward = new NetworkPass(scope, network, PassMode.EVALUATION).evaluate(batch, objective, targets, 1);
            assertThat(forward.loss()).isEqualTo(sums.loss(), within(1e-12 * expected.loss()));
            assertThat(network.widestColumns()).isEqualTo(4);
        }
    }

    private Map<String, Tensor> places(Network network) {
        Map<String, Tensor> places = new LinkedHashMap<>();
        for (DenseParameter each : network.dense().all()) {
            Tensor like = each.value();
            places.put(
                    each.name(),
                    each.isMatrix()
                            ? scope.zeros(DType.FLOAT64, like.rows(), like.columns())
                            : scope.zeros(DType.FLOAT64, Math.toIntExact(like.size())));
        }
        return places;
    }
}
