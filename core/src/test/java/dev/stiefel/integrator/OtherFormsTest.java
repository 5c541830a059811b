package dev.stiefel.integrator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.Approximations;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OtherFormsTest {
    private static final int M = 5;
    private static final int N = 4;
    private static final int RANK = 3;

    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();
    private final Threads threads = Threads.of(1);
    private final DiagonalFactors weight =
            new DiagonalFactors(Matrices.basis(scope, M, RANK, 1), Matrices.basis(scope, N, RANK, 2));
    private final Point point = new Point(
            List.of(new FactoredParameter("conv1", weight)),
            DenseParameters.zeros(scope, DType.FLOAT64, List.of(DenseParameters.Layout.vector("bias", 2))));

    @AfterEach
    void close() {
        weight.close();
        threads.close();
        pool.close();
        scope.close();
    }

    static Stream<Optimizer> optimizers() {
        return Stream.of(new Sgd(), new Momentum(0.5), new Adam(0.5, 0.9, 1e-8));
    }

    @ParameterizedTest
    @MethodSource("optimizers")
    void theStepOfTheCoreTrainsThem(Optimizer optimizer) {
        double[] wanted = {3, -2, 0.5};
        try (OptimizerState state = new OptimizerState(optimizer, threads)) {
            for (int step = 0; step < 400; step++) {
                double h = 0.2 * Math.pow(0.97, step) + 1e-3;
                StepOutcome outcome = new SOnly()
                        .step(
                                point,
                                (_, into) -> evaluate(into, wanted),
                                state,
                                StepSize.of(h),
                                new Workspace(pool, threads));
                assertThat(outcome).isInstanceOf(StepOutcome.Taken.class);
            }
        }
        for (int i = 0; i < M; i++) {
            for (int j = 0; j < N; j++) {
                double expected = 0;
                for (int k = 0; k < RANK; k++) {
                    expected += weight.U().get(i, k) * wanted[k] * weight.V().get(j, k);
                }
                assertThat(Math.abs(weight.element(i, j) - expected)).isLessThan(1e-2);
            }
        }
    }

    /// The gradient of `‖W − U diag(wanted) Vᵀ‖² / 2` by the core: `s − wanted`, because bases are orthonormal.
    private double evaluate(Gradients into, double[] wanted) {
        Tensor slope = into.blocks(Part.S).get(0);
        assertThat(slope.shape()).isEqualTo(weight.core().shape());
        double loss = 0;
        for (int k = 0; k < RANK; k++) {
            double difference = weight.core().get(0, k) - wanted[k];
            slope.set(0, k, difference);
            loss += difference * difference / 2;
        }
        into.dense().clear();
        return loss;
    }

    static Stream<Integrator> madeForMatrices() {
        RankRule rule = new RankRule.RelativeTolerance(0.1, RankLimits.NONE);
        return Stream.of(
                new Riemannian(),
                new AdaptiveRiemannian(rule),
                new FixedRankBug(),
                new AdaptiveBug(rule),
                new ParallelBug(),
                new AdaptiveParallelBug(rule),
                new BackwardCorrected(),
                new AdaptiveBackwardCorrected(rule),
                new ProjectorSplitting(),
                new VanillaFactors(),
                new Augmenting(new SOnly()),
                new Truncating(new SOnly(), rule));
    }

    @ParameterizedTest
    @MethodSource("madeForMatrices")
    void theOtherStepsRefuseThemByName(Integrator integrator) {
        try (OptimizerState state = new OptimizerState(new Sgd(), threads)) {
            assertThatThrownBy(() -> integrator.step(
                            point,
                            (_, _) -> {
                                throw new AssertionError("refused too late");
                            },
                            state,
                            StepSize.of(0.1),
                            new Workspace(pool, threads)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(".+: needs weights of the form U S Vᵀ( or the Tucker form)?;"
                            + " got 'conv1' of type DiagonalFactors; use SOnly, which steps the core of any form");
        }
    }

    @Test
    void approximationsRefuseThemByName() {
        FactoredParameter conv1 = new FactoredParameter("conv1", weight);
        String message = "approximations: 'conv1' must be dense, of the form U S Vᵀ or in Tucker form; got type"
                + " DiagonalFactors";
        assertThatThrownBy(() -> Approximations.inMatrixForm(scope, conv1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
        assertThatThrownBy(() -> Approximations.inTuckerForm(scope, conv1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void gradientsHaveTheShapesThatTheFormSays() {
        assertThat(point.shapes(Part.K)).containsExactly(weight.kShape());
        assertThat(point.shapes(Part.L)).containsExactly(weight.lShape());
        assertThat(point.shapes(Part.S)).containsExactly(weight.sShape());
        assertThat(point.ranks()).containsExactly(RANK);
    }
}
