package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.DenseParameters.Layout;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Steps of kernels in Tucker form.
class TuckerStepsTest {
    private static final RankRule ALL = new RankRule.RelativeTolerance(0);

    private final Scope scope = Scope.open("test");
    private final Pool pool = new Pool();
    private final Threads threads = Threads.of(2);
    private final Workspace workspace = new Workspace(pool, threads);

    /// A kernel's sides.
    record Sides(int out, int in, int offsets) {
        TuckerFactors random(int o, int i, long seed) {
            return TuckerFactors.random(
                    DType.FLOAT64, out, in, offsets, new TuckerRanks(o, i), new Spectrum.Gaussian(), Rng.seeded(seed));
        }

        Tensor gaussian(Scope scope, long seed) {
            return Matrices.gaussian(scope, out, offsets * in, seed);
        }
    }

    @AfterEach
    void close() {
        threads.close();
        pool.close();
        scope.close();
    }

    private Point point(FactoredWeight... weights) {
        List<FactoredParameter> all = Stream.iterate(0, i -> i < weights.length, i -> i + 1)
                .map(i -> new FactoredParameter("conv" + (i + 1), weights[i]))
                .toList();
        return new Point(all, DenseParameters.zeros(scope, DType.FLOAT64, List.of(Layout.vector("bias", 2))));
    }

    private void steps(Integrator integrator, Point point, GradientField field, Optimizer optimizer, double h, int n) {
        try (OptimizerState state = new OptimizerState(optimizer, threads)) {
            for (int k = 0; k < n; k++) {
                assertThat(integrator.step(point, field, state, StepSize.of(h), workspace))
                        .isInstanceOf(StepOutcome.Taken.class);
            }
        }
    }

    /// `W − A`, the gradient of `‖W − A‖² / 2`.
    private static MatrixField.Gradient towards(Tensor A) {
        return (into, W, _) -> sum(into, W, -1, A);
    }

    /// `W ∘ W ∘ W − A`: of full rank wherever it is taken.
    private static MatrixField.Gradient cubes(Tensor A) {
        return (into, W, _) -> {
            double[] values = W.toDoubles();
            for (int i = 0; i < values.length; i++) {
                values[i] = values[i] * values[i] * values[i];
            }
            Tensor cubes = into.uninitialized(W.type(), W.rows(), W.columns());
            cubes.setAll(values);
            axpyInPlace(cubes, -1, A);
            return cubes;
        };
    }

    static Stream<Arguments> wholeSteps() {
        return Stream.of(new Sides(7, 5, 9), new Sides(4, 4, 1), new Sides(9, 1, 9), new Sides(2, 6, 3))
                .flatMap(sides -> Stream.of(
                                new FixedRankBug(),
                                new AdaptiveBug(ALL),
                                new SOnly(),
                                new Augmenting(new SOnly()),
                                new Truncating(new SOnly(), ALL))
                        .map(integrator -> Arguments.of(sides, integrator)));
    }

    @ParameterizedTest
    @MethodSource("wholeSteps")
    void atFullRankAStepIsThatOfTheDenseKernel(Sides sides, Integrator integrator) {
        try (TuckerFactors f = sides.random(sides.out(), sides.in(), 1)) {
            assertThat(f.ranks()).isEqualTo(new TuckerRanks(sides.out(), sides.in()));
            MatrixField.Gradient gradient = cubes(sides.gaussian(scope, 2));
            Tensor W = f.matrix(scope);
            for (int k = 0; k < 3; k++) {
                axpyInPlace(W, -0.05, gradient.at(scope, W.copy(scope), 0));
            }
            TuckerField field = new TuckerField(List.of(gradient));
            steps(integrator, point(f), field, new Sgd(), 0.05, 3);

            assertThat(Matrices.distance(f.matrix(scope), W)).isLessThan(1e-12 * (1 + norm(W)));
            assertThat(field.evaluations())
                    .isEqualTo(3 * integrator.work().evaluations().size());
        }
    }

    static Stream<Integrator> orthonormalSteps() {
        return Stream.of(
                new FixedRankBug(),
                new AdaptiveBug(ALL),
                new AdaptiveBug(new RankRule.RelativeTolerance(1e-3)),
                new SOnly(),
                new Augmenting(new SOnly()),
                new Truncating(new SOnly(), ALL));
    }

    @ParameterizedTest
    @MethodSource("orthonormalSteps")
    void aZeroGradientChangesNothing(Integrator integrator) {
        Sides sides = new Sides(7, 5, 9);
        for (Optimizer optimizer : List.of(new Sgd(), new Momentum(0.9), new Adam())) {
            try (TuckerFactors f = sides.random(3, 2, 1)) {
                Tensor W = f.matrix(scope);
                steps(
                        integrator,
                        point(f),
                        new TuckerField(List.of((into, at, _) -> scaled(into, at, 0))),
                        optimizer,
                        0.1,
                        3);
                assertThat(Matrices.distance(f.matrix(scope), W)).isLessThan(1e-13 * norm(W));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("orthonormalSteps")
    void aKernelOfZerosCanBeSteppedAway(Integrator integrator) {
        Sides sides = new Sides(7, 5, 9);
        try (TuckerFactors f = sides.random(3, 2, 1)) {
            f.core().clear();
            Tensor A = sides.gaussian(scope, 3);
            steps(integrator, point(f), new TuckerField(List.of(towards(A))), new Sgd(), 0.1, 5);
            assertThat(Matrices.distance(f.matrix(scope), A)).isLessThan(norm(A));
            assertThat(OrthonormalBasis.error(f.Uo())).isLessThan(1e-12);
        }
    }

    @Test
    void ranksOfBothModesAreFound() {
        Sides sides = new Sides(9, 7, 4);
        try (TuckerFactors target = sides.random(4, 2, 1);
                TuckerFactors f = sides.random(2, 3, 2)) {
            Tensor A = target.matrix(scope);
            TuckerField field = new TuckerField(List.of(towards(A)));
            steps(new AdaptiveBug(new RankRule.RelativeTolerance(1e-6)), point(f), field, new Sgd(), 0.5, 60);
            assertThat(Matrices.distance(f.matrix(scope), A)).isLessThan(1e-5 * norm(A));
            assertThat(f.ranks()).isEqualTo(new TuckerRanks(4, 2));
            assertThat(f.rank()).isEqualTo(4);

            steps(new FixedRankBug(), point(f), field, new Sgd(), 0.5, 60);
            assertThat(Matrices.distance(f.matrix(scope), A)).isLessThan(1e-12 * norm(A));
        }
    }

    @ParameterizedTest
    @MethodSource("tolerances")
    void truncationNeverExceedsItsTolerance(Sides sides, double tolerance) {
        try (TuckerFactors whole = sides.random(6, 5, 1);
                TuckerFactors cut = sides.random(6, 5, 1)) {
            Tensor D = whole.C().copy(scope); // a spectrum that decays in both modes
            for (int a = 0; a < D.rows(); a++) {
                for (int b = 0; b < D.columns(); b++) {
                    D.set(a, b, D.get(a, b) * Math.pow(2, -a - b % whole.ranks().in()));
                }
            }
            whole.replace(whole.Uo().copy(scope), D, whole.Ui().copy(scope));
            cut.replace(whole.Uo().copy(scope), D, whole.Ui().copy(scope));
            MatrixField.Gradient gradient = cubes(scaled(scope, sides.gaussian(scope, 2), 0.1));
            TuckerField field = new TuckerField(List.of(gradient));
            steps(new AdaptiveBug(ALL), point(whole), field, new Sgd(), 0.01, 1);
            steps(new AdaptiveBug(new RankRule.RelativeTolerance(tolerance)), point(cut), field, new Sgd(), 0.01, 1);
            double before = norm(whole.matrix(scope));
            assertThat(Matrices.distance(whole.matrix(scope), cut.matrix(scope)))
                    .isLessThanOrEqualTo(tolerance * before + 1e-13 * before);
            TuckerRanks r = cut.ranks();
            assertThat(r.capped(sides.out(), sides.in(), sides.offsets())).isEqualTo(r);
        }
    }

    static Stream<Arguments> tolerances() {
        return Stream.of(new Sides(13, 11, 9), new Sides(16, 1, 9), new Sides(1, 9, 4), new Sides(8, 6, 1))
                .flatMap(sides ->
                        Stream.of(0.0, 1e-3, 0.03, 0.1, 0.3, 0.8).map(tolerance -> Arguments.of(sides, tolerance)));
    }

    /// The same kernel between other bases of the same spaces, with another core, takes the same steps: moments
    /// belong to bases, and are carried with them.
    @ParameterizedTest
    @MethodSource("movingSteps")
    void stepsDoNotDependOnTheBases(Integrator integrator) {
        Sides sides = new Sides(8, 6, 9);
        try (TuckerFactors f = sides.random(4, 3, 1);
                TuckerFactors turned = turned(f)) {
            assertThat(Matrices.distance(f.matrix(scope), turned.matrix(scope))).isLessThan(1e-13);
            TuckerField field = new TuckerField(List.of(cubes(sides.gaussian(scope, 2))));
            steps(integrator, point(f), field, new Momentum(0.8), 0.02, 6);
            steps(integrator, point(turned), field, new Momentum(0.8), 0.02, 6);
            assertThat(Matrices.distance(f.matrix(scope), turned.matrix(scope))).isLessThan(1e-11);
        }
    }

    static Stream<Integrator> movingSteps() {
        return Stream.of(
                new FixedRankBug(),
                new AdaptiveBug(new RankRule.Fixed(4)),
                new AdaptiveBug(new RankRule.RelativeTolerance(0.05)),
                new Augmenting(new Truncating(new SOnly(), new RankRule.Fixed(3))));
    }

    private TuckerFactors turned(TuckerFactors f) {
        Tensor P = Matrices.basis(scope, f.ranks().out(), f.ranks().out(), 11);
        Tensor Q = Matrices.basis(scope, f.ranks().in(), f.ranks().in(), 12);
        Tensor C = TuckerFactors.timesIn(scope, matmulTN(scope, P, f.C()), f.offsets(), transpose(scope, Q));
        return TuckerFactors.of(f.offsets(), matmul(scope, f.Uo(), P), C, matmul(scope, f.Ui(), Q));
    }

    @ParameterizedTest
    @MethodSource("orthonormalSteps")
    void kernelsAndMatricesStepSideBySideAsTheyDoAlone(Integrator integrator) {
        Sides sides = new Sides(7, 5, 9);
        MatrixField.Gradient ofKernel = cubes(sides.gaussian(scope, 2));
        MatrixField.Gradient ofMatrix = cubes(Matrices.gaussian(scope, 6, 8, 3));
        try (TuckerFactors together = sides.random(3, 2, 1);
                TuckerFactors alone = sides.random(3, 2, 1);
                Factors matrixTogether =
                        Factors.random(DType.FLOAT64, 6, 8, 3, new Spectrum.Gaussian(), Rng.seeded(4));
                Factors matrixAlone = Factors.random(DType.FLOAT64, 6, 8, 3, new Spectrum.Gaussian(), Rng.seeded(4))) {
            Momentum momentum = new Momentum(0.9);
            steps(
                    integrator,
                    point(matrixTogether, together),
                    new TuckerField(List.of(ofMatrix, ofKernel)),
                    momentum,
                    0.01,
                    3);
            steps(integrator, point(alone), new TuckerField(List.of(ofKernel)), momentum, 0.01, 3);
            steps(integrator, point(matrixAlone), new TuckerField(List.of(ofMatrix)), momentum, 0.01, 3);
            assertThat(together.matrix(scope).toDoubles())
                    .isEqualTo(alone.matrix(scope).toDoubles());
            assertThat(matrixTogether.matrix(scope).toDoubles())
                    .isEqualTo(matrixAlone.matrix(scope).toDoubles());
        }
    }

    @Test
    void plainFactorsStepAlongTheirGradients() {
        Sides sides = new Sides(7, 5, 9);
        MatrixField.Gradient gradient = cubes(sides.gaussian(scope, 2));
        try (TuckerFactors orthonormal = sides.random(3, 2, 1);
                TuckerFactors f = orthonormal.inGauge(Gauge.FREE);
                Factors matrix =
                        Factors.product(Matrices.gaussian(scope, 6, 2, 5), Matrices.gaussian(scope, 8, 2, 6))) {
            double[] before = matrix.S().toDoubles();
            double h = 1e-5;
            double[] loss = new double[2];
            Tensor G = gradient.at(scope, f.matrix(scope), 0);
            Tensor W = f.matrix(scope);
            steps(
                    new VanillaFactors(),
                    point(f, matrix),
                    new TuckerField(List.of(gradient, cubes(Matrices.gaussian(scope, 6, 8, 3)))),
                    new Sgd(),
                    h,
                    1);
            Tensor moved = sum(scope, f.matrix(scope), -1, W);
            for (int i = 0; i < G.rows(); i++) {
                for (int j = 0; j < G.columns(); j++) {
                    loss[0] += G.get(i, j) * moved.get(i, j);
                }
            }
            Tensor GV = TuckerFactors.timesIn(scope, G, 9, transpose(scope, orthonormal.Ui()));
            double inC = norm(matmulTN(scope, orthonormal.Uo(), GV));
            double inUo = norm(dev.stiefel.tensor.Ops.matmulNT(scope, GV, orthonormal.C()));
            Tensor UG = TuckerFactors.inUnfolding(matmulTN(scope, orthonormal.Uo(), G), 9);
            double inUi = norm(matmulTN(scope, UG, TuckerFactors.inUnfolding(orthonormal.C(), 9)));
            double expected = -h * (inC * inC + inUo * inUo + inUi * inUi); // to first order
            assertThat(loss[0]).isCloseTo(expected, org.assertj.core.api.Assertions.withinPercentage(0.1));
            assertThat(matrix.S().toDoubles()).isEqualTo(before);
        }
    }

    static Stream<Integrator> refusing() {
        return Stream.of(
                new Riemannian(),
                new AdaptiveRiemannian(ALL),
                new ParallelBug(),
                new AdaptiveParallelBug(ALL),
                new BackwardCorrected(),
                new AdaptiveBackwardCorrected(ALL),
                new ProjectorSplitting());
    }

    @ParameterizedTest
    @MethodSource("refusing")
    void theOtherStepsRefuseTheFormByName(Integrator integrator) {
        try (TuckerFactors f = new Sides(7, 5, 9).random(3, 2, 1)) {
            assertThatThrownBy(() -> steps(integrator, point(f), (_, _) -> Double.NaN, new Sgd(), 0.1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith(": needs weights of the form U S Vᵀ; got 'conv1' of type TuckerFactors;"
                            + " use BUG, S-only or vanilla factors, which take the Tucker form as well");
        }
    }

    @Test
    void aBudgetAndTheOtherGaugeAreRefused() {
        Sides sides = new Sides(7, 5, 9);
        try (TuckerFactors f = sides.random(3, 2, 1);
                TuckerFactors free = f.inGauge(Gauge.FREE)) {
            TuckerField field = new TuckerField(List.of(towards(sides.gaussian(scope, 2))));
            RankRule budget = new RankRule.Budget(1000, RankLimits.NONE);
            assertThatThrownBy(() -> steps(new AdaptiveBug(budget), point(f), field, new Sgd(), 0.1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("rank budget: is for weights of the form U S Vᵀ");
            assertThatThrownBy(() -> steps(new FixedRankBug(), point(free), field, new Sgd(), 0.1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("fixed-rank BUG: needs factors in the orthonormal gauge");
            assertThatThrownBy(() -> steps(new VanillaFactors(), point(f), field, new Sgd(), 0.1, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("vanilla factors: needs factors in the free gauge");
        }
    }
}
