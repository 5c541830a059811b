package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Momentum;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where augmented bases hold the old ones, they hold the matrix, too: the second pass is where the
/// first one was.
class SecondPassTest {
    static List<Integrator> augmenting() {
        RankRule rule = new RankRule.RelativeTolerance(0.01);
        return List.of(
                new AdaptiveBug(rule),
                new BackwardCorrected(),
                new AdaptiveBackwardCorrected(rule),
                new Augmenting(new SOnly()));
    }

    @ParameterizedTest
    @MethodSource("augmenting")
    void theBasesMoveAndTheMatrixDoesNotButForWeightDecay(Integrator integrator) {
        double kept = integrator instanceof Augmenting ? 1 : 1 - 0.1 * 0.5; // there, the core decays as it steps
        for (double[] sigma : new double[][] {{2, 1, 0.5}, {1, 1e-5, 1e-10}, {4, 3, 2, 1, 0.5}}) {
            try (RotatingMatrix A = new RotatingMatrix(sigma);
                    Model model = Model.factored(new Momentum(0.9), 1, A.start());
                    Scope scope = Scope.open("test")) {
                MatrixField field = A.tangentField();
                List<Tensor> seen = new ArrayList<>();
                GradientField watched = (at, into) -> {
                    seen.add(at.factors().getFirst().matrix(scope));
                    return field.evaluate(at, into);
                };
                model.step(integrator, watched, new StepSize(0.1, 0.5, Double.POSITIVE_INFINITY));
                assertThat(seen).hasSize(2);
                Tensor expected = scaled(scope, seen.getFirst(), kept);
                assertThat(Matrices.distance(seen.getLast(), expected)).isLessThan(5e-15 * norm(expected));
            }
        }
    }
}
