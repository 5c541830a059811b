package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactorGradients;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
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
    private static final List<Integer> SLICES = List.of(11, 7, 9); // samples: groups of 4, 4, 3; 4, 3; 4, 5

    /// A kernel and what is asked of it.
    ///
    /// @param left rank of `U`, which differs from that of `V` in some steps
    /// @param wanted names of the gradients of factors that are wanted
    record Case(
            Image image,
            int outputs,
            Window window,
            int left,
            int rank,
            DType type,
            Gauge gauge,
            Activation activation,
            String wanted) {
        static Case of(Window window, int rank, DType type, Gauge gauge, Activation activation, String wanted) {
            return new Case(IMAGE, OUTPUTS, window, rank, rank, type, gauge, activation, wanted);
        }

        Factors factors() {
            Rng rng = Rng.seeded(1);
            try (Scope scope = Scope.open("factors")) {
                int n = window.size() * image.channels();
                Parameter made = gauge == Gauge.FREE
                        ? TestWeights.free(scope, outputs, n, rank, rng)
                        : TestWeights.orthonormal(scope, outputs, n, left, rank, rng);
                Parameter own = type == DType.FLOAT32 ? TestWeights.single(scope, made) : made;
                return (Factors) ((FactoredParameter) own).weight();
            }
        }
    }

    static Stream<Case> cases() {
        List<Case> all = new ArrayList<>();
        Window keeping = Window.of(3, 3).padding(1, 1);
        for (DType type : DType.values()) {
            for (Gauge gauge : Gauge.values()) {
                for (Activation activation : Activation.values()) {
                    if (!activation.slopeNeedsInput()) {
                        all.add(Case.of(keeping, 5, type, gauge, activation, "KLS"));
                    }
                }
                all.add(Case.of(keeping.stride(2), 8, type, gauge, Activation.RELU, "KLS"));
                all.add(Case.of(Window.of(1, 1), 10, type, gauge, Activation.RELU, "KLS"));
                all.add(Case.of(keeping, 2, type, gauge, Activation.RELU, "S"));
                all.add(Case.of(keeping, 20, type, gauge, Activation.RELU, "L"));
                all.add(Case.of(keeping, 16, type, gauge, Activation.RELU, ""));
            }
            Gauge gauge = Gauge.ORTHONORMAL;
            for (String wanted : List.of("S", "KLS")) {
                all.add(new Case(IMAGE, OUTPUTS, keeping, 6, 9, type, gauge, Activation.RELU, wanted));
            }
            Image large = new Image(24, 24, 2); // several blocks of rows
            all.add(new Case(large, OUTPUTS, keeping, 4, 4, type, gauge, Activation.RELU, "KLS"));
            Image wide = new Image(8, 8, 24); // Winograd's convolution
            all.add(new Case(wide, 32, keeping, 24, 24, type, gauge, Activation.RELU, "KLS"));
        }
        return all.stream();
    }

    private static Tensor normal(Scope scope, DType type, int rows, int columns, long seed) {
        Tensor made = scope.uninitialized(type, rows, columns);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    private static Tensor filled(Scope scope, DType type, int outputs, long seed) {
        Tensor made = scope.uninitialized(type, outputs);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    private static DenseParameter vector(Scope scope, Case c, String name, double around, long seed) {
        Tensor values = filled(scope, c.type(), c.outputs(), seed);
        values.setAll(Arrays.stream(values.toDoubles())
                .map(each -> around + 0.3 * each)
                .toArray());
        return new DenseParameter(name, values, WeightDecay.NONE);
    }

    private static void requireNear(Tensor actual, Tensor expected) {
        double size = Math.max(1e-3, Ops.norm(expected) / Math.sqrt((double) expected.size()));
        double near = expected.type() == DType.FLOAT64 ? 1e-10 : 3e-4;
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
            this.scale = filled(scope, f.type(), f.rows(), 91);
            this.bias = filled(scope, f.type(), f.rows(), 92);
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
                Factors f = c.factors()) {
            List<Tensor> apartStatistics = statistics(scope, c);
            List<Tensor> jointStatistics = statistics(scope, c);
            BatchNorm apartNorm = norm(scope, c, apartStatistics);
            Convolution convolution = convolution(c, f);
            Layer joint =
                    convolution.trainedWith(norm(scope, c, jointStatistics)).orElseThrow();
            Layer.Pass first = convolution.pass(context(scope, c));
            Layer.Pass second = apartNorm.pass(context(scope, c));
            Layer.Pass both = joint.pass(context(scope, c));
            Places apart = new Places(scope, f, c.wanted());
            Places together = new Places(scope, f, c.wanted());
            for (int samples : SLICES) { // gradients of the second one on are added
                Tensor x = normal(
                        scope, c.type(), samples * pixels(c.image()), c.image().channels(), 5 + samples);
                List<SampleRows> inputs = List.of(rows(x, samples));
                int positions = samples * c.window().grid(c.image()).positions();
                Tensor z = scope.zeros(c.type(), positions, c.outputs());
                Tensor y = scope.zeros(c.type(), positions, c.outputs());
                Tensor jointY = scope.zeros(c.type(), positions, c.outputs());
                Tensor delta = normal(scope, c.type(), positions, c.outputs(), 7 + samples);
                Tensor jointDelta = delta.copy(scope);

                first.forward(inputs, z);
                second.forward(List.of(rows(z, samples)), y);
                both.forward(inputs, jointY);
                requireNear(jointY, y);

                Tensor deltaOfZ = scope.zeros(c.type(), positions, c.outputs());
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

    private static int pixels(Image image) {
        return image.height() * image.width();
    }

    private static SampleRows rows(Tensor values, int samples) {
        return new SampleRows(values, RowLayout.uniform(samples, values.rows() / samples), 0);
    }

    @Test
    void memoryDoesNotGrowWithSlices() {
        Case c = Case.of(Window.of(3, 3), 5, DType.FLOAT32, Gauge.ORTHONORMAL, Activation.RELU, "KLS");
        try (Scope scope = Scope.open("test");
                Factors f = c.factors()) {
            Layer.Pass pass = convolution(c, f)
                    .trainedWith(norm(scope, c, statistics(scope, c)))
                    .orElseThrow()
                    .pass(context(scope, c));
            Places places = new Places(scope, f, c.wanted());
            Tensor x = normal(scope, c.type(), 9 * pixels(IMAGE), IMAGE.channels(), 2);
            Tensor y = normal(scope, c.type(), 9 * c.window().grid(IMAGE).positions(), OUTPUTS, 3);
            Tensor delta = y.copy(scope);
            long before = 0;
            for (int slice = 0; slice < 5; slice++) {
                pass.forward(List.of(rows(x, 9)), y);
                pass.backward(delta, places.gradients);
                pass.inputGradient(0, x.copy(scope), Accumulation.WRITE);
                long now = Scope.liveOwners() - slice; // less the copy
                assertThat(now).isEqualTo(slice == 0 ? now : before);
                before = now;
            }
        }
    }

    /// Two columns that are large and nearly the same: their difference is small, and so is its variance.
    @Test
    void varianceOfASmallDifferenceKeepsItsDigits() {
        Image image = new Image(8, 8, 2);
        Case c = new Case(image, 20, Window.of(1, 1), 2, 2, DType.FLOAT32, Gauge.FREE, Activation.IDENTITY, "");
        try (Scope scope = Scope.open("test")) {
            Tensor x = normal(scope, DType.FLOAT32, 4 * pixels(image), 2, 1);
            double sum = 0;
            double squares = 0;
            for (int i = 0; i < x.rows(); i++) {
                double common = 1000 * x.get(i, 0);
                x.set(i, 0, common + 0.1 * x.get(i, 1));
                x.set(i, 1, common);
                double difference = x.get(i, 0) - x.get(i, 1);
                sum += difference;
                squares += difference * difference;
            }
            double variance = (squares - sum * sum / x.rows()) / (x.rows() - 1);
            Tensor U = normal(scope, DType.FLOAT32, 20, 2, 2);
            U.set(7, 0, 1);
            U.set(7, 1, -1);
            Tensor V = scope.zeros(DType.FLOAT32, 2, 2);
            V.set(0, 0, 1);
            V.set(1, 1, 1);
            try (Factors f = Factors.product(U, V)) {
                List<Tensor> statistics = statistics(scope, c);
                Layer joint = convolution(c, f)
                        .trainedWith(norm(scope, c, statistics))
                        .orElseThrow();
                Layer.Pass pass = joint.pass(context(scope, c));
                pass.forward(List.of(rows(x, 4)), scope.zeros(DType.FLOAT32, x.rows(), 20));
                joint.updateStatistics(List.of(pass));
                double seen = (statistics.get(1).toDoubles()[7] - 0.9) / 0.1;
                assertThat(seen).isCloseTo(variance, within(0.01 * variance));
            }
        }
    }

    private static PassContext context(Scope scope, Case c) {
        return new PassContext(scope, c.type(), PassMode.TRAINING, 0);
    }

    private static Convolution convolution(Case c, Factors f) {
        return convolution(c, new FactoredParameter("conv.weight", f), Optional.empty(), Activation.IDENTITY);
    }

    private static Convolution convolution(
            Case c, Parameter weight, Optional<DenseParameter> bias, Activation activation) {
        return new Convolution("conv", c.image(), c.window(), weight, bias, activation);
    }

    /// Mean and variance, as they begin.
    private static List<Tensor> statistics(Scope scope, Case c) {
        Tensor variance = scope.zeros(c.type(), c.outputs());
        variance.setAll(DoubleStream.generate(() -> 1).limit(c.outputs()).toArray());
        return List.of(scope.zeros(c.type(), c.outputs()), variance);
    }

    private static BatchNorm norm(Scope scope, Case c, List<Tensor> statistics) {
        return new BatchNorm(
                "norm",
                BatchNormSpec.batchNorm().group(GROUP).activation(c.activation()),
                vector(scope, c, "norm.scale", 1, 11),
                vector(scope, c, "norm.bias", 0, 12),
                statistics.get(0),
                statistics.get(1));
    }

    @Test
    void itIsForTrainingAlone() {
        Case c = Case.of(Window.of(3, 3), 5, DType.FLOAT32, Gauge.FREE, Activation.RELU, "");
        try (Scope scope = Scope.open("test");
                Factors f = c.factors()) {
            Layer joint = convolution(c, f)
                    .trainedWith(norm(scope, c, statistics(scope, c)))
                    .orElseThrow();
            assertThatIllegalStateException()
                    .isThrownBy(() -> joint.pass(new PassContext(scope, c.type(), PassMode.EVALUATION, 0)))
                    .withMessage(
                            "convolution 'conv' and batch norm 'norm': can be computed together in training only; got"
                                    + " EVALUATION");
        }
    }

    @Test
    void whatItIsNotForStaysApart() {
        Case c = Case.of(Window.of(3, 3), 5, DType.FLOAT32, Gauge.ORTHONORMAL, Activation.GELU, "");
        try (Scope scope = Scope.open("test");
                Factors f = c.factors()) {
            Convolution convolution = convolution(c, f);
            assertThat(convolution.trainedWith(norm(scope, c, statistics(scope, c))))
                    .isEmpty();
            assertThat(convolution.trainedWith(convolution)).isEmpty();
            BatchNorm relu =
                    norm(scope, Case.of(c.window(), 5, c.type(), c.gauge(), Activation.RELU, ""), statistics(scope, c));
            DenseParameter bias = vector(scope, c, "conv.bias", 0, 1);
            for (Convolution other : List.of(
                    convolution(c, new FactoredParameter("conv.weight", f), Optional.of(bias), Activation.IDENTITY),
                    convolution(c, new FactoredParameter("conv.weight", f), Optional.empty(), Activation.RELU),
                    convolution(c, TestWeights.dense(f.matrix(scope)), Optional.empty(), Activation.IDENTITY))) {
                assertThat(other.trainedWith(relu)).isEmpty();
            }
        }
    }
}
