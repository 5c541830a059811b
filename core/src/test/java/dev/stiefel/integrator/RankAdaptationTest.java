package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// How the adaptive integrators find their rank: in the gradient flow of `½‖W − T‖²`.
class RankAdaptationTest {
    static Stream<Function<RankRule, Integrator>> adaptive() {
        return Stream.of(
                AdaptiveBug::new,
                AdaptiveRiemannian::new,
                AdaptiveParallelBug::new,
                AdaptiveBackwardCorrected::new,
                rule -> new Augmenting(new Truncating(new SOnly(), rule)));
    }

    @ParameterizedTest
    @MethodSource("adaptive")
    void theRankGrowsWithTheSolutionAndFallsWithIt(Function<RankRule, Integrator> adaptive) {
        Integrator integrator = adaptive.apply(new RankRule.RelativeTolerance(0.01));
        try (Scope scope = Scope.open("test");
                Model model = Model.factored(start(scope, 14, 10, 1))) {
            Tensor rich = Matrices.withSingularValues(scope, 14, 10, 71, 3, 2.5, 2, 1.5, 1);
            List<Integer> ranks = ranksOnTheWay(model, integrator, rich, 40);
            assertThat(ranks.getFirst()).isEqualTo(2);
            assertThat(ranks.get(1)).isGreaterThan(2);
            assertThat(ranks.getLast()).isEqualTo(5);
            assertThat(Matrices.distance(model.matrix(scope), rich)).isLessThan(0.01 * norm(rich));

            Tensor poor = Matrices.withSingularValues(scope, 14, 10, 81, 2, 1);
            ranks = ranksOnTheWay(model, integrator, poor, 60);
            assertThat(ranks.getFirst()).isGreaterThanOrEqualTo(5);
            assertThat(ranks.getLast()).isEqualTo(2);
            assertThat(Matrices.distance(model.matrix(scope), poor)).isLessThan(0.01 * norm(poor));
        }
    }

    @ParameterizedTest
    @MethodSource("adaptive")
    void theRankGrowsToTheWholeSpaceOfARectangularMatrix(Function<RankRule, Integrator> adaptive) {
        Integrator integrator = adaptive.apply(new RankRule.RelativeTolerance(1e-6));
        for (int[] shape : new int[][] {{9, 5}, {5, 9}, {7, 6}, {6, 7}, {5, 5}, {1, 4}, {4, 1}, {2, 3}}) {
            int full = Math.min(shape[0], shape[1]);
            try (Scope scope = Scope.open("test");
                    Model model = Model.factored(start(scope, shape[0], shape[1], 1))) {
                double[] sigma = new double[full];
                Arrays.setAll(sigma, i -> 3 + i);
                Tensor T = Matrices.withSingularValues(scope, shape[0], shape[1], 91, sigma);
                List<Integer> ranks = ranksOnTheWay(model, integrator, T, 60);
                assertThat(ranks).isSorted();
                assertThat(ranks.getLast()).isEqualTo(full);
                // each step halves what is left, and truncation adds 1e-6 of the whole
                assertThat(Matrices.distance(model.matrix(scope), T)).isLessThan(3e-6 * norm(T));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("adaptive")
    void theRankKeepsItsLimits(Function<RankRule, Integrator> adaptive) {
        try (Scope scope = Scope.open("test");
                Model model = Model.factored(start(scope, 12, 9, 2))) {
            Tensor rich = Matrices.withSingularValues(scope, 12, 9, 71, 5, 4, 3, 2, 1);
            Integrator integrator = adaptive.apply(new RankRule.RelativeTolerance(1e-3, RankLimits.of(2, 3)));
            assertThat(ranksOnTheWay(model, integrator, rich, 10)).containsOnly(3);
            Tensor poor = Matrices.withSingularValues(scope, 12, 9, 81, 1);
            assertThat(ranksOnTheWay(model, integrator, poor, 30).getLast()).isEqualTo(2);
            assertThat(ranksOnTheWay(model, adaptive.apply(new RankRule.Fixed(6)), poor, 3))
                    .isEqualTo(List.of(4, 6, 6));
        }
    }

    @ParameterizedTest
    @MethodSource("adaptive")
    void whatTruncationCostsIsWithinTheTolerance(Function<RankRule, Integrator> adaptive) {
        double tolerance = 0.2;
        for (double[] sigma : new double[][] {{1, 1, 1, 1, 1}, {1, 0.5, 0.25, 0.125, 0.0625}, {1, 1e-3, 1e-6}}) {
            try (Scope scope = Scope.open("test");
                    Model kept = Model.factored(
                            Matrices.factors(Matrices.withSingularValues(scope, 12, 9, 61, sigma), sigma.length));
                    Model cut = Model.factored(Factors.of(
                            kept.factors().U(),
                            kept.factors().S(),
                            kept.factors().V()))) {
                Tensor T = Matrices.withSingularValues(scope, 12, 9, 51, sigma);
                kept.step(adaptive.apply(new RankRule.RelativeTolerance(0)), towards(T), StepSize.of(0.3));
                cut.step(adaptive.apply(new RankRule.RelativeTolerance(tolerance)), towards(T), StepSize.of(0.3));
                Tensor W = kept.matrix(scope);
                double error = Matrices.distance(W, cut.matrix(scope));
                double tail = 0;
                List<Double> all = kept.factors().singularValues();
                for (double each : all.subList(cut.factors().rank(), all.size())) {
                    tail = Math.hypot(tail, each);
                }
                assertThat(error).isLessThanOrEqualTo(tolerance * norm(W)).isCloseTo(tail, within(1e-14));
                assertThat(cut.factors().rank()).isLessThan(kept.factors().rank());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("adaptive")
    void atZeroTheRankFallsToItsMinimumAndComesBack(Function<RankRule, Integrator> adaptive) {
        try (Scope scope = Scope.open("test");
                Model model = Model.factored(start(scope, 8, 6, 3))) {
            Tensor zero = scope.zeros(DType.FLOAT64, 8, 6);
            Integrator integrator = adaptive.apply(new RankRule.RelativeTolerance(0.01));
            model.step(integrator, towards(zero), StepSize.of(1)); // W1 = W0 − (W0 − 0)
            assertThat(norm(model.matrix(scope))).isLessThan(1e-14);
            Tensor T = Matrices.withSingularValues(scope, 8, 6, 71, 3, 2);
            assertThat(ranksOnTheWay(model, integrator, T, 40).getLast()).isEqualTo(2);
            assertThat(Matrices.distance(model.matrix(scope), T)).isLessThan(0.01 * norm(T));
        }
    }

    private static List<Integer> ranksOnTheWay(Model model, Integrator integrator, Tensor T, int steps) {
        List<Integer> ranks = new ArrayList<>();
        for (int k = 0; k < steps; k++) {
            assertThat(model.step(integrator, towards(T), StepSize.of(0.5))).isInstanceOf(StepOutcome.Taken.class);
            ranks.add(model.factors().rank());
        }
        return ranks;
    }

    private static MatrixField towards(Tensor T) {
        return MatrixField.of(T.rows(), T.columns(), (into, W, t) -> sum(into, W, -1, T));
    }

    private static Factors start(Scope scope, int m, int n, int rank) {
        double[] sigma = new double[rank];
        Arrays.setAll(sigma, i -> 1.0 / (i + 1));
        return Matrices.factors(Matrices.withSingularValues(scope, m, n, 61, sigma), rank);
    }
}
