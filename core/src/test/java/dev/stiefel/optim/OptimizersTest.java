package dev.stiefel.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Points;
import dev.stiefel.integrator.TangentVector;
import dev.stiefel.published.KerasAdam;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The optimizers against their recurrences, written down for one number.
class OptimizersTest {
    private static final int STEPS = 5;

    /// One unknown under one optimizer.
    private interface Scalar {
        double direction(double gradient);
    }

    private static Scalar momentum(double mu) {
        double[] v = {0};
        return g -> v[0] = mu * v[0] + g;
    }

    private static Scalar adam(double beta1, double beta2, double epsilon) {
        double[] m = {0};
        double[] v = {0};
        int[] t = {0};
        return g -> {
            t[0]++;
            m[0] = beta1 * m[0] + (1 - beta1) * g;
            v[0] = beta2 * v[0] + (1 - beta2) * g * g;
            double corrected = m[0] / (1 - Math.pow(beta1, t[0]));
            return corrected / (Math.sqrt(v[0] / (1 - Math.pow(beta2, t[0]))) + epsilon);
        };
    }

    private static Scalar kerasAdam() {
        double[] m = {0};
        double[] v = {0};
        int[] t = {0};
        return g -> {
            t[0]++;
            m[0] = 0.9 * m[0] + 0.1 * g;
            v[0] = 0.999 * v[0] + 0.001 * g * g;
            double rate = Math.sqrt(1 - Math.pow(0.999, t[0])) / (1 - Math.pow(0.9, t[0]));
            return rate * m[0] / (Math.sqrt(v[0]) + 1e-7);
        };
    }

    private static Scalar scalar(Optimizer optimizer) {
        return switch (optimizer) {
            case Momentum each -> momentum(each.momentum());
            case Adam each -> adam(each.beta1(), each.beta2(), each.epsilon());
            case KerasAdam each -> kerasAdam();
            default -> g -> g;
        };
    }

    record Case(Optimizer optimizer, DType type, int size) {}

    static Stream<Case> cases() {
        return Stream.of(
                        new Sgd(),
                        new Momentum(0),
                        new Momentum(0.9),
                        new Adam(),
                        new Adam(0, 0.5, 1e-3),
                        new KerasAdam())
                .flatMap(optimizer -> Stream.of(DType.values())
                        .flatMap(
                                type -> Stream.of(1, 2047, 2049, 33_000).map(size -> new Case(optimizer, type, size))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void directionsFollowTheRecurrenceOfEachUnknown(Case c) {
        int size = c.size();
        Scalar[] scalars =
                Stream.generate(() -> scalar(c.optimizer())).limit(size).toArray(Scalar[]::new);
        try (Threads threads = Threads.of(2);
                OptimizerState state = new OptimizerState(c.optimizer(), threads);
                Scope scope = Scope.open("test")) {
            Point point = Points.of(List.of(), scope.zeros(c.type(), size), 0);
            for (int step = 0; step < STEPS; step++) {
                Gradients gradients = Gradients.of(scope, point, Part.DENSE);
                Rng.seeded(step).fillNormal(gradients.dense(), step % 2 == 0 ? 1 : 1e-3);
                double[] g = gradients.dense().toDoubles();
                state.direct(Part.DENSE, gradients);
                double[] d = gradients.dense().toDoubles();
                double worst = 0;
                for (int i = 0; i < size; i++) {
                    double expected = scalars[i].direction(g[i]);
                    worst = Math.max(worst, Math.abs(d[i] - expected) / (1 + Math.abs(expected)));
                }
                assertThat(worst).isLessThan(30 * c.type().epsilon()); // a few roundings a step
            }
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void oneThreadAndTwoGiveTheSameBits(DType type) {
        double[][] results = new double[2][];
        for (int count = 1; count <= 2; count++) {
            try (Threads threads = Threads.of(count);
                    OptimizerState state = new OptimizerState(new Adam(), threads);
                    Scope scope = Scope.open("test")) {
                Point point = Points.of(List.of(), scope.zeros(type, 70_001), 0);
                Gradients gradients = Gradients.of(scope, point, Part.DENSE);
                for (int step = 0; step < 4; step++) {
                    Rng.seeded(step).fillNormal(gradients.dense(), 1);
                    state.direct(Part.DENSE, gradients);
                }
                results[count - 1] = gradients.dense().toDoubles();
            }
        }
        assertThat(results[1]).isEqualTo(results[0]);
    }

    @Test
    void eachPartCorrectsItsBiasByItsOwnCount() {
        try (Threads threads = Threads.of(1);
                Layers layers = new Layers(DType.FLOAT64, 3, 2, 2);
                OptimizerState state = new OptimizerState(new Adam(), threads);
                Scope scope = Scope.open("test")) {
            state.direct(Part.K, layers.gradients(scope, 1));
            state.direct(Part.K, layers.gradients(scope, 2));
            Gradients third = layers.gradients(scope, 3);
            double[] g = third.flat(Part.S).toDoubles();
            state.direct(Part.K, third);
            state.direct(Part.S, third);
            double[] d = third.flat(Part.S).toDoubles();
            for (int i = 0; i < d.length; i++) {
                assertThat(d[i]).isCloseTo(g[i] / (Math.abs(g[i]) + 1e-8), within(1e-15)); // a first step
            }
            assertThat(state.snapshot().steps())
                    .containsEntry("K", 3L)
                    .containsEntry("S", 1L)
                    .hasSize(2);
        }
    }

    @Test
    void inTheTangentSpaceAdamKeepsOneSecondMomentAWeight() {
        try (Threads threads = Threads.of(1);
                Layers layers = new Layers(DType.FLOAT64, 3, 2, 2);
                OptimizerState state = new OptimizerState(new Adam(0.9, 0.99, 1e-8), threads);
                Scope scope = Scope.open("test")) {
            double[] second = new double[2];
            double m = 0;
            for (int t = 1; t <= 5; t++) {
                Gradients gradients = layers.gradients(scope, t);
                double g = gradients.blocks(Part.L).get(1).get(2, 1);
                List<Double> meanSquares = List.of(0.5 * t, 2.0);
                var direction = state.directTangent(
                        layers.point().factors(),
                        new TangentVector(gradients.blocks(Part.K), gradients.blocks(Part.L)),
                        meanSquares);
                m = 0.9 * m + 0.1 * g;
                assertThat(direction.vector().L().get(1).get(2, 1)).isCloseTo(m, within(1e-15));
                for (int i = 0; i < second.length; i++) {
                    second[i] = 0.99 * second[i] + 0.01 * meanSquares.get(i);
                    double root = Math.sqrt(second[i] / (1 - Math.pow(0.99, t))) + 1e-8;
                    assertThat(direction.scales().get(i)).isCloseTo(1 / (1 - Math.pow(0.9, t)) / root, within(1e-13));
                }
            }
        }
    }

    @Test
    void inTheTangentSpaceSgdIsTheGradientAndMomentumItsDecayingSum() {
        try (Threads threads = Threads.of(1);
                Layers layers = new Layers(DType.FLOAT64, 3, 2, 2);
                OptimizerState sgd = new OptimizerState(new Sgd(), threads);
                OptimizerState momentum = new OptimizerState(new Momentum(0.5), threads);
                Scope scope = Scope.open("test")) {
            double v = 0;
            for (int t = 1; t <= 4; t++) {
                Gradients gradients = layers.gradients(scope, t);
                double g = gradients.blocks(Part.K).get(1).get(3, 1);
                v = 0.5 * v + g;
                var plain = sgd.directTangent(
                        layers.point().factors(),
                        new TangentVector(gradients.blocks(Part.K), gradients.blocks(Part.L)),
                        List.of(1.0, 1.0));
                assertThat(plain.vector().K()).isSameAs(gradients.blocks(Part.K));
                assertThat(plain.scales()).containsExactly(1.0, 1.0);
                assertThat(plain.momentum()).isEmpty();
                var heavy = momentum.directTangent(
                        layers.point().factors(),
                        new TangentVector(gradients.blocks(Part.K), gradients.blocks(Part.L)),
                        List.of(1.0, 1.0));
                assertThat(heavy.vector().K().get(1).get(3, 1)).isCloseTo(v, within(1e-15));
                assertThat(heavy.scales()).containsExactly(1.0, 1.0);
                assertThat(heavy.isMomentum()).isTrue();
            }
            assertThat(sgd.snapshot().tensors()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void zeroGradientsGiveZeroDirections(DType type) {
        try (Threads threads = Threads.of(1);
                OptimizerState state = new OptimizerState(new Adam(), threads);
                Scope scope = Scope.open("test")) {
            Point point = Points.of(List.of(), scope.zeros(type, 5), 0);
            Gradients gradients = Gradients.of(scope, point, Part.DENSE);
            gradients.dense().clear();
            state.direct(Part.DENSE, gradients);
            assertThat(gradients.dense().toDoubles()).containsOnly(0);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1, 2, Double.NaN})
    void decaysLieInZeroToOne(double decay) {
        assertThatThrownBy(() -> new Momentum(decay))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("momentum must be in [0, 1); got " + decay);
        assertThatThrownBy(() -> new Adam(decay, 0.9, 1e-8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beta1 must be in [0, 1); got " + decay);
        assertThatThrownBy(() -> new Adam(0.9, decay, 1e-8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("beta2 must be in [0, 1); got " + decay);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
    void epsilonIsAboveZero(double epsilon) {
        assertThatThrownBy(() -> new Adam(0.9, 0.999, epsilon))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("epsilon must be above 0 and finite; got " + epsilon);
    }
}
