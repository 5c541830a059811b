package dev.stiefel.train;

import static dev.stiefel.tensor.Ops.matmulTN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.integrator.DescentDirections;
import dev.stiefel.integrator.GradientField;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.StepOperations;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.StepWork;
import dev.stiefel.integrator.StepWork.Directions;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.optim.ElementwiseOptimizer;
import dev.stiefel.optim.Momentum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An integrator and an optimizer that the library does not have, made of what it exports.
class OwnStrategiesTest {
    private static final TrainData DATA = Blobs.only(Blobs.classified(1, 300, 1));

    /// Steps `K = U S` alone; the right bases stay.
    private record LeftStep() implements Integrator {
        @Override
        public StepWork work() {
            return StepWork.along(Directions.OF_PARTS)
                    .evaluating(Part.K, Part.DENSE)
                    .makingBases(1);
        }

        @Override
        public StepOutcome step(
                Point point, GradientField field, DescentDirections descent, StepSize size, Workspace workspace) {
            List<Factors> factors = StepOperations.factors("left step", point, Gauge.ORTHONORMAL);
            try (Scope scope = workspace.pool().scope("left step")) {
                Gradients gradients = Gradients.of(scope, point, Part.K, Part.DENSE);
                double loss = field.evaluate(point, gradients);
                Optional<StepOutcome.Diverged> diverged =
                        StepOperations.direct(point, gradients, loss, descent, size, workspace, Part.K);
                if (diverged.isPresent()) {
                    return diverged.get();
                }
                StepOperations.stepDense(workspace.threads(), point, gradients, descent, size);
                for (int i = 0; i < factors.size(); i++) {
                    Factors f = factors.get(i);
                    Tensor direction = gradients.blocks(Part.K).get(i);
                    Tensor K1 = StepOperations.kStep(scope, f, f.S(), direction, size.length());
                    Tensor U1 = OrthonormalBasis.of(scope, K1);
                    f.replace(U1, matmulTN(scope, U1, K1), f.V());
                }
                return new StepOutcome.Taken(loss);
            }
        }
    }

    /// Lion (Chen et al. 2023, arXiv 2302.06675): the sign of an interpolated momentum.
    private record Lion(double beta1, double beta2) implements ElementwiseOptimizer {
        @Override
        public String name() {
            return "lion";
        }

        @Override
        public int moments() {
            return 1;
        }

        @Override
        public void direct(float[] gradient, float[] first, float[] second, int count, long step) {
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                gradient[i] = (float) Math.signum(beta1 * first[i] + (1 - beta1) * g);
                first[i] = (float) (beta2 * first[i] + (1 - beta2) * g);
            }
        }

        @Override
        public void direct(double[] gradient, double[] first, double[] second, int count, long step) {
            for (int i = 0; i < count; i++) {
                double g = gradient[i];
                gradient[i] = Math.signum(beta1 * first[i] + (1 - beta1) * g);
                first[i] = beta2 * first[i] + (1 - beta2) * g;
            }
        }
    }

    @Test
    void anIntegratorOfOnesOwnTrains() {
        TrainingMethod mine = TrainingMethod.of("left", new LeftStep());
        TrainSpec spec = SpecBuilder.of(Method.BUG)
                .optimizer(new Momentum(0.9))
                .epochs(10)
                .rate(0.05)
                .build()
                .withMethod(mine);
        assertThat(lastLoss(spec)).isLessThan(0.5 * firstLoss(spec));
    }

    @Test
    void anOptimizerOfOnesOwnTrains() {
        TrainSpec spec = SpecBuilder.of(Method.BUG)
                .optimizer(new Lion(0.9, 0.99))
                .epochs(10)
                .rate(2e-3)
                .build();
        assertThat(lastLoss(spec)).isLessThan(0.5 * firstLoss(spec));
    }

    private static double firstLoss(TrainSpec spec) {
        return run(spec).losses.getFirst();
    }

    private static double lastLoss(TrainSpec spec) {
        return run(spec).losses.getLast();
    }

    private static History run(TrainSpec spec) {
        try (Network network = Nets.classifier(spec.method(), DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, DATA)) {
            History history = new History();
            assertThat(trainer.run(history)).isEqualTo(new Outcome.Finished());
            return history;
        }
    }
}
