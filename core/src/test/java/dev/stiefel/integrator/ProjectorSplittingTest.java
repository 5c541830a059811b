package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectorSplittingTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new ProjectorSplitting();
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "carry L", "carry S", "direct S", "direct L", "direct DENSE", "carry K", "carry S");
    }

    /// Where K and L take `1 − q` of what is left and the step back `1 + q`, with `q` the step size
    /// times the curvature, `(1 − q)² (1 + q)` remains: below 1 as long as `q` is below the golden
    /// ratio.
    @Test
    void theBackwardStepLeavesAMinimumAtStepsThatTheOthersHoldItWith() {
        assertThat(distanceFromMinimum(new ProjectorSplitting(), 1.55)).isLessThan(1e-6);
        assertThat(distanceFromMinimum(new ProjectorSplitting(), 1.7)).isGreaterThan(1);
        for (Integrator other :
                List.of(new FixedRankBug(), new BackwardCorrected(), new ParallelBug(), new Riemannian())) {
            assertThat(distanceFromMinimum(other, 1.7)).as(other.toString()).isLessThan(1e-6);
        }
    }

    /// After 150 steps down the slope of `½ ‖W − T‖²`, which go on from near `T`.
    private static double distanceFromMinimum(Integrator integrator, double h) {
        try (Scope scope = Scope.open("test")) {
            Tensor T = Matrices.withSingularValues(scope, 12, 9, 71, 2, 1.5, 1);
            MatrixField field = MatrixField.of(12, 9, (into, W, t) -> sum(into, W, -1, T));
            Tensor near = sum(scope, T, 1e-3, Matrices.gaussian(scope, 12, 9, 5));
            try (Model model = Model.factored(Matrices.factors(near, 3))) {
                model.steps(integrator, field, 0, StepSize.of(h), 150);
                return Matrices.distance(model.matrix(scope), T);
            }
        }
    }
}
