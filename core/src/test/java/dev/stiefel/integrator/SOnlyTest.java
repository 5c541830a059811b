package dev.stiefel.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Blocks of one step keep the contract; longer ones are looked at here.
class SOnlyTest extends IntegratorContract {
    private static final int STEPS = 64;

    @Override
    Integrator integrator() {
        return new Augmenting(new Truncating(new SOnly(), RULE));
    }

    @Override
    List<String> requests() {
        return List.of("carry S", "carry K", "carry L", "direct S", "direct DENSE", "carry S", "carry K", "carry L");
    }

    @Override
    double truncation() {
        return 1e-8;
    }

    @Test
    void withinABlockBasesStayBitByBitAndTheCoreMoves() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5);
                Model model = Model.factored(new Momentum(0.9), 1, A.start())) {
            model.step(new Augmenting(new SOnly()), A.tangentField(), StepSize.of(0.01));
            double[] U = model.factors().U().toDoubles();
            double[] V = model.factors().V().toDoubles();
            double[] S = model.factors().S().toDoubles();
            model.steps(new SOnly(), A.tangentField(), 0, StepSize.of(0.01), 5);
            assertThat(model.factors().U().toDoubles()).isEqualTo(U);
            assertThat(model.factors().V().toDoubles()).isEqualTo(V);
            assertThat(model.factors().S().toDoubles()).isNotEqualTo(S);
            assertThat(model.beside()[0]).isLessThan(1 - 5 * 0.01);
        }
    }

    @Test
    void aBlockDoublesTheBasesAsFarAsTheyFitAndEndsAtTheRanksOfTheRule() {
        try (RotatingMatrix A = new RotatingMatrix(4, 3, 2, 1);
                Model model = Model.factored(A.start())) {
            model.step(new Augmenting(new SOnly()), A.tangentField(), StepSize.of(0.01));
            assertThat(model.factors().U().columns()).isEqualTo(8);
            assertThat(model.factors().V().columns()).isEqualTo(RotatingMatrix.N); // 7
            model.step(new Truncating(new SOnly(), new RankRule.Fixed(4)), A.tangentField(), StepSize.of(0.01));
            assertThat(model.point().ranks()).containsExactly(4);
            assertThat(model.factors().S().shape()).isEqualTo(A.start().S().shape());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8})
    void aBlockOfSeveralStepsIsOfFirstOrderToo(int k) {
        double[] sizes = new double[4];
        double[] errors = new double[sizes.length];
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5)) {
            for (int i = 0; i < sizes.length; i++) {
                int steps = STEPS << i;
                sizes[i] = 1.0 / steps;
                errors[i] = error(A, RotatingMatrix::tangentField, k, steps);
            }
        }
        assertThat(Slope.of(sizes, errors)).as(Arrays.toString(errors)).isCloseTo(1, within(0.15));
    }

    @Test
    void theErrorGrowsWithTheLengthOfABlock() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1, 0.5)) {
            double four = error(A, RotatingMatrix::tangentField, 4, STEPS);
            double sixteen = error(A, RotatingMatrix::tangentField, 16, STEPS);
            assertThat(sixteen).isGreaterThan(1.5 * four);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 16})
    void theErrorDoesNotGrowWhenTheSmallestSingularValueFalls(int k) {
        List<Double> errors = new ArrayList<>();
        for (double smallest : new double[] {1, 1e-2, 1e-4, 1e-6, 1e-8, 1e-10}) {
            try (RotatingMatrix A = new RotatingMatrix(1, Math.sqrt(smallest), smallest)) {
                errors.add(error(A, RotatingMatrix::timeField, k, STEPS));
            }
        }
        assertThat(Collections.max(errors)).isLessThan(1.15 * errors.getFirst());
    }

    @Test
    void aBlockOfOneStepIsExactWhereTheFieldIsTheIncrementOfAMatrixOfTheRankAndALongerOneIsNot() {
        try (RotatingMatrix A = new RotatingMatrix(1, 0.3, 1e-7)) {
            assertThat(error(A, B -> B.incrementField(1.0 / STEPS), 1, STEPS)).isLessThan(STEPS * 5e-15);
            assertThat(error(A, B -> B.incrementField(1.0 / STEPS), 4, STEPS)).isGreaterThan(1e-4);
        }
    }

    /// At time 1, after blocks of `k` steps that end at the rank of the matrix.
    private static double error(RotatingMatrix A, Function<RotatingMatrix, MatrixField> fields, int k, int steps) {
        StepSize size = StepSize.of(1.0 / steps);
        try (Scope scope = Scope.open("test");
                Factors start = A.start();
                Model model = Model.factored(new Sgd(), 1, A.start())) {
            MatrixField field = fields.apply(A);
            RankRule back = new RankRule.Fixed(start.rank());
            for (int step = 0; step < steps; step++) {
                Integrator core = (step + 1) % k == 0 ? new Truncating(new SOnly(), back) : new SOnly();
                Integrator taken = step % k == 0 ? new Augmenting(core) : core;
                model.steps(taken, field, step * size.length(), size, 1);
            }
            Tensor expected = A.at(scope, 1);
            return Matrices.distance(model.matrix(scope), expected);
        }
    }
}
