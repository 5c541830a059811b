package dev.stiefel.optim;

import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.isFinite;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.AdaptiveRiemannian;
import dev.stiefel.integrator.BackwardCorrected;
import dev.stiefel.integrator.Dense;
import dev.stiefel.integrator.FixedRankBug;
import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.Matrices;
import dev.stiefel.integrator.MatrixField;
import dev.stiefel.integrator.Model;
import dev.stiefel.integrator.ParallelBug;
import dev.stiefel.integrator.ProjectorSplitting;
import dev.stiefel.integrator.Riemannian;
import dev.stiefel.integrator.SOnly;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.TangentVector;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Muon against its definition on formed matrices, by singular values.
class MuonTest {
    private static final double MU = 0.9;

    private final Scope scope = Scope.open("test");

    @AfterEach
    void close() {
        scope.close();
    }

    /// `γ p(p(p(p(p(σ / (‖σ‖ + 1e-7))))))` for every singular value.
    private Tensor orthogonalized(Tensor h) {
        Svd svd = Svd.of(scope, h);
        double norm = norm(h) + 1e-7;
        Tensor middle = scope.zeros(h.type(), svd.sigma().size(), svd.sigma().size());
        for (int i = 0; i < svd.sigma().size(); i++) {
            double s = svd.sigma().get(i) / norm;
            for (int k = 0; k < 5; k++) {
                s = 3.4445 * s - 4.7750 * s * s * s + 2.0315 * s * s * s * s * s;
            }
            middle.set(i, i, 0.2 * Math.sqrt(Math.max(h.rows(), h.columns())) * s);
        }
        int k = svd.sigma().size();
        return matmul(
                scope,
                matmul(scope, svd.p().columnRange(0, k), middle),
                svd.qt().rows(0, k));
    }

    private static TangentVector.OfWeight tangent(Scope scope, Factors f, Tensor G) {
        return new TangentVector.OfWeight(matmul(scope, G, f.V()), matmulTN(scope, G, f.U()));
    }

    @ParameterizedTest
    @CsvSource({"13, 8, 3", "8, 13, 3", "9, 9, 1", "11, 7, 5", "7, 11, 5", "7, 5, 5", "6, 6, 6", "1, 4, 1", "8, 8, 4"})
    void theDirectionIsTheOrthogonalizedOneProjectedToTheTangentSpace(int m, int n, int r) {
        try (Factors f = Matrices.factors(Matrices.gaussian(scope, m, n, 1), r)) {
            TangentVector.OfWeight gradient = tangent(scope, f, Matrices.gaussian(scope, m, n, 2));
            TangentVector.OfWeight momentum = tangent(scope, f, Matrices.gaussian(scope, m, n, 3));
            Tensor h = sum(
                    scope,
                    Matrices.tangentVector(scope, f.U(), f.V(), gradient.K(), gradient.L()),
                    MU,
                    Matrices.tangentVector(scope, f.U(), f.V(), momentum.K(), momentum.L()));
            Tensor expected = Matrices.tangentProjection(scope, f.U(), f.V(), orthogonalized(h));
            new Muon(MU).map().orElseThrow().direct(scope, f, gradient, momentum);
            Tensor dS = matmulTN(scope, f.U(), gradient.K());
            assertThat(Matrices.distance(dS, transpose(scope, matmulTN(scope, f.V(), gradient.L()))))
                    .isLessThan(1e-12);
            assertThat(Matrices.distance(
                            Matrices.tangentVector(scope, f.U(), f.V(), gradient.K(), gradient.L()), expected))
                    .isLessThan(1e-12 * norm(expected));
        }
    }

    @ParameterizedTest
    @CsvSource({"13, 8", "8, 13", "5, 5", "1, 6", "6, 1", "1, 1"})
    void dense(int m, int n) {
        Muon muon = new Muon(MU);
        Tensor momentum = scope.zeros(DType.FLOAT64, m, n);
        Tensor v = scope.zeros(DType.FLOAT64, m, n);
        for (int step = 1; step <= 4; step++) {
            Tensor gradient = Matrices.gaussian(scope, m, n, step);
            v = sum(scope, gradient, MU, v);
            Tensor expected = orthogonalized(sum(scope, gradient, MU, v));
            muon.direct(scope, gradient, List.of(momentum), step);
            assertThat(Matrices.distance(gradient, expected)).isLessThan(1e-12 * norm(expected));
            assertThat(Matrices.distance(momentum, v)).isLessThan(1e-13 * norm(v));
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 0", "9, 5, 0", "9, 5, 0.4", "5, 9, 0.4", "1, 7, 0.4"})
    void atFullRankTheRiemannianStepIsThatOfTheDenseMatrix(int m, int n, double decay) {
        int full = Math.min(m, n);
        StepSize size = new StepSize(0.02, decay, 2);
        Tensor target = Matrices.gaussian(scope, m, n, 5);
        MatrixField field = MatrixField.of(m, n, (into, W, t) -> sum(into, W, -1, target));
        for (Integrator each : List.of(new Riemannian(), new AdaptiveRiemannian(new RankRule.Fixed(full)))) {
            try (Model factored =
                            Model.factored(new Muon(MU), 1, Matrices.factors(Matrices.gaussian(scope, m, n, 6), full));
                    Model dense = Model.dense(new Muon(MU), 1, factored.matrix(scope))) {
                for (int k = 0; k < 30; k++) {
                    assertThat(factored.step(each, field, size)).isInstanceOf(StepOutcome.Taken.class);
                    dense.step(new Dense(), field, size);
                    assertThat(Matrices.distance(factored.matrix(scope), dense.matrix(scope)))
                            .isLessThan(1e-12);
                    assertThat(factored.beside()).containsExactly(dense.beside(), within(1e-13));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"13, 8, 3", "8, 13, 3", "9, 9, 1", "11, 7, 5", "7, 5, 5"})
    void theMomentumStaysATangentVectorAndIsTheSumOfTheGradientsCarriedAlong(int m, int n, int r) {
        Tensor target = Matrices.gaussian(scope, m, n, 5);
        MatrixField field = MatrixField.of(m, n, (into, W, t) -> sum(into, W, -1, target));
        for (Integrator each : List.of(new Riemannian(), new AdaptiveRiemannian(new RankRule.Fixed(r)))) {
            try (Model model =
                    Model.factored(new Muon(MU), 1, Matrices.factors(Matrices.gaussian(scope, m, n, 6), r))) {
                Tensor v = scope.zeros(DType.FLOAT64, m, n);
                Factors f = model.factors();
                for (int k = 0; k < 20; k++) {
                    Tensor G = sum(scope, f.matrix(scope), -1, target);
                    v = sum(scope, scaled(scope, v, MU), 1, Matrices.tangentProjection(scope, f.U(), f.V(), G));
                    model.step(each, field, StepSize.of(0.02));
                    v = Matrices.tangentProjection(scope, f.U(), f.V(), v);
                    Tensor K = tangentMomentum(model, "TANGENT.K", m, r);
                    Tensor L = tangentMomentum(model, "TANGENT.L", n, r);
                    assertThat(Matrices.distance(
                                    matmulTN(scope, f.U(), K), transpose(scope, matmulTN(scope, f.V(), L))))
                            .isLessThan(1e-11);
                    assertThat(Matrices.distance(Matrices.tangentVector(scope, f.U(), f.V(), K, L), v))
                            .isLessThan(1e-11 * norm(v));
                }
            }
        }
    }

    private static Tensor tangentMomentum(Model model, String name, int rows, int columns) {
        return model.state().snapshot().tensors().get(name).slice(0, rows, columns);
    }

    @Test
    void aZeroGradientGivesAZeroStep() {
        MatrixField none = MatrixField.of(8, 6, (into, W, t) -> into.zeros(DType.FLOAT64, 8, 6));
        try (Model factored = Model.factored(new Muon(), 1, Matrices.factors(Matrices.gaussian(scope, 8, 6, 1), 2));
                Model dense = Model.dense(new Muon(), 1, Matrices.gaussian(scope, 8, 6, 1))) {
            Tensor before = factored.matrix(scope);
            Tensor denseBefore = dense.matrix(scope);
            for (int k = 0; k < 3; k++) {
                assertThat(factored.step(new Riemannian(), none, StepSize.of(0.1)))
                        .isInstanceOf(StepOutcome.Taken.class);
                assertThat(dense.step(new Dense(), none, StepSize.of(0.1))).isInstanceOf(StepOutcome.Taken.class);
            }
            assertThat(Matrices.distance(factored.matrix(scope), before)).isLessThan(1e-14 * norm(before));
            assertThat(dense.matrix(scope).toDoubles()).containsExactly(denseBefore.toDoubles());
        }
    }

    @ParameterizedTest
    @CsvSource({"FLOAT64, 1", "FLOAT64, 1e-12", "FLOAT64, 1e200", "FLOAT32, 1", "FLOAT32, 1e-30", "FLOAT32, 1e30"})
    void gradientsOfAnySizeAndRankGiveFiniteDirections(DType type, double scale) {
        Tensor rankOne = matmul(scope, Matrices.gaussian(scope, 9, 1, 1), Matrices.gaussian(scope, 1, 7, 2));
        try (Factors f = Model.inFormat(type, Matrices.factors(Matrices.gaussian(scope, 9, 7, 3), 3))) {
            Tensor G = cast(scope, scaled(scope, rankOne, scale), type);
            TangentVector.OfWeight gradient = tangent(scope, f, G);
            TangentVector.OfWeight momentum = tangent(scope, f, G);
            new Muon().map().orElseThrow().direct(scope, f, gradient, momentum);
            Tensor dense = G.copy(scope);
            new Muon().direct(scope, dense, List.of(scope.zeros(type, 9, 7)), 1);
            for (Tensor each : List.of(gradient.K(), gradient.L(), dense)) {
                assertThat(isFinite(each)).isTrue();
                assertThat(norm(each)).isLessThan(0.2 * 3 * 1.3 * 3); // γ, and at most three singular values of 1.2
            }
        }
    }

    @Test
    void inFloat32TheDirectionIsThatOfFloat64ToRounding() {
        try (Factors f = Matrices.factors(Matrices.gaussian(scope, 40, 30, 3), 6);
                Factors single =
                        Model.inFormat(DType.FLOAT32, Matrices.factors(Matrices.gaussian(scope, 40, 30, 3), 6))) {
            Tensor G = Matrices.gaussian(scope, 40, 30, 4);
            TangentVector.OfWeight wide = tangent(scope, f, G);
            TangentVector.OfWeight narrow = tangent(scope, single, cast(scope, G, DType.FLOAT32));
            TangentVector.OfWeight wideMomentum = tangent(scope, f, G);
            TangentVector.OfWeight narrowMomentum = tangent(scope, single, cast(scope, G, DType.FLOAT32));
            new Muon().map().orElseThrow().direct(scope, f, wide, wideMomentum);
            new Muon().map().orElseThrow().direct(scope, single, narrow, narrowMomentum);
            assertThat(Matrices.distance(cast(scope, narrow.K(), DType.FLOAT64), wide.K()))
                    .isLessThan(1e-4 * norm(wide.K())); // 3.4⁵ roundings of a singular value of some hundredths
        }
    }

    @Test
    void aGradientThatIsNotFiniteEndsTheStep() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            MatrixField field = MatrixField.of(8, 6, (into, W, t) -> {
                Tensor G = Matrices.gaussian(into, 8, 6, 2);
                G.set(3, 2, bad);
                return G;
            });
            try (Model factored =
                            Model.factored(new Muon(), 1, Matrices.factors(Matrices.gaussian(scope, 8, 6, 1), 2));
                    Model dense = Model.dense(new Muon(), 1, Matrices.gaussian(scope, 8, 6, 1))) {
                assertThat(factored.step(new Riemannian(), field, StepSize.of(0.1)))
                        .isInstanceOf(StepOutcome.Diverged.class);
                assertThat(dense.step(new Dense(), field, StepSize.of(0.1))).isInstanceOf(StepOutcome.Diverged.class);
                assertThat(isFinite(factored.matrix(scope))).isTrue();
            }
        }
    }

    static Stream<Integrator> others() {
        return Stream.of(
                new FixedRankBug(), new ParallelBug(), new SOnly(), new BackwardCorrected(), new ProjectorSplitting());
    }

    @ParameterizedTest
    @MethodSource("others")
    void otherStepsRefuseIt(Integrator integrator) {
        MatrixField field = MatrixField.of(8, 6, (into, W, t) -> W.copy(into));
        try (Model model = Model.factored(new Muon(), 1, Matrices.factors(Matrices.gaussian(scope, 8, 6, 1), 2))) {
            assertThatThrownBy(() -> model.step(integrator, field, StepSize.of(0.1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageMatching(
                            "optimizer muon: has no rule for the [KLS] of factored weights; use a Riemannian"
                                    + " step, or another optimizer");
        }
    }

    @Test
    void momentumIsInRange() {
        assertThatThrownBy(() -> new Muon(1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("momentum must be in [0, 1); got 1.0");
    }
}
