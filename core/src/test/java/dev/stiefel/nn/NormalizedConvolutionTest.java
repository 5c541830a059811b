package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A convolution and its batch normalization computed together against one after the other.
class NormalizedConvolutionTest {
    private static final Image IMAGE = new Image(8, 6, 10);
    private static final int OUTPUTS = 20;
    private static final int GROUP = 4;
    private static final int SAMPLES = 9; // two groups, and one that is smaller

    /// @param wanted names of the gradients of factors that are wanted
    record Case(Window window, int rank, DType type, Gauge gauge, Activation activation, String wanted) {}

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        Window keeping = Window.of(3, 3).padding(1, 1);
        for (DType type : DType.values()) {
            for (Gauge gauge : Gauge.values()) {
                for (Activation activation : Activation.values()) {
                    if (!activation.slopeNeedsInput()) {
                        all.add(new Case(keeping, 5, type, gauge, activation, "KLS"));
                    }
                }
                all.add(new Case(keeping.stride(2), 8, type, gauge, Activation.RELU, "KLS"));
                all.add(new Case(Window.of(1, 1), 10, type, gauge, Activation.RELU, "KL"));
                all.add(new Case(keeping, 2, type, gauge, Activation.RELU, "S"));
                all.add(new Case(keeping, 20, type, gauge, Activation.RELU, "L"));
                all.add(new Case(keeping, 16, type, gauge, Activation.RELU, ""));
            }
        }
        return all.stream();
    }

    private static Tensor normal(Scope scope, DType type, int rows, int columns, long seed) {
        Tensor made = scope.uninitialized(type, rows, columns);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    private static Tensor filled(Scope scope, DType type, long seed) {
        Tensor made = scope.uninitialized(type, OUTPUTS);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    private static DenseParameter vector(Scope scope, DType type, String name, double around, long seed) {
        Tensor values = scope.uninitialized(type, OUTPUTS);
        Rng.seeded(seed).fillNormal(values, 0.3);
        double[] moved = values.toDoubles();
        for (int j = 0; j < moved.length; j++) {
            moved[j] += around;
        }
        values.setAll(moved);
        return new DenseParameter(name, values, WeightDecay.NONE);
    }

    private static void requireNear(Tensor actual, Tensor expected) {
        double size = Math.max(1e-3, Ops.norm(expected) / Math.sqrt((double) expected.size()));
        double near = expected.type() == DType.FLOAT64 ? 1e-11 : 1e-4;
        assertThat(actual.toDoubles()).containsExactly(expected.toDoubles(), within(near * size));
    }

    /// Places for all gradients, filled with numbers that should be written over.
    private static final class Places {
        final Tensor scale;
        final Tensor bias;
        final @Nullable Tensor K;
        final @Nullable Tensor L;
        final @Nullable Tensor S;
        final ParameterGradients gradients;

        Places(Scope scope, Factors f, String wanted) {
            this.scale = filled(scope, f.type(), 91);
            this.bias = filled(scope, f.type(), 92);
            this.K = wanted.contains("K") ? normal(scope, f.type(), f.rows(), f.V().columns(), 93) : null;
            this.L = wanted.contains("L") ? normal(scope, f.type(), f.columns(), f.U().columns(), 94) : null;
            this.S = wanted.contains("S") ? normal(scope, f.type(), f.U().columns(), f.V().columns(), 95) : null;
            Map<String, FactorGradients> factored =
                    wanted.isEmpty() ? Map.of() : Map.of("conv.weight", new FactorGradients(K, L, S));
            this.gradients =
                    new ParameterGradients(factored, Map.of("norm.scale", scale, "norm.bias", bias), Products.NOW);
        }

        List<Tensor> all() {
            return Stream.of(scale, bias, K, L, S).filter(each -> each != null).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void outputsGradientsAndStatisticsAreThoseOfBothLayers(Case c) {
        try (Scope scope = Scope.open("test");
                Factors orthonormal = factors(c);
                Factors f = orthonormal.inGauge(c.gauge())) {
            List<Tensor> apartStatistics = statistics(scope, c);
            List<Tensor> jointStatistics = statistics(scope, c);
            BatchNorm apartNorm = norm(scope, c, apartStatistics);
            BatchNorm jointNorm = norm(scope, c, jointStatistics);
            Convolution convolution = convolution(c, f);
            Layer joint = convolution.trainedWith(jointNorm).orElseThrow();
            Layer.Pass first = convolution.pass(context(scope, c));
            Layer.Pass second = apartNorm.pass(context(scope, c));
            Layer.Pass both = joint.pass(context(scope, c));
            Places apart = new Places(scope, f, c.wanted());
            Places together = new Places(scope, f, c.wanted());
            for (int slice = 0; slice < 2; slice++) { // the second one is added
                Tensor x =
                        normal(scope, c.type(), SAMPLES * IMAGE.height() * IMAGE.width(), IMAGE.channels(), 5 + slice);
                List<SampleRows> inputs = List.of(new SampleRows(x, RowLayout.uniform(SAMPLES, x.rows() / SAMPLES), 0));
                int positions = c.window().grid(IMAGE).positions();
                Tensor z = scope.zeros(c.type(), SAMPLES * positions, OUTPUTS);
                Tensor y = scope.zeros(c.type(), z.rows(), OUTPUTS);
                Tensor jointY = scope.zeros(c.type(), z.rows(), OUTPUTS);
                Tensor delta = normal(scope, c.type(), z.rows(), OUTPUTS, 7 + slice);
                Tensor jointDelta = delta.copy(scope);

                first.forward(inputs, z);
                second.forward(List.of(new SampleRows(z, RowLayout.uniform(SAMPLES, positions), 0)), y);
                both.forward(inputs, jointY);
                requireNear(jointY, y);

                Tensor deltaOfZ = scope.zeros(c.type(), z.rows(), OUTPUTS);
                second.backward(delta, apart.gradients);
                second.inputGradient(0, deltaOfZ, Accumulation.WRITE);
                first.backward(deltaOfZ, apart.gradients);
                both.backward(jointDelta, together.gradients);
                for (Accumulation how : Accumulation.values()) {
                    Tensor into = normal(scope, c.type(), x.rows(), x.columns(), 9);
                    Tensor jointInto = into.copy(scope);
                    first.inputGradient(0, into, how);
                    both.inputGradient(0, jointInto, how);
                    requireNear(jointInto, into);
                }
            }
            for (int i = 0; i < apart.all().size(); i++) {
                requireNear(together.all().get(i), apart.all().get(i));
            }
            apartNorm.updateStatistics(List.of(second));
            joint.updateStatistics(List.of(both));
            for (int i = 0; i < apartStatistics.size(); i++) {
                requireNear(jointStatistics.get(i), apartStatistics.get(i));
            }
        }
    }

    private static PassContext context(Scope scope, Case c) {
        return new PassContext(scope, c.type(), PassMode.TRAINING, 0);
    }

    private static Convolution convolution(Case c, Factors f) {
        return new Convolution(
                "conv",
                IMAGE,
                c.window(),
                new FactoredParameter("conv.weight", f),
                Optional.empty(),
                Activation.IDENTITY);
    }

    /// Mean and variance, as they begin.
    private static List<Tensor> statistics(Scope scope, Case c) {
        Tensor variance = scope.zeros(c.type(), OUTPUTS);
        variance.setAll(DoubleStream.generate(() -> 1).limit(OUTPUTS).toArray());
        return List.of(scope.zeros(c.type(), OUTPUTS), variance);
    }

    private static BatchNorm norm(Scope scope, Case c, List<Tensor> statistics) {
        return new BatchNorm(
                "norm",
                BatchNormSpec.batchNorm().group(GROUP).activation(c.activation()),
                vector(scope, c.type(), "norm.scale", 1, 11),
                vector(scope, c.type(), "norm.bias", 0, 12),
                statistics.get(0),
                statistics.get(1));
    }

    @Test
    void itIsForTrainingAlone() {
        Case c = new Case(Window.of(3, 3), 5, DType.FLOAT32, Gauge.FREE, Activation.RELU, "");
        try (Scope scope = Scope.open("test");
                Factors f = factors(c)) {
            Layer joint = convolution(c, f)
                    .trainedWith(norm(scope, c, statistics(scope, c)))
                    .orElseThrow();
            assertThatIllegalStateException()
                    .isThrownBy(() -> joint.pass(new PassContext(scope, c.type(), PassMode.EVALUATION, 0)))
                    .withMessage("convolution 'conv' and batch norm 'norm': are computed together in training alone");
        }
    }

    @Test
    void whatItIsNotForStaysApart() {
        Case c = new Case(Window.of(3, 3), 5, DType.FLOAT32, Gauge.ORTHONORMAL, Activation.GELU, "");
        try (Scope scope = Scope.open("test");
                Factors f = factors(c)) {
            Convolution convolution = convolution(c, f);
            assertThat(convolution.trainedWith(norm(scope, c, statistics(scope, c))))
                    .isEmpty();
            assertThat(convolution.trainedWith(convolution)).isEmpty();
        }
    }

    private static Factors factors(Case c) {
        int n = c.window().size() * IMAGE.channels();
        return Factors.random(c.type(), OUTPUTS, n, c.rank(), new Spectrum.Gaussian(), Rng.seeded(1));
    }
}
