package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Points;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.nn.Sums;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BatchFieldTest {
    private static final int[] ROWS = {17, 3, 11, 4, 19, 0, 8, 2, 13, 5, 7}; // eleven: neither 2 nor 3 divides it

    private final long ownersBefore = Scope.liveOwners();
    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Samples samples = Blobs.classified(1, 20, 1);

    @AfterEach
    void everythingIsFreed() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        scope.close();
        pool.close();
        assertThat(Scope.liveOwners()).isEqualTo(ownersBefore);
    }

    static Stream<Arguments> methodsAndThreads() {
        return Stream.of(Method.RIEMANNIAN, Method.FACTORS, Method.DENSE)
                .flatMap(method -> IntStream.of(1, 2, 3, 16).mapToObj(threads -> Arguments.of(method, threads)));
    }

    static Stream<Arguments> formatsAndThreads() {
        return Stream.of(DType.values())
                .flatMap(type -> IntStream.of(2, 3, 16).mapToObj(threads -> Arguments.of(type, threads)));
    }

    @ParameterizedTest
    @MethodSource("methodsAndThreads")
    void theGradientIsThatOfPlainLoopsOverFormedMatrices(Method method, int threads) {
        requireNaive(open(Nets.classifier(method, DType.FLOAT64, 3)), samples, threads);
    }

    @ParameterizedTest
    @MethodSource("methodsAndThreads")
    void soIsThatOfSquaredErrors(Method method, int threads) {
        requireNaive(open(Nets.regressor(method, DType.FLOAT64, 3)), Blobs.linear(2, 20), threads);
    }

    /// Sums of the same terms in another order differ by at most `B ε` times the sum of their
    /// magnitudes, and each term by the rounding of products of at most 12 numbers through three
    /// layers, there and back.
    @ParameterizedTest
    @MethodSource("formatsAndThreads")
    void threadsChangeTheGradientByRoundingOnly(DType type, int threads) {
        Network network = open(Nets.classifier(Method.RIEMANNIAN, type, 3));
        Gradients one = evaluate(network, samples, 1, ROWS);
        Gradients several = evaluate(network, samples, threads, ROWS);
        for (Part part : Part.values()) {
            double magnitude = 0;
            for (int row : ROWS) {
                magnitude += norm(evaluate(network, samples, 1, row).flat(part)) / ROWS.length;
            }
            double allowed = (ROWS.length + 6 * 12) * type.epsilon() * magnitude;
            assertThat(norm(sum(scope, several.flat(part), -1, one.flat(part)))).isLessThan(allowed);
        }
    }

    @Test
    void theGradientOfABatchIsTheMeanOfThoseOfItsSamples() {
        Network network = open(Nets.classifier(Method.RIEMANNIAN, DType.FLOAT64, 3));
        Gradients whole = evaluate(network, samples, 1, ROWS);
        for (Part part : Part.values()) {
            Tensor mean = scope.zeros(DType.FLOAT64, (int) whole.flat(part).size());
            for (int row : ROWS) {
                Tensor each = evaluate(network, samples, 1, row).flat(part);
                mean.copyFrom(sum(scope, mean, 1.0 / ROWS.length, each));
            }
            assertThat(mean.toDoubles()).containsExactly(whole.flat(part).toDoubles(), within(1e-14));
        }
    }

    @ParameterizedTest
    @EnumSource
    void onePartAloneIsTheSameAsWithTheOthers(Part part) {
        Network network = open(Nets.classifier(Method.RIEMANNIAN, DType.FLOAT64, 3));
        BatchField field = field(network, 2);
        field.use(Batch.of(scope, DType.FLOAT64, samples, ROWS, 0, ROWS.length));
        Gradients alone = Gradients.of(scope, field.point(), part);
        field.evaluate(field.point(), alone);
        double[] together = evaluate(network, samples, 2, ROWS).flat(part).toDoubles();
        assertThat(alone.flat(part).toDoubles()).isEqualTo(together);
    }

    @Test
    void onlyTheFirstEvaluationOfABatchIsRemembered() {
        Network network = open(Nets.classifier(Method.DENSE, DType.FLOAT64, 3));
        BatchField field = field(network, 1);
        Gradients gradients = Gradients.of(scope, field.point(), Part.DENSE);
        field.use(Batch.of(scope, DType.FLOAT64, samples, ROWS, 0, ROWS.length));
        assertThatThrownBy(field::firstSums)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("batch field: the current batch was not evaluated yet");
        double loss = field.evaluate(field.point(), gradients);
        Sums first = field.firstSums();
        assertThat(first.loss()).isEqualTo(loss * ROWS.length, within(1e-12));
        assertThat(first.measure(0)).isEqualTo(new NaiveNetwork(network).evaluate(samples, ROWS).correct);
        network.dense().flat().clear();
        assertThat(field.evaluate(field.point(), gradients)).isNotEqualTo(loss);
        assertThat(field.firstSums()).isSameAs(first);
        field.use(Batch.of(scope, DType.FLOAT64, samples, ROWS, 0, 1));
        field.evaluate(field.point(), gradients);
        assertThat(field.firstSums().loss()).isNotEqualTo(first.loss());
        assertThat(field.evaluations()).isEqualTo(3);
    }

    @Test
    void theFirstLayerThatOverflowsIsNamed() {
        Network network = open(Nets.classifier(Method.RIEMANNIAN, DType.FLOAT32, 3));
        BatchField field = field(network, 1);
        field.use(Batch.of(scope, DType.FLOAT32, samples, ROWS, 0, ROWS.length));
        network.dense().get("layers.2.bias").value().write(1, new float[] {1e20f}, 0, 1);
        assertThat(field.divergingLayer()).as("all are finite").isEqualTo("layers.2");
        network.dense().get("layers.2.bias").value().write(1, new float[] {Float.POSITIVE_INFINITY}, 0, 1);
        assertThat(field.divergingLayer()).isEqualTo("layers.2");
        network.factors().get(1).S().set(0, 0, Double.NaN);
        assertThat(field.divergingLayer()).isEqualTo("layers.1");
    }

    @Test
    void onlyTheNetworksOwnPointAndABatchCanBeEvaluated() {
        Network network = open(Nets.classifier(Method.DENSE, DType.FLOAT64, 3));
        BatchField field = field(network, 1);
        Gradients gradients = Gradients.of(scope, field.point(), Part.DENSE);
        assertThatThrownBy(() -> field.evaluate(field.point(), gradients))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("batch field: no batch to evaluate; call use first");
        Point other = Points.of(List.of(), network.dense().flat().copy(scope), 0);
        assertThatThrownBy(() -> field.evaluate(other, gradients))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch field: only the network's own point can be evaluated");
    }

    private void requireNaive(Network network, Samples of, int threads) {
        Gradients gradients = evaluate(network, of, threads, ROWS);
        NaiveNetwork naive = new NaiveNetwork(network).evaluate(of, ROWS);
        int factor = 0;
        for (int l = 0; l < network.layers().size(); l++) {
            String name = "layers." + l;
            requireEqual(network.dense().in(gradients.dense(), name + ".bias").toDoubles(), naive.biasGradients[l]);
            double[] flat = Arrays.stream(naive.weightGradients[l])
                    .flatMapToDouble(Arrays::stream)
                    .toArray();
            if (network.parameter(name + ".weight") instanceof FactoredParameter factored) {
                Factors f = (Factors) factored.weight();
                Tensor G = scope.matrix64(f.rows(), f.columns(), flat);
                requireEqual(gradients.blocks(Part.K).get(factor), matmul(scope, G, f.V()));
                requireEqual(gradients.blocks(Part.L).get(factor), matmulTN(scope, G, f.U()));
                Tensor UG = matmulTN(scope, f.U(), G);
                requireEqual(gradients.blocks(Part.S).get(factor), matmul(scope, UG, f.V()));
                factor++;
            } else {
                requireEqual(
                        network.dense().in(gradients.dense(), name + ".weight").toDoubles(), flat);
            }
        }
        assertThat(factor).isEqualTo(network.factors().size());
        BatchField field = field(network, threads);
        field.use(Batch.of(scope, network.type(), of, ROWS, 0, ROWS.length));
        assertThat(field.evaluate(field.point(), Gradients.of(scope, field.point(), Part.DENSE)))
                .isEqualTo(naive.loss, within(1e-13));
    }

    /// A batch in one piece through the whole network, against the field's way: dense matrices so large
    /// that threads share them afterwards, and layers so wide that a slice goes in parts.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void largeMatricesAndWideLayersGiveTheSameGradients(int threads) {
        int wide = 60_000;
        Network dense = open(Network.builder(Blobs.WIDTH)
                .type(DType.FLOAT64)
                .dense(300, Activation.TANH)
                .dense(250, Activation.RELU)
                .dense(samples.outputs(), Activation.IDENTITY)
                .build(Rng.seeded(4)));
        Network factored = open(Network.builder(Blobs.WIDTH)
                .type(DType.FLOAT64)
                .factored(wide, 2, Activation.TANH)
                .factored(9, 1, Activation.RELU)
                .dense(samples.outputs(), Activation.IDENTITY)
                .build(Rng.seeded(5)));
        for (Network network : List.of(dense, factored)) {
            Gradients inParts = evaluate(network, samples, threads, ROWS);
            Gradients whole = inPieces(network, inParts);
            for (int i = 0; i < whole.flat().size(); i++) {
                requireEqual(inParts.flat().get(i), whole.flat().get(i));
            }
        }
    }

    private Gradients inPieces(Network network, Gradients like) {
        Point point = field(network, 1).point();
        Gradients whole = like.like(scope, point);
        Map<String, FactorGradients> factored = new LinkedHashMap<>();
        for (int i = 0; i < network.factoredParameters().size(); i++) {
            factored.put(
                    network.factoredParameters().get(i).name(),
                    new FactorGradients(
                            whole.blocks(Part.K).get(i),
                            whole.blocks(Part.L).get(i),
                            whole.blocks(Part.S).get(i)));
        }
        Map<String, Tensor> dense = new LinkedHashMap<>();
        network.dense().names().forEach(name -> dense.put(name, network.dense().in(whole.dense(), name)));
        Batch batch = Batch.of(scope, network.type(), samples, ROWS, 0, ROWS.length);
        NetworkPass pass = new NetworkPass(scope, network, PassMode.TRAINING);
        Tensor outputs = pass.forward(batch.inputs()).values();
        Tensor delta = pass.delta();
        objective(network).evaluateInto(delta, outputs, batch.targets(), 0, 1.0 / ROWS.length);
        ParameterGradients places = new ParameterGradients(factored, dense, ParameterGradients.Products.NOW);
        pass.backward(delta, places);
        places.finish();
        return whole;
    }

    private Gradients evaluate(Network network, Samples of, int threads, int... rows) {
        BatchField field = field(network, threads);
        field.use(Batch.of(scope, network.type(), of, rows, 0, rows.length));
        Gradients gradients = Gradients.of(scope, field.point(), Part.DENSE, Part.K, Part.L, Part.S);
        field.evaluate(field.point(), gradients);
        return gradients;
    }

    private BatchField field(Network network, int threads) {
        return new BatchField(network, objective(network), new Workspace(pool, open(Threads.of(threads))));
    }

    private static Objective objective(Network network) {
        boolean classes = network.spec().loss() instanceof SoftmaxCrossEntropy;
        return new Objective(network.spec().loss(), classes ? List.of(new Accuracy()) : List.of());
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.add(resource);
        return resource;
    }

    private static void requireEqual(Tensor a, Tensor b) {
        requireEqual(a.toDoubles(), b.toDoubles());
    }

    /// Sums of eleven products of numbers about 1 through three layers of width 12.
    private static void requireEqual(double[] a, double[] b) {
        assertThat(a).containsExactly(b, within(1e-13));
    }
}
