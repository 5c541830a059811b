package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static dev.stiefel.tensor.Ops.transpose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.optim.Momentum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The velocity of the Riemannian steps against formed matrices.
class TangentMomentumTest {
    private static final double MU = 0.9;

    record Case(Integrator integrator, int m, int n, int rank) {
        boolean canChangeItsRank() {
            return integrator instanceof AdaptiveRiemannian && rank > 1 && rank < Math.min(m, n);
        }
    }

    static List<Case> cases() {
        RankRule falling = new RankRule.RelativeTolerance(0.3);
        RankRule growing = new RankRule.RelativeTolerance(0.02, RankLimits.of(1, 6));
        List<Case> cases = new ArrayList<>();
        for (int[] shape : new int[][] {{13, 8, 3}, {8, 13, 3}, {9, 9, 1}, {7, 5, 5}, {5, 7, 3}}) {
            for (Integrator each :
                    List.of(new Riemannian(), new AdaptiveRiemannian(falling), new AdaptiveRiemannian(growing))) {
                cases.add(new Case(each, shape[0], shape[1], shape[2]));
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theVelocityStaysInTheTangentSpaceOverManySteps(Case c) {
        try (Scope scope = Scope.open("test");
                Model model = Model.factored(new Momentum(MU), 1, start(scope, c))) {
            MatrixField field = towards(scope, c);
            for (int k = 0; k < 60; k++) {
                model.step(c.integrator(), field, StepSize.of(0.05));
                Factors f = model.factors();
                Tensor ofK = matmulTN(scope, f.U(), velocityK(model));
                Tensor ofL = transpose(scope, matmulTN(scope, f.V(), velocityL(model)));
                assertThat(Matrices.distance(ofK, ofL)).isLessThan(1e-12);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theVelocityIsTheDenseOneProjectedFromTangentSpaceToTangentSpace(Case c) {
        try (Scope scope = Scope.open("test");
                Model model = Model.factored(new Momentum(MU), 1, start(scope, c))) {
            MatrixField field = towards(scope, c);
            Tensor v = scope.zeros(DType.FLOAT64, c.m(), c.n());
            List<Integer> ranks = new ArrayList<>();
            for (int k = 0; k < 25; k++) {
                Factors f = model.factors();
                Tensor G = field.first().at(scope, f.matrix(scope), 0);
                v = sum(scope, scaled(scope, v, MU), 1, Matrices.tangentProjection(scope, f.U(), f.V(), G));
                model.step(c.integrator(), field, StepSize.of(0.05));
                v = Matrices.tangentProjection(scope, f.U(), f.V(), v);
                Tensor carried = Matrices.tangentVector(scope, f.U(), f.V(), velocityK(model), velocityL(model));
                assertThat(Matrices.distance(carried, v)).isLessThan(1e-12 * norm(v));
                ranks.add(f.rank());
            }
            if (c.canChangeItsRank()) {
                assertThat(ranks).anyMatch(rank -> rank != c.rank());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"6, 6, 0, Infinity", "6, 6, 0.4, 2", "9, 5, 0, Infinity", "9, 5, 0.4, 2", "5, 9, 0.4, 2", "1, 7, 0.4, 2"
    })
    void atFullRankItIsMomentumOnTheDenseMatrix(int m, int n, double decay, double clip) {
        int full = Math.min(m, n);
        StepSize size = new StepSize(0.05, decay, clip);
        for (Integrator each : List.of(new Riemannian(), new AdaptiveRiemannian(new RankRule.Fixed(full)))) {
            Case c = new Case(each, m, n, full);
            try (Scope scope = Scope.open("test");
                    Model factored = Model.factored(new Momentum(MU), 1, start(scope, c));
                    Model dense = Model.dense(new Momentum(MU), 1, factored.matrix(scope))) {
                MatrixField field = towards(scope, c);
                for (int k = 0; k < 40; k++) {
                    factored.step(each, field, size);
                    dense.step(new Dense(), field, size);
                    assertThat(Matrices.distance(factored.matrix(scope), dense.matrix(scope)))
                            .isLessThan(1e-12);
                    assertThat(factored.beside()).containsExactly(dense.beside(), within(1e-13));
                }
            }
        }
    }

    @Test
    void whereNothingIsTruncatedTheAdaptiveStepIsTheStepOfTheTangentVector() {
        double h = 0.3;
        double lambda = 0.5;
        for (int[] shape : new int[][] {{13, 8, 3}, {8, 13, 3}, {7, 5, 4}, {5, 7, 4}, {9, 4, 3}, {6, 6, 1}}) {
            Case c = new Case(new AdaptiveRiemannian(new RankRule.RelativeTolerance(0)), shape[0], shape[1], shape[2]);
            try (Scope scope = Scope.open("test");
                    Model model = Model.factored(new Momentum(MU), 1, start(scope, c))) {
                MatrixField field = towards(scope, c);
                for (int k = 0; k < 3; k++) {
                    Factors f = model.factors();
                    Tensor W = f.matrix(scope);
                    Tensor v = Matrices.tangentProjection(
                            scope, f.U(), f.V(), field.first().at(scope, W, 0));
                    if (k > 0) {
                        Tensor old = Matrices.tangentVector(scope, f.U(), f.V(), velocityK(model), velocityL(model));
                        v = sum(scope, v, MU, old);
                    }
                    Tensor expected = sum(scope, scaled(scope, W, 1 - h * lambda), -h, v);
                    model.step(c.integrator(), field, new StepSize(h, lambda, Double.POSITIVE_INFINITY));
                    assertThat(Matrices.distance(model.matrix(scope), expected)).isLessThan(1e-13 * norm(expected));
                }
            }
        }
    }

    private static Factors start(Scope scope, Case c) {
        double[] sigma = new double[c.rank()];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = 2.0 / (i + 1);
        }
        return Matrices.factors(Matrices.withSingularValues(scope, c.m(), c.n(), 31, sigma), c.rank());
    }

    /// The gradient of `½‖W − T‖²` with a `T` of full rank and decaying singular values.
    private static MatrixField towards(Scope scope, Case c) {
        double[] sigma = new double[Math.min(c.m(), c.n())];
        for (int i = 0; i < sigma.length; i++) {
            sigma[i] = 3 * Math.pow(0.5, i);
        }
        Tensor T = Matrices.withSingularValues(scope, c.m(), c.n(), 41, sigma);
        return MatrixField.of(c.m(), c.n(), (into, W, t) -> sum(into, W, -1, T));
    }

    private static Tensor velocityK(Model model) {
        Factors f = model.factors();
        return velocity(model, "TANGENT.K", f.rows(), f.rank());
    }

    private static Tensor velocityL(Model model) {
        Factors f = model.factors();
        return velocity(model, "TANGENT.L", f.columns(), f.rank());
    }

    private static Tensor velocity(Model model, String name, int rows, int rank) {
        Tensor flat = Objects.requireNonNull(model.state().snapshot().tensors().get(name));
        return flat.slice(0, rows, rank);
    }
}
