package dev.stiefel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BatchPredictorTest {
    private static final int INPUTS = 20;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 255, 256, 257, 1000})
    void itAnswersRowByRowAsThePredictorOfOneSampleDoes(int rows) {
        try (Network network = network(DType.FLOAT32);
                BatchPredictor batches = BatchPredictor.of(network, 2)) {
            float[] x = samples(rows);

            float[] y = batches.predict(x, rows);

            Predictor one = Predictor.of(network);
            assertThat(y).hasSize(rows * 4);
            for (int row = 0; row < rows; row++) {
                float[] alone = one.predict(Arrays.copyOfRange(x, row * INPUTS, (row + 1) * INPUTS));
                for (int j = 0; j < 4; j++) {
                    assertThat(y[row * 4 + j]).isCloseTo(alone[j], within(1e-5f));
                }
            }
        }
    }

    @Test
    void severalThreadsMayCallItAndItLeavesNothing() throws Exception {
        long owners = Scope.liveOwners();
        try (Network network = network(DType.FLOAT32);
                BatchPredictor batches = BatchPredictor.of(network, 2);
                ExecutorService callers = Executors.newFixedThreadPool(4)) {
            float[] x = samples(100);
            float[] alone = batches.predict(x, 100);
            List<Future<Boolean>> agreed = IntStream.range(0, 4)
                    .mapToObj(caller -> callers.submit(() -> {
                        boolean same = true;
                        for (int call = 0; call < 50; call++) {
                            same &= Arrays.equals(batches.predict(x, 100), alone);
                        }
                        return same;
                    }))
                    .toList();
            for (Future<Boolean> each : agreed) {
                assertThat(each.get()).isTrue();
            }
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void samplesOfAnotherSizeAndNetworksOfDoublePrecisionAreRejected() {
        try (Network network = network(DType.FLOAT32);
                BatchPredictor batches = BatchPredictor.of(network, 1);
                Network wide = network(DType.FLOAT64)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> batches.predict(new float[19], 1))
                    .withMessage("predict: 1 samples of 20 values must be 20 numbers; got 19");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> BatchPredictor.of(wide, 1))
                    .withMessage("batch predictor: the network must be of single precision; got FLOAT64");
        }
    }

    private static float[] samples(int rows) {
        SplittableRandom random = new SplittableRandom(rows);
        float[] x = new float[rows * INPUTS];
        for (int i = 0; i < x.length; i++) {
            x[i] = (float) random.nextGaussian();
        }
        return x;
    }

    private static Network network(DType type) {
        NetworkSpec spec = NetworkSpec.chain(
                INPUTS,
                List.of(
                        new LinearSpec(33, Activation.RELU, OptionalInt.of(5)),
                        new LinearSpec(17, Activation.GELU, OptionalInt.empty()),
                        new LinearSpec(4, Activation.IDENTITY, OptionalInt.empty())),
                new SoftmaxCrossEntropy());
        return Network.random(spec, type, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(2));
    }
}
