package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParallelBugTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new ParallelBug();
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "direct L", "direct S", "carry K", "carry L", "carry S", "direct DENSE");
    }

    /// Also where the doubled bases do not fit, and where the gradient is clipped.
    @ParameterizedTest
    @CsvSource({"14, 10, 3, Infinity", "10, 14, 3, 0.7", "9, 5, 4, 0.7", "6, 6, 1, Infinity", "5, 8, 5, Infinity"})
    void withPlainSgdItIsTheRiemannianStepThatAdapts(int m, int n, int rank, double clip) {
        RankRule rule = new RankRule.RelativeTolerance(0.05);
        try (Scope scope = Scope.open("test");
                Model parallel = Model.factored(start(scope, m, n, rank));
                Model riemannian = Model.factored(start(scope, m, n, rank))) {
            Tensor T = Matrices.withSingularValues(scope, m, n, 71, 3, 2, 1, 0.5, 0.1);
            MatrixField field = MatrixField.of(m, n, (into, W, t) -> sum(into, W, -1, T));
            StepSize size = new StepSize(0.2, 0.1, clip);
            for (int k = 0; k < 12; k++) {
                parallel.step(new AdaptiveParallelBug(rule), field, size);
                riemannian.step(new AdaptiveRiemannian(rule), field, size);
                assertThat(parallel.factors().rank())
                        .isEqualTo(riemannian.factors().rank());
                assertThat(Matrices.distance(parallel.matrix(scope), riemannian.matrix(scope)))
                        .isLessThan(1e-13 * norm(T));
                assertThat(parallel.beside()).containsExactly(riemannian.beside(), within(1e-14));
            }
        }
    }

    private static Factors start(Scope scope, int m, int n, int rank) {
        double[] sigma = new double[rank];
        for (int i = 0; i < rank; i++) {
            sigma[i] = 1.5 / (i + 1);
        }
        return Matrices.factors(Matrices.withSingularValues(scope, m, n, 61, sigma), rank);
    }
}
