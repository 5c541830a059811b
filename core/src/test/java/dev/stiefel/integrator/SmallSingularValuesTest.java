package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the smallest singular value does to the error: `A(t)` with singular values `c (1, √s, s)`, `s`
/// from 1 to 1e-10.
class SmallSingularValuesTest {
    private static final double[] SMALLEST = {1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10};
    private static final int STEPS = 32;
    private static final double H = 1.0 / STEPS;
    private static final double NOISE = 0.01;
    private static final RankRule ROUNDING = new RankRule.RelativeTolerance(1e-14);

    static List<Integrator> exact() {
        return List.of(
                new FixedRankBug(),
                new AdaptiveBug(ROUNDING),
                new Augmenting(new Truncating(new SOnly(), ROUNDING)),
                new BackwardCorrected(),
                new AdaptiveBackwardCorrected(ROUNDING),
                new ProjectorSplitting());
    }

    static List<Integrator> tangent() {
        return List.of(
                new Riemannian(),
                new AdaptiveRiemannian(ROUNDING),
                new ParallelBug(),
                new AdaptiveParallelBug(ROUNDING));
    }

    @ParameterizedTest
    @MethodSource("exact")
    void itIsExactToRoundingWhenTheFieldIsTheIncrementOfAMatrixOfTheRank(Integrator exact) {
        for (double error : errors(exact, STEPS, A -> A.incrementField(H))) {
            assertThat(error).isLessThan(STEPS * 5e-15); // a few roundings a step
        }
    }

    @ParameterizedTest
    @MethodSource("exact")
    void itIsExactWithWeightDecayToo(Integrator exact) {
        double decay = 0.1; // hλ
        try (RotatingMatrix A = new RotatingMatrix(1, 0.3, 1e-7);
                Model model = Model.factored(A.start());
                Scope scope = Scope.open("test")) {
            StepSize size = new StepSize(H, decay / H, Double.POSITIVE_INFINITY);
            model.steps(exact, A.incrementField(H, decay), 0, size, STEPS);
            assertThat(Matrices.distance(model.matrix(scope), A.at(scope, 1))).isLessThan(STEPS * 5e-15);
        }
    }

    @ParameterizedTest
    @MethodSource("exact")
    void theErrorOfExactIntegratorsDoesNotGrow(Integrator exact) {
        List<Double> errors = errors(exact, STEPS, RotatingMatrix::timeField);
        assertThat(Collections.max(errors)).isLessThan(1.15 * errors.getFirst());
    }

    @ParameterizedTest
    @MethodSource("tangent")
    void norDoesTheErrorOfThoseThatStepInTheTangentSpace(Integrator tangent) {
        List<Double> errors = errors(tangent, STEPS, RotatingMatrix::timeField);
        assertThat(Collections.max(errors)).isLessThan(1.15 * errors.getFirst());
    }

    @Test
    void theRiemannianStepIsNotExactButStaysCloseWhateverTheSingularValues() {
        List<Double> fixed = errors(new Riemannian(), STEPS, A -> A.incrementField(H));
        assertThat(Collections.min(fixed)).isGreaterThan(1e-6);
        assertThat(Collections.max(fixed)).isLessThan(0.2 * H * H);
        List<Double> adaptive = errors(new AdaptiveRiemannian(ROUNDING), STEPS, A -> A.incrementField(H));
        assertThat(Collections.min(adaptive)).isGreaterThan(1e-4);
        assertThat(Collections.max(adaptive)).isLessThan(H * H);
    }

    @Test
    void parallelBugIsNotExactButStaysCloseWhateverTheSingularValues() {
        for (Integrator parallel : List.of(new ParallelBug(), new AdaptiveParallelBug(ROUNDING))) {
            List<Double> errors = errors(parallel, STEPS, A -> A.incrementField(H));
            assertThat(Collections.min(errors)).isGreaterThan(1e-4);
            assertThat(Collections.max(errors)).isLessThan(H * H);
        }
    }

    @Test
    void whereASingularValueCrossesZeroTheRiemannianStepLosesMoreThanBugDoes() {
        double bug = errorOfCrossing(new FixedRankBug());
        double riemannian = errorOfCrossing(new Riemannian());
        assertThat(bug).isLessThan(1.2 * NOISE);
        assertThat(riemannian).isBetween(1.5 * bug, 5 * bug);
    }

    @Test
    void vanillaFactorsDoNotFollowTheFieldHoweverShortTheStep() {
        double coarse =
                errors(new VanillaFactors(), STEPS, RotatingMatrix::timeField).getFirst();
        double fine = errors(new VanillaFactors(), 16 * STEPS, RotatingMatrix::timeField)
                .getFirst();
        assertThat(fine).isGreaterThan(0.5).isBetween(0.9 * coarse, 1.1 * coarse);
    }

    @Test
    void theErrorOfVanillaFactorsInTheirOwnFlowGrowsWithTheLargestSingularValueAndNotWithTheSmallest() {
        List<Double> small = new ArrayList<>();
        for (double s : SMALLEST) {
            small.add(ownError(1, s));
        }
        assertThat(Collections.max(small)).isLessThan(1.15 * small.getFirst());
        // relative to the matrix
        assertThat(ownError(2, 1) / 2).isGreaterThan(10 * ownError(1, 1));
    }

    /// The largest error on the way along `A(t) + (t − ½) u(t) v(t)ᵀ`, of rank 2 but where `t = ½`, when
    /// the field is its increment and a constant besides that takes the matrix `NOISE` away within the
    /// time of 1.
    private static double errorOfCrossing(Integrator integrator) {
        int steps = 64;
        double h = 1.0 / steps;
        try (Scope scope = Scope.open("test");
                RotatingMatrix one = new RotatingMatrix(1, 0);
                RotatingMatrix other = new RotatingMatrix(0, 1);
                Model model = Model.factored(Matrices.factors(crossing(scope, one, other, 0), 2))) {
            Tensor noise = Matrices.gaussian(scope, RotatingMatrix.M, RotatingMatrix.N, 5);
            double scale = NOISE / norm(noise);
            MatrixField field = MatrixField.of(RotatingMatrix.M, RotatingMatrix.N, (into, W, t) -> {
                Tensor increment = sum(into, crossing(into, one, other, t + h), -1, crossing(into, one, other, t));
                return sum(into, scaled(into, increment, -1 / h), scale, noise);
            });
            double worst = 0;
            for (int k = 0; k < steps; k++) {
                model.steps(integrator, field, k * h, StepSize.of(h), 1);
                double error = Matrices.distance(model.matrix(scope), crossing(scope, one, other, (k + 1) * h));
                worst = Math.max(worst, error);
            }
            return worst;
        }
    }

    private static Tensor crossing(Scope scope, RotatingMatrix one, RotatingMatrix other, double t) {
        return sum(scope, one.at(scope, t), t - 0.5, other.at(scope, t));
    }

    /// The distance to the same method at a sixteenth of the step.
    private static double ownError(double c, double smallest) {
        try (Scope scope = Scope.open("test");
                RotatingMatrix A = family(c, smallest);
                Model coarse = Model.factored(start(new VanillaFactors(), A));
                Model fine = Model.factored(start(new VanillaFactors(), A))) {
            coarse.steps(new VanillaFactors(), A.timeField(), 0, StepSize.of(H), STEPS);
            fine.steps(new VanillaFactors(), A.timeField(), 0, StepSize.of(H / 16), 16 * STEPS);
            return Matrices.distance(coarse.matrix(scope), fine.matrix(scope));
        }
    }

    private static List<Double> errors(Integrator integrator, int steps, Function<RotatingMatrix, MatrixField> field) {
        List<Double> errors = new ArrayList<>();
        for (double smallest : SMALLEST) {
            try (Scope scope = Scope.open("test");
                    RotatingMatrix A = family(1, smallest);
                    Model model = Model.factored(start(integrator, A))) {
                model.steps(integrator, field.apply(A), 0, StepSize.of(1.0 / steps), steps);
                errors.add(Matrices.distance(model.matrix(scope), A.at(scope, 1)));
            }
        }
        return errors;
    }

    private static RotatingMatrix family(double c, double smallest) {
        return new RotatingMatrix(c, c * Math.sqrt(smallest), c * smallest);
    }

    private static Factors start(Integrator integrator, RotatingMatrix A) {
        if (!(integrator instanceof VanillaFactors)) {
            return A.start();
        }
        try (Factors orthonormal = A.start()) {
            return orthonormal.toFreeGauge();
        }
    }
}
