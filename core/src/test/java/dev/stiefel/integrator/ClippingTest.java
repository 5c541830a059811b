package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What "the gradient's norm" is that a step is clipped at.
class ClippingTest {
    private static final double LARGE = 1e3;

    static List<Integrator> orthonormal() {
        RankRule all = new RankRule.RelativeTolerance(0);
        return List.of(
                new FixedRankBug(),
                new AdaptiveBug(all),
                new Riemannian(),
                new AdaptiveRiemannian(all),
                new ParallelBug(),
                new AdaptiveParallelBug(all),
                new Augmenting(new Truncating(new SOnly(), all)),
                new BackwardCorrected(),
                new AdaptiveBackwardCorrected(all),
                new ProjectorSplitting());
    }

    @ParameterizedTest
    @MethodSource("orthonormal")
    void aGradientBelowTheClipNormIsLeftAsItIs(Integrator integrator) {
        assertThat(afterOneStep(integrator, 1, 1e6)).isEqualTo(afterOneStep(integrator, 1, Double.POSITIVE_INFINITY));
    }

    @ParameterizedTest
    @MethodSource("orthonormal")
    void aHugeGradientMovesTheMatrixByAtMostTheStepTimesTheClipNorm(Integrator integrator) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = Model.factored(A.start());
                Scope scope = Scope.open("test")) {
            double longest = 0.01 * 0.5;
            model.step(integrator, times(A, LARGE), new StepSize(0.01, 0, 0.5));
            double moved = Matrices.distance(model.matrix(scope), A.at(scope, 0));
            double beside = Math.hypot(1 - model.beside()[0], 1 - model.beside()[1]);
            // where a pass of its own turns bases, or steps back, the matrix may go as far again in each
            double most = integrator instanceof FixedRankBug ? 2 : integrator instanceof ProjectorSplitting ? 3 : 1;
            assertThat(moved).isBetween(0.9 * longest, 1.001 * most * longest);
            assertThat(beside).isLessThan(longest);
        }
    }

    static List<Integrator> untruncated() {
        RankRule all = new RankRule.RelativeTolerance(0);
        return List.of(new AdaptiveRiemannian(all), new AdaptiveParallelBug(all));
    }

    @ParameterizedTest
    @MethodSource("untruncated")
    void aStepInTheTangentSpaceIsClippedByTheNormOfTheTangentVectorAndTheDenseUnknowns(Integrator untruncated) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = Model.factored(A.start());
                Scope scope = Scope.open("test")) {
            Tensor W = A.at(scope, 0);
            Tensor G = scaled(scope, A.tangentField().first().at(scope, W, 0), LARGE);
            double all = Math.sqrt(norm(G) * norm(G) + 2); // the two unknowns beside it have gradients 1, 1
            model.step(untruncated, times(A, LARGE), new StepSize(0.1, 0, 0.5));
            Tensor expected = sum(scope, W, -0.1 * 0.5 / all, G);
            assertThat(Matrices.distance(model.matrix(scope), expected)).isLessThan(1e-13);
            assertThat(model.beside()[0]).isCloseTo(1 - 0.1 * 0.5 / all, within(1e-15));
        }
    }

    @Test
    void eachPassOfBugIsClippedByItself() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = Model.factored(A.start());
                Scope scope = Scope.open("test")) {
            // the second pass sees ∇S = 0 and ∇x = (1, 1), so its norm is √2
            MatrixField field = MatrixField.of(RotatingMatrix.M, RotatingMatrix.N, (into, W, t) -> scaled(into, W, 0));
            GradientField hugeFirst = (at, into) -> {
                double loss = field.evaluate(at, into);
                if (into.wants(Part.K)) {
                    Factors f = at.factors().getFirst();
                    into.blocks(Part.K).get(0).copyFrom(scaled(scope, f.U(), 1e9));
                }
                return loss;
            };
            model.step(new FixedRankBug(), hugeFirst, new StepSize(0.1, 0, 0.7));
            assertThat(model.beside()[0]).isCloseTo(1 - 0.1 * 0.7 / Math.sqrt(2), within(1e-15));
        }
    }

    @ParameterizedTest
    @MethodSource("orthonormal")
    void factorsInTheFreeGaugeAreRefused(Integrator integrator) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1);
                Factors orthonormal = A.start();
                Model model = Model.factored(orthonormal.toFreeGauge())) {
            assertThatThrownBy(() -> model.step(integrator, A.tangentField(), StepSize.of(0.1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(": needs factors in the orthonormal gauge (Factors.of); got factors of a"
                            + " [11, 7] matrix, rank 2");
        }
    }

    private static double[] afterOneStep(Integrator integrator, double factor, double clipNorm) {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = Model.factored(A.start())) {
            model.step(integrator, times(A, factor), new StepSize(0.01, 0, clipNorm));
            return model.numbers();
        }
    }

    private static MatrixField times(RotatingMatrix A, double factor) {
        MatrixField.Gradient gradient = A.tangentField().first();
        return MatrixField.of(
                RotatingMatrix.M, RotatingMatrix.N, (into, W, t) -> scaled(into, gradient.at(into, W, t), factor));
    }
}
