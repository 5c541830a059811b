package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.FastGradientSign.Result;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class FastGradientSignTest {
    private static final float STEP = 1f / 4096; // a change of sign within it would need luck

    /// Samples of values in `[0, 1]` that are multiples of 1/64, so that sums with powers of 2 are exact.
    private static VectorSamples samples(long seed, int count) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] inputs = new float[count * Blobs.WIDTH];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextInt(65) / 64f;
        }
        return VectorSamples.classified(
                inputs, Blobs.WIDTH, random.ints(count, 0, Blobs.CLASSES).toArray(), Blobs.CLASSES);
    }

    /// The attack, value by value: the sign is that of the difference that one value makes to the loss.
    private static Samples moved(Network network, Samples samples, float epsilon) {
        float[] inputs = new float[samples.size() * samples.width()];
        for (int i = 0; i < samples.size(); i++) {
            for (int j = 0; j < samples.width(); j++) {
                int at = i * samples.width() + j;
                float[] one = new float[samples.width()];
                samples.copyInput(i, one, 0);
                float value = one[j];
                one[j] = value + STEP;
                double above = loss(network, samples, i, one);
                one[j] = value - STEP;
                double below = loss(network, samples, i, one);
                inputs[at] = Math.clamp(value + epsilon * (float) Math.signum(above - below), 0, 1);
            }
        }
        return VectorSamples.classified(inputs, samples.width(), samples.copyLabels(), samples.outputs());
    }

    private static double loss(Network network, Samples samples, int row, float[] input) {
        int[] label = {samples.label(row)};
        Samples one = VectorSamples.classified(input, input.length, label, samples.outputs());
        return new NaiveNetwork(network).evaluate(one, 0).loss;
    }

    @ParameterizedTest
    @EnumSource
    void everyValueMovesAgainstTheNetworkAndStaysInItsRange(Method method) {
        Samples samples = samples(7, 20);
        try (Network network = Nets.classifier(method, DType.FLOAT64, 3)) {
            Result result = attack(FastGradientSign.of(0.25, Blobs.WIDTH), network, samples, 2);

            assertThat(result.clean()).isEqualTo(measure(network, samples));
            Metrics expected = measure(network, moved(network, samples, 0.25f));
            assertThat(result.attacked().loss()).isEqualTo(expected.loss(), within(1e-12));
            assertThat(result.attacked().accuracy()).isEqualTo(expected.accuracy());
            assertThat(result.attacked().loss()).isGreaterThan(result.clean().loss());
        }
    }

    @ParameterizedTest
    @EnumSource
    void anEpsilonOfNothingChangesNothing(DType type) {
        Samples samples = samples(7, 1203);
        try (Network network = Nets.classifier(Method.RIEMANNIAN, type, 3)) {
            Result result = attack(FastGradientSign.of(0, Blobs.WIDTH), network, samples, 3);

            assertThat(result.attacked()).isEqualTo(result.clean()).isEqualTo(measure(network, samples));
        }
    }

    /// Dividing by a power of 2 is exact, so that the same network on the same inputs is attacked by the same bits.
    @Test
    void standardizedInputsMoveInTheirOwnUnits() {
        VectorSamples plain = samples(7, 40);
        float[] means = new float[Blobs.WIDTH];
        float[] deviations = new float[Blobs.WIDTH];
        Arrays.fill(means, 0.25f);
        Arrays.fill(deviations, 0.5f);
        float[] standardized = new float[40 * Blobs.WIDTH];
        for (int i = 0; i < 40; i++) {
            plain.copyInput(i, standardized, i * Blobs.WIDTH);
            for (int j = 0; j < Blobs.WIDTH; j++) {
                standardized[i * Blobs.WIDTH + j] = (standardized[i * Blobs.WIDTH + j] - 0.25f) / 0.5f;
            }
        }
        Samples samples = plain.withInputs(standardized, Blobs.WIDTH);
        FastGradientSign attack = FastGradientSign.standardized(0.125, means, deviations);
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT64, 3);
                Network onPlain = undoing(network, 0.25, 0.5)) {
            Result result = attack(attack, network, samples, 1);
            Result same = attack(FastGradientSign.of(0.125, Blobs.WIDTH), onPlain, plain, 1);

            assertThat(result.attacked().loss()).isEqualTo(same.attacked().loss(), within(1e-12));
            assertThat(result.attacked().accuracy()).isEqualTo(same.attacked().accuracy());
            Result none = attack(FastGradientSign.standardized(0, means, deviations), network, samples, 1);
            assertThat(none.attacked()).isEqualTo(none.clean());
        }
    }

    /// A copy of a network that takes inputs which were not standardized: `W (x − mean) / deviation + b`.
    private static Network undoing(Network network, double mean, double deviation) {
        Network copy = Network.of(network.spec(), Method.DENSE.gauge(), network.tensors());
        Tensor W = copy.dense().get("layers.0.weight").value();
        Tensor b = copy.dense().get("layers.0.bias").value();
        double[] bias = b.toDoubles();
        for (int i = 0; i < W.rows(); i++) {
            for (int j = 0; j < W.columns(); j++) {
                bias[i] -= W.get(i, j) * mean / deviation;
                W.set(i, j, W.get(i, j) / deviation);
            }
        }
        b.setAll(bias);
        return copy;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 499, 501, 1203})
    void theNumberOfThreadsAndOfSamplesChangesNothing(int count) {
        long owners = Scope.liveOwners();
        Samples samples = samples(7, count);
        FastGradientSign attack = FastGradientSign.of(0.1, Blobs.WIDTH);
        try (Network network = Nets.classifier(Method.FACTORS, DType.FLOAT32, 3)) {
            Result result = attack(attack, network, samples, 1);
            assertThat(attack(attack, network, samples, 3)).isEqualTo(result);
            assertThat(result.attacked().samples()).isEqualTo(count);
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    @Test
    void whatIsNoAttackIsRefused() {
        assertThatThrownBy(() -> FastGradientSign.of(-0.1, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("epsilon must be at least 0 and finite; got -0.1");
        assertThatThrownBy(() -> FastGradientSign.of(Double.NaN, 3))
                .hasMessage("epsilon must be at least 0 and finite; got NaN");
        assertThatThrownBy(() -> FastGradientSign.standardized(0.1, new float[2], new float[3]))
                .hasMessage("fast gradient sign: as many deviations as means are needed; got 3 and 2");
        try (Network network = Nets.classifier(Method.DENSE, DType.FLOAT32, 3)) {
            assertThatThrownBy(() -> attack(FastGradientSign.of(0.1, 3), network, samples(7, 5), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("fast gradient sign: samples must have 3 values; got 12");
        }
    }

    private static Result attack(FastGradientSign attack, Network network, Samples samples, int threads) {
        try (Threads workers = Threads.of(threads);
                Pool pool = new Pool()) {
            return attack.evaluate(network, samples, workers, pool);
        }
    }

    private static Metrics measure(Network network, Samples samples) {
        try (Threads workers = Threads.of(1);
                Pool pool = new Pool()) {
            return Metrics.of(network, samples, workers, pool);
        }
    }
}
