package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NetworkTest {
    private final long ownersBefore = Scope.liveOwners();
    private final Scope scope = Scope.open("test");

    @AfterEach
    void everythingIsFreed() {
        scope.close();
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    /// Dense, factored, factored, dense: every order of neighbours but dense after dense.
    private static NetworkBuilder mixed() {
        return Network.builder(7)
                .dense(6, Activation.RELU)
                .factored(5, 3, Activation.GELU)
                .factored(9, 2, Activation.TANH)
                .dense(4, Activation.IDENTITY);
    }

    static Stream<Arguments> kinds() {
        return Stream.of(DType.values())
                .flatMap(type -> Stream.of(Gauge.values()).map(gauge -> Arguments.of(type, gauge)));
    }

    @Test
    void theBuilderDescribesWhatItBuilds() {
        NetworkBuilder builder =
                mixed().loss(new MeanSquaredError()).type(DType.FLOAT64).gauge(Gauge.FREE);
        try (Network network = builder.build(Rng.seeded(1))) {
            assertThat(network.spec()).isEqualTo(builder.spec());
            assertThat(network.type()).isEqualTo(DType.FLOAT64);
            assertThat(network.spec().loss()).isEqualTo(new MeanSquaredError());
            assertThat(network.ranks()).containsExactly(3, 2);
            assertThat(network.factors()).extracting(Factors::gauge).containsOnly(Gauge.FREE);
            assertThat(network.layers())
                    .extracting(Layer::name)
                    .containsExactly("layers.0", "layers.1", "layers.2", "layers.3");
        }
        assertThatThrownBy(() -> Network.builder(7).build(Rng.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("network: at least one layer is needed");
    }

    @Test
    void theDefaultsAreWhatTheCommentsSay() {
        try (Network network = mixed().build(Rng.seeded(1))) {
            assertThat(network.type()).isEqualTo(DType.FLOAT32);
            assertThat(network.spec().loss()).isEqualTo(new SoftmaxCrossEntropy());
            assertThat(network.factors()).extracting(Factors::gauge).containsOnly(Gauge.ORTHONORMAL);
        }
    }

    /// The mean of `N` squares of normal numbers deviates from their variance by `√(2 / N)` of it, and
    /// from there by five times that once in two million; the seed is fixed.
    @Test
    void denseWeightsAreDrawnByHesRuleAndBiasesAreZero() {
        int m = 100;
        int n = 200;
        try (Network network =
                Network.builder(n).dense(m, Activation.RELU).type(DType.FLOAT64).build(Rng.seeded(3))) {
            Tensor W = dense(network, 0);
            assertThat(Ops.dot(W, W) / (m * n)).isEqualTo(2.0 / n, within(5 * Math.sqrt(2.0 / (m * n)) * 2 / n));
            assertThat(network.dense().get("layers.0.bias").value().toDoubles()).containsOnly(0);
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void factoredWeightsHaveTheEnergyOfHesRule(DType type, Gauge gauge) {
        try (Network network = mixed().type(type).gauge(gauge).build(Rng.seeded(3))) {
            for (Factors factors : network.factors()) {
                Tensor W = factors.matrix(scope);
                double allowed = 50 * type.epsilon() * 2 * factors.rows();
                assertThat(Ops.dot(W, W)).isEqualTo(2.0 * factors.rows(), within(allowed));
                if (gauge == Gauge.ORTHONORMAL) {
                    assertThat(OrthonormalBasis.error(factors.U()))
                            .isLessThan(OrthonormalBasis.tolerance(type, factors.rows(), factors.rank()));
                }
            }
        }
    }

    /// A product of three such matrices has the energy `m n r² deviation⁶`, a thousandth of a dense He matrix's.
    @Test
    void theSpectrumIsTheOneAskedFor() {
        try (Network network =
                mixed().type(DType.FLOAT64).spectrum(new Spectrum.Decaying(2)).build(Rng.seeded(3))) {
            List<Double> sigma = network.factors().getFirst().singularValues();
            assertThat(sigma.get(1) / sigma.get(0)).isEqualTo(0.5, within(1e-14));
            assertThat(sigma.get(2) / sigma.get(1)).isEqualTo(0.5, within(1e-14));
        }
    }

    @Test
    void oneSeedMakesOneNetworkAndAnotherAnother() {
        try (Network a = mixed().build(Rng.seeded(3));
                Network b = mixed().build(Rng.seeded(3));
                Network c = mixed().build(Rng.seeded(4))) {
            assertThat(bits(a)).isEqualTo(bits(b));
            for (String name : a.tensors().keySet()) {
                if (name.contains("weight")) {
                    assertThat(bits(c).get(name)).isNotEqualTo(bits(a).get(name));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void aNetworkMadeOfTheTensorsOfAnotherHasItsBits(DType type, Gauge gauge) {
        try (Network network = mixed().type(type).gauge(gauge).build(Rng.seeded(3))) {
            Rng.seeded(5).fillNormal(network.dense().flat(), 1); // biases that are not zero
            try (Network copy = Network.of(network.spec(), gauge, network.tensors())) {
                assertThat(bits(copy)).isEqualTo(bits(network));
                assertThat(copy.dense().flat().toDoubles())
                        .isEqualTo(network.dense().flat().toDoubles());
                assertThat(copy.spec()).isEqualTo(network.spec());
                assertThat(copy.type()).isEqualTo(type);
                copy.dense().flat().clear();
                copy.factors().getFirst().U().clear();
                assertThat(bits(network)).isNotEqualTo(bits(copy)); // a copy, not a view
            }
        }
    }

    @Test
    void savedRanksCountAndNotThoseOfTheDescription() {
        NetworkSpec spec = mixed().spec();
        try (Network network = Network.random(
                        spec.withRanks(List.of(1, 4)),
                        DType.FLOAT32,
                        Gauge.ORTHONORMAL,
                        new Spectrum.Flat(),
                        Rng.seeded(1));
                Network copy = Network.of(spec, Gauge.ORTHONORMAL, network.tensors())) {
            assertThat(copy.ranks()).containsExactly(1, 4);
            assertThat(copy.spec()).isEqualTo(spec.withRanks(List.of(1, 4)));
        }
    }

    @Test
    void savedTensorsThatDoNotFitAreRefusedByName() {
        try (Network network = mixed().type(DType.FLOAT64).build(Rng.seeded(3))) {
            Map<String, Tensor> good = network.tensors();
            for (String name : good.keySet()) {
                requireRefused(network, without(good, name), "network: the tensor '%s' is missing".formatted(name));
            }
            requireRefused(
                    network,
                    with(with(good, "layers.4.bias", 4), "extra", 1),
                    "network 7-6-5-9-4: there is no place for layers.4.bias, extra");
            requireRefused(
                    network,
                    with(good, "layers.0.weight", 7, 6),
                    "network 7-6-5-9-4: 'layers.0.weight' must be float64 [6, 7]; got float64 [7, 6]");
            requireRefused(
                    network,
                    with(good, "layers.2.bias", 8),
                    "network 7-6-5-9-4: 'layers.2.bias' must be float64 [9]; got float64 [8]");
            Map<String, Tensor> single = new LinkedHashMap<>(good);
            single.put("layers.3.weight", scope.zeros(DType.FLOAT32, 4, 9));
            requireRefused(
                    network, single, "network 7-6-5-9-4: 'layers.3.weight' must be float64 [4, 9]; got float32 [4, 9]");
            requireRefused(
                    network,
                    with(good, "layers.1.weight.S", 2, 3),
                    "network 7-6-5-9-4: 'layers.1.weight': factors: U [m, p], S [p, q] and V [n, q] must fit;"
                            + " got [5, 3], [2, 3] and [6, 3]");
            requireRefused(
                    network,
                    with(good, "layers.1.weight.U", 5, 3),
                    "network 7-6-5-9-4: 'layers.1.weight': factors: U must have orthonormal columns, ‖QᵀQ − I‖ at most"
                            + " 1.5e-14; got 1.7e+00; orthonormalize it");
            Map<String, Tensor> swapped = new LinkedHashMap<>(good);
            for (String factor : List.of("U", "S", "V")) {
                swapped.put("layers.1.weight." + factor, good.get("layers.2.weight." + factor));
            }
            requireRefused(
                    network,
                    swapped,
                    "network 7-6-5-9-4: 'layers.1.weight' must be factors of a float64 [5, 6] matrix;"
                            + " got float64 [9, 2] 'U' and float64 [5, 2] 'V'");
        }
    }

    @Test
    void factorsOfTheOtherGaugeAreRefusedRatherThanMisread() {
        try (Network orthonormal = mixed().build(Rng.seeded(3));
                Network free = mixed().gauge(Gauge.FREE).build(Rng.seeded(3))) {
            assertThatThrownBy(() -> Network.of(orthonormal.spec(), Gauge.FREE, orthonormal.tensors()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("network 7-6-5-9-4: 'layers.1.weight': in the free gauge S must be the"
                            + " identity; got [3, 3] with element [0, 0] = ");
            assertThatThrownBy(() -> Network.of(free.spec(), Gauge.ORTHONORMAL, free.tensors()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith(
                            "network 7-6-5-9-4: 'layers.1.weight': factors: U must have orthonormal columns");
        }
    }

    @Test
    void aRefusedNetworkLeavesNothingBehindEvenWhenATensorIsClosed() {
        try (Network network = mixed().build(Rng.seeded(3))) {
            Map<String, Tensor> saved = new LinkedHashMap<>(network.tensors());
            Tensor closed = scope.zeros(DType.FLOAT32, 4, 9);
            closed.close();
            saved.put("layers.3.weight", closed);
            long owners = Scope.liveOwners();
            assertThatThrownBy(() -> Network.of(network.spec(), Gauge.ORTHONORMAL, saved))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(Scope.liveOwners()).isEqualTo(owners);
        }
    }

    @Test
    void denseUnknownsLieWeightsFirstAndThenBiasesLayerByLayer() {
        try (Network network = mixed().type(DType.FLOAT64).build(Rng.seeded(3))) {
            assertThat(network.dense().decayed()).isEqualTo(7 * 6 + 9 * 4);
            assertThat(network.dense().size()).isEqualTo(7 * 6 + 9 * 4 + 6 + 5 + 9 + 4);
            assertThat(network.dense().names())
                    .containsExactly(
                            "layers.0.weight",
                            "layers.3.weight",
                            "layers.0.bias",
                            "layers.1.bias",
                            "layers.2.bias",
                            "layers.3.bias");
            assertThat(network.dense().names().stream().map(network.dense()::offset))
                    .containsExactly(0, 42, 78, 84, 89, 98);
        }
    }

    /// 784·500 + 3·500·500 + 500·10 = 1,147,000 dense; at rank 20, 20·1284 + 3·20·1000 + 5,000 = 90,680.
    @Test
    void parametersAndCompressionOfThePapersNetworkAreThoseOfASheetOfPaper() {
        NetworkBuilder builder = Network.builder(784);
        for (int i = 0; i < 4; i++) {
            builder.factored(500, 20, Activation.RELU);
        }
        try (Network network = builder.dense(10, Activation.IDENTITY).build(Rng.seeded(1))) {
            assertThat(network.spec().denseParameters()).isEqualTo(1_147_000);
            assertThat(network.parameterCount()).isEqualTo(90_680);
            assertThat(network.compression()).isEqualTo(1 - 90_680 / 1_147_000.0);
            assertThat(network.dense().decayed()).isEqualTo(5_000);
            assertThat(network.dense().size()).isEqualTo(5_000 + 2_010);
            assertThat(network.spec()).hasToString("784-500-500-500-500-10");
        }
    }

    @Test
    void anInputWhoseSamplesHaveNotTheRowsOfItsShapeIsRefused() {
        NetworkGraph graph = new NetworkGraph();
        NetworkSpec spec = graph.output(
                graph.input("pixels", new SampleShape.Image(2, 3, 4)).then("out", LinearSpec.linear(2)));
        try (Network network =
                Network.random(spec, DType.FLOAT64, Gauge.FREE, new Spectrum.Gaussian(), Rng.seeded(1))) {
            Tensor x = random(12, 4);
            assertThatThrownBy(() -> network.predict(scope, x))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("network " + spec + ": input 'pixels' must have 6 rows for each sample; got 12 rows of"
                            + " 12 samples; give the layout of the rows beside them");
            SampleRows images = new SampleRows(x, RowLayout.uniform(2, 6));
            assertThat(network.predict(scope, List.of(images)).samples()).isEqualTo(2);
        }
    }

    @Test
    void aNetworkOfMoreDenseNumbersThanABufferHoldsIsRefused() {
        NetworkBuilder builder = Network.builder(50_000).dense(50_000, Activation.RELU);
        assertThatThrownBy(() -> builder.build(Rng.seeded(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("network 50000-50000: dense weights and biases must be at most 2147483647 numbers; got"
                        + " 2500050000; factor some weights");
    }

    @ParameterizedTest
    @EnumSource
    void predictingIsApplyingTheLayersOneAfterAnother(Gauge gauge) {
        try (Network network = mixed().type(DType.FLOAT64).gauge(gauge).build(Rng.seeded(3))) {
            Tensor x = random(11, 7);
            Tensor y = x;
            for (Layer layer : network.layers()) {
                Tensor next = scope.uninitialized(
                        DType.FLOAT64, 11, network.spec().shape(layer.name()).columns());
                layer.pass(new PassContext(scope, DType.FLOAT64, PassMode.EVALUATION, 0))
                        .forward(List.of(SampleRows.vectors(y)), next);
                y = next;
            }
            Tensor predicted = network.predict(scope, x);
            assertThat(predicted.toDoubles()).isEqualTo(y.toDoubles());
            assertThat(new NetworkPass(scope, network, PassMode.EVALUATION)
                            .forward(x)
                            .toDoubles())
                    .isEqualTo(y.toDoubles());
            assertThatThrownBy(() -> network.predict(scope, random(11, 6)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "network 7-6-5-9-4: input 'input' must be rows of 7 columns of 11 samples; got [11, 6]");
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void inAnotherGaugeANetworkPredictsTheSame(DType type, Gauge gauge) {
        Gauge other = gauge == Gauge.FREE ? Gauge.ORTHONORMAL : Gauge.FREE;
        Tensor x = Ops.cast(scope, random(11, 7), type);
        try (Network network = mixed().type(type).gauge(gauge).build(Rng.seeded(3));
                Network converted = network.inGauge(other);
                Network same = network.inGauge(gauge)) {
            assertThat(converted.factors()).extracting(Factors::gauge).containsOnly(other);
            assertThat(converted.spec()).isEqualTo(network.spec());
            Tensor y = network.predict(scope, x);
            Tensor difference = Ops.sum(scope, y, -1, converted.predict(scope, x));
            assertThat(Ops.norm(difference)).isLessThan(100 * type.epsilon() * Ops.norm(y));
            assertThat(bits(same)).isEqualTo(bits(network));
        }
    }

    @Test
    void weightsMayBeReplacedByFactorsOfAnyRank() {
        try (Network network = mixed().type(DType.FLOAT64).build(Rng.seeded(3));
                Factors whole = Factors.best(Svd.of(scope, dense(network, 0)), 6);
                Factors single = Factors.best(network.factors().getFirst().svd(scope), 1);
                Network changed = network.withWeights(Map.of("layers.0.weight", whole, "layers.1.weight", single))) {
            assertThat(changed.spec()).hasToString(network.spec().toString());
            assertThat(changed.ranks()).containsExactly(6, 1, 2);
            assertThat(changed.parameter("layers.3.weight")).isInstanceOf(DenseParameter.class);
            assertThat(Ops.norm(Ops.sum(scope, changed.factors().getFirst().matrix(scope), -1, dense(network, 0))))
                    .isLessThan(1e-13);
            assertThat(changed.tensors().get("layers.2.weight.S").toDoubles())
                    .isEqualTo(network.tensors().get("layers.2.weight.S").toDoubles());
            assertThatThrownBy(() -> network.withWeights(Map.of("layers.2.weight", single)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'layers.2.weight' must be factors of a float64 [9, 5] matrix");
            assertThatThrownBy(() -> network.withWeights(Map.of("layers.4.weight", whole)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("network 7-6-5-9-4: there is no weight 'layers.4.weight'; there are [layers.0.weight,"
                            + " layers.1.weight, layers.2.weight, layers.3.weight]");
        }
    }

    /// Central differences of step `h` miss a third derivative of order 1 by about `h²`, and by rounding `1e-16
    /// / h`.
    @ParameterizedTest
    @EnumSource
    void theGradientOfTheInputIsThatOfFiniteDifferences(Gauge gauge) {
        double h = 1e-5;
        Targets targets = new Targets.Classes(new int[] {0, 3, 1});
        try (Network network = Network.builder(7)
                .factored(6, 3, Activation.TANH)
                .dense(5, Activation.GELU)
                .factored(4, 2, Activation.IDENTITY)
                .type(DType.FLOAT64)
                .gauge(gauge)
                .build(Rng.seeded(3))) {
            Tensor x = random(3, 7);
            NetworkPass pass = new NetworkPass(scope, network, PassMode.EVALUATION_WITH_GRADIENT);
            Tensor outputs = pass.forward(x);
            Tensor delta = pass.delta();
            new Objective(network.spec().loss(), List.of()).evaluateInto(delta, outputs, targets, 0, 1);
            Tensor gradient = scope.uninitialized(DType.FLOAT64, 3, 7);
            pass.backward(delta, ParameterGradients.none(), List.of(gradient));

            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 7; j++) {
                    double value = x.get(i, j);
                    x.set(i, j, value + h);
                    double above = loss(network, x, targets);
                    x.set(i, j, value - h);
                    double below = loss(network, x, targets);
                    x.set(i, j, value);
                    assertThat(gradient.get(i, j)).isEqualTo((above - below) / (2 * h), within(1e-8));
                }
            }
        }
    }

    private double loss(Network network, Tensor x, Targets targets) {
        Tensor outputs = network.predict(scope, x);
        return new Objective(network.spec().loss(), List.of())
                .evaluateInto(outputs, outputs, targets, 0, 1)
                .loss();
    }

    @Test
    void severalThreadsMayPredictAtOnce() throws InterruptedException, ExecutionException {
        try (Network network = mixed().build(Rng.seeded(3));
                ExecutorService executor = Executors.newFixedThreadPool(4)) {
            List<Tensor> batches = IntStream.range(0, 8)
                    .mapToObj(i -> Ops.cast(scope, random(20 + i, 7), DType.FLOAT32))
                    .toList();
            List<double[]> alone =
                    batches.stream().map(x -> predict(network, x)).toList();
            List<Future<double[]>> together = executor.invokeAll(IntStream.range(0, 64)
                    .mapToObj(i -> (Callable<double[]>) () -> predict(network, batches.get(i % batches.size())))
                    .toList());
            for (int i = 0; i < together.size(); i++) {
                assertThat(together.get(i).get()).isEqualTo(alone.get(i % batches.size()));
            }
        }
    }

    @Test
    void theDescriptionFollowsTheRanks() {
        try (Network network = mixed().build(Rng.seeded(3))) {
            Factors factors = network.factors().getFirst();
            factors.replace(
                    factors.U().columnRange(0, 1).copy(scope),
                    factors.S().rows(0, 1).columnRange(0, 1).copy(scope),
                    factors.V().columnRange(0, 1).copy(scope));
            assertThat(network.ranks()).containsExactly(1, 2);
            assertThat(network.spec().weight("layers.1.weight").rank()).hasValue(1);
            assertThat(network.parameterCount()).isEqualTo(42 + (5 + 6) + 2 * (9 + 5) + 36);
            assertThat(((FactoredParameter) network.parameter("layers.1.weight")).weight())
                    .isSameAs(factors);
        }
    }

    @Test
    void closingTwiceIsFine() {
        Network network = mixed().build(Rng.seeded(3));
        network.close();
        network.close();
        assertThatThrownBy(() -> network.predict(scope, scope.zeros(DType.FLOAT32, 2, 7)))
                .isInstanceOf(IllegalStateException.class);
    }

    private static double[] predict(Network network, Tensor x) {
        try (Scope own = Scope.open("prediction")) {
            return network.predict(own, x).toDoubles();
        }
    }

    private static Tensor dense(Network network, int layer) {
        return ((DenseParameter) network.parameter("layers." + layer + ".weight")).value();
    }

    private static Map<String, List<Double>> bits(Network network) {
        Map<String, List<Double>> bits = new LinkedHashMap<>();
        network.tensors()
                .forEach((name, tensor) ->
                        bits.put(name, Arrays.stream(tensor.toDoubles()).boxed().toList()));
        return bits;
    }

    private static Map<String, Tensor> without(Map<String, Tensor> tensors, String name) {
        Map<String, Tensor> rest = new LinkedHashMap<>(tensors);
        rest.remove(name);
        return rest;
    }

    /// With zeros under this name.
    private Map<String, Tensor> with(Map<String, Tensor> tensors, String name, int... extents) {
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        changed.put(name, scope.zeros(DType.FLOAT64, extents));
        return changed;
    }

    private static void requireRefused(Network network, Map<String, Tensor> tensors, String message) {
        long owners = Scope.liveOwners();
        ThrowingCallable call = () -> Network.of(network.spec(), Gauge.ORTHONORMAL, tensors);
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    private Tensor random(int rows, int columns) {
        Tensor tensor = scope.uninitialized(DType.FLOAT64, rows, columns);
        Rng.seeded(rows).fillNormal(tensor, 1);
        return tensor;
    }
}
