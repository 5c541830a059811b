package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.MeanPoolSpec;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PredictorTest {
    private static final int INPUTS = 37;

    @ParameterizedTest
    @EnumSource(Activation.class)
    void itAnswersAsTheNetworkDoesWhateverTheActivation(Activation activation) {
        try (Network network = network(activation, DType.FLOAT32, Gauge.ORTHONORMAL)) {
            assertThatItAnswersAs(network);
        }
    }

    @ParameterizedTest
    @EnumSource(Gauge.class)
    void itAnswersAsTheNetworkDoesInBothGauges(Gauge gauge) {
        try (Network network = network(Activation.RELU, DType.FLOAT32, gauge)) {
            assertThatItAnswersAs(network);
        }
    }

    @Test
    void aNetworkOfDoublePrecisionIsRounded() {
        try (Network network = network(Activation.TANH, DType.FLOAT64, Gauge.ORTHONORMAL)) {
            assertThatItAnswersAs(network);
        }
    }

    @Test
    void rowsAreAveragedAsTheNetworkDoes() {
        NetworkSpec spec = NetworkSpec.vectors(
                INPUTS,
                x -> x.then("rows", new ReshapeSpec(INPUTS))
                        .then("a", LinearSpec.linear(4).activation(Activation.TANH))
                        .then("mean", new MeanPoolSpec())
                        .then("b", LinearSpec.linear(5)));
        try (Network network =
                Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Flat(), Rng.seeded(1))) {
            assertThatItAnswersAs(network);
        }
    }

    @Test
    void aSingleLayerIsEnough() {
        NetworkSpec spec = NetworkSpec.chain(
                3, List.of(new LinearSpec(2, Activation.IDENTITY, OptionalInt.empty())), new MeanSquaredError());
        try (Network network =
                Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Flat(), Rng.seeded(1))) {
            float[] W = ((DenseParameter) network.parameter("layers.0.weight"))
                    .value()
                    .toFloats();

            assertThat(Predictor.of(network).predict(new float[] {0, 0, 2})).containsExactly(2 * W[2], 2 * W[5]);
        }
    }

    @Test
    void itOutlivesTheNetworkAndTakesNoNoticeOfItsChanges() {
        Predictor predictor;
        float[] before;
        float[] x = sample(3);
        try (Network network = network(Activation.RELU, DType.FLOAT32, Gauge.ORTHONORMAL)) {
            predictor = Predictor.of(network);
            before = predictor.predict(x);
            network.dense().flat().clear();
        }

        assertThat(predictor.predict(x)).containsExactly(before);
    }

    @Test
    void manyThreadsMayShareOne() throws Exception {
        try (Network network = network(Activation.RELU, DType.FLOAT32, Gauge.ORTHONORMAL)) {
            Predictor predictor = Predictor.of(network);
            try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
                List<Future<Boolean>> agreed = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    float[] x = sample(thread);
                    float[] alone = predictor.predict(x);
                    agreed.add(threads.submit(() -> {
                        boolean same = true;
                        for (int call = 0; call < 2000; call++) {
                            same &= Arrays.equals(predictor.predict(x), alone);
                        }
                        return same;
                    }));
                }
                for (Future<Boolean> each : agreed) {
                    assertThat(each.get()).isTrue();
                }
            }
        }
    }

    @Test
    void aMillionCallsLeaveNothingAndEachAllocatesTwoVectorsAProduct() {
        try (Network network = network(Activation.RELU, DType.FLOAT32, Gauge.ORTHONORMAL)) {
            Predictor predictor = Predictor.of(network);
            float[] x = sample(1);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long owners = Scope.liveOwners();
            float sum = 0;
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < 1_000_000; call++) {
                sum += predictor.predict(x)[0];
            }
            long each = (threads.getCurrentThreadAllocatedBytes() - before) / 1_000_000;

            assertThat(sum).isFinite();
            assertThat(Scope.liveOwners()).isEqualTo(owners);
            int inputs = 37 + 6 + 48 + 21 + 1 + 30; // of the six products: a list of those that are not 0
            int outputs = 6 + 48 + 21 + 1 + 30 + 5;
            assertThat(each).isLessThanOrEqualTo(4 * (inputs + outputs) + 12 * 24 + 6 * 24); // headers, lists
        }
    }

    @Test
    void aSampleOfAnotherSizeIsRejected() {
        try (Network network = network(Activation.RELU, DType.FLOAT32, Gauge.ORTHONORMAL)) {
            Predictor predictor = Predictor.of(network);

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> predictor.predict(new float[5]))
                    .withMessage("predict: a sample must have 37 values; got 5");
        }
    }

    private static void assertThatItAnswersAs(Network network) {
        Predictor predictor = Predictor.of(network);
        for (int seed = 0; seed < 5; seed++) {
            float[] x = sample(seed);
            float[] y = predictor.predict(x);

            double[] expected = answer(network, x);
            assertThat(y).hasSize(expected.length);
            for (int i = 0; i < y.length; i++) {
                assertThat((double) y[i]).isCloseTo(expected[i], within(1e-5));
            }
        }
        assertThat(predictor.inputs()).isEqualTo(INPUTS);
        assertThat(predictor.outputs()).isEqualTo(5);
    }

    private static double[] answer(Network network, float[] x) {
        try (Scope scope = Scope.open("test")) {
            Tensor row = scope.zeros(network.type(), 1, x.length);
            for (int j = 0; j < x.length; j++) {
                row.set(0, j, x[j]);
            }
            return network.predict(scope, row).toDoubles();
        }
    }

    /// With zeros in some places: those are passed over.
    private static float[] sample(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] x = new float[INPUTS];
        for (int j = 0; j < x.length; j++) {
            x[j] = j % 3 == seed % 3 ? 0 : (float) random.nextGaussian();
        }
        return x;
    }

    private static Network network(Activation activation, DType type, Gauge gauge) {
        NetworkSpec spec = NetworkSpec.chain(
                INPUTS,
                List.of(
                        new LinearSpec(48, activation, OptionalInt.of(6)),
                        new LinearSpec(21, activation, OptionalInt.empty()),
                        new LinearSpec(30, activation, OptionalInt.of(1)),
                        new LinearSpec(5, Activation.IDENTITY, OptionalInt.empty())),
                new SoftmaxCrossEntropy());
        Rng rng = Rng.seeded(7);
        Network network = Network.random(spec, type, gauge, new Spectrum.Gaussian(), rng);
        int from = network.dense().decayed();
        rng.fillNormal(network.dense().flat().slice(from, network.dense().size() - from), 0.5); // biases
        return network;
    }
}
