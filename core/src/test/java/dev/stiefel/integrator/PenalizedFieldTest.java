package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.integrator.Penalty.Condition;
import dev.stiefel.integrator.Penalty.L1;
import dev.stiefel.integrator.Penalty.L2;
import dev.stiefel.linalg.Svd;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PenalizedFieldTest {
    private static final double STRENGTH = 0.3;

    /// A penalty by the formed matrix, from its leading `count` singular values.
    private static double byMatrix(Penalty penalty, Tensor W, int count) {
        try (Scope local = Scope.open("singular values")) {
            double[] sigma = Svd.of(local, W).sigma().stream()
                    .limit(count)
                    .mapToDouble(x -> x)
                    .toArray();
            double squares = 0;
            double absolute = 0;
            for (double each : sigma) {
                squares += each * each;
                absolute += each;
            }
            double spread = 0;
            for (double each : sigma) {
                spread = Math.hypot(spread, each * each - squares / count);
            }
            return STRENGTH
                    * switch (penalty) {
                        case L2 _ -> squares;
                        case L1 _ -> absolute;
                        case Condition _ -> spread;
                    };
        }
    }

    static Stream<Arguments> penaltiesAndShapes() {
        return Stream.of(new L2(STRENGTH), new L1(STRENGTH), new Condition(STRENGTH))
                .flatMap(penalty -> Stream.of(
                        Arguments.of(penalty, 7, 5, 3),
                        Arguments.of(penalty, 5, 9, 4),
                        Arguments.of(penalty, 6, 6, 2)));
    }

    @ParameterizedTest
    @MethodSource("penaltiesAndShapes")
    void itsGradientsAreThoseOfFiniteDifferences(Penalty penalty, int m, int n, int r) {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Matrices.basis(scope, m, r, 1),
                        Matrices.gaussian(scope, r, r, 2),
                        Matrices.basis(scope, n, r, 3));
                Model model = Model.factored(f)) {
            Tensor W = f.matrix(scope);
            Gradients gradients = Gradients.of(scope, model.point(), Part.K, Part.L, Part.S);
            double charged = penalized(model, penalty).evaluate(model.point(), gradients) - MatrixField.LOSS;
            assertThat(charged).isCloseTo(byMatrix(penalty, W, r), within(1e-12));

            Tensor alongK = Matrices.gaussian(scope, m, r, 6);
            Tensor alongL = Matrices.gaussian(scope, n, r, 7);
            Tensor alongS = Matrices.gaussian(scope, r, r, 8);
            assertSlope(
                    penalty,
                    W,
                    r,
                    matmulNT(scope, alongK, f.V()),
                    dot(gradients.blocks(Part.K).get(0), alongK));
            assertSlope(
                    penalty,
                    W,
                    r,
                    matmulNT(scope, f.U(), alongL),
                    dot(gradients.blocks(Part.L).get(0), alongL));
            assertSlope(
                    penalty,
                    W,
                    r,
                    matmulNT(scope, matmul(scope, f.U(), alongS), f.V()),
                    dot(gradients.blocks(Part.S).get(0), alongS));
        }
    }

    /// Differences of order 4: their error is some `e⁴` times derivatives of some ten thousand.
    private static void assertSlope(Penalty penalty, Tensor W, int r, Tensor direction, double expected) {
        double e = 1e-3 / norm(direction);
        try (Scope local = Scope.open("differences")) {
            double near = byMatrix(penalty, sum(local, W, e, direction), r)
                    - byMatrix(penalty, sum(local, W, -e, direction), r);
            double far = byMatrix(penalty, sum(local, W, 2 * e, direction), r)
                    - byMatrix(penalty, sum(local, W, -2 * e, direction), r);
            assertThat((8 * near - far) / (12 * e)).isCloseTo(expected, within(1e-7 * (1 + Math.abs(expected))));
        }
    }

    @Test
    void onAProductOfFactorsL2IsThatOfTheMatrixAndL1BoundsTheNuclearNorm() {
        try (Scope scope = Scope.open("test");
                Factors orthonormal = Factors.of(
                        Matrices.basis(scope, 6, 3, 1),
                        Matrices.gaussian(scope, 3, 3, 2),
                        Matrices.basis(scope, 5, 3, 3));
                Model balanced = Model.factored(orthonormal.toFreeGauge());
                Model lopsided = Model.factored(
                        Factors.product(Matrices.gaussian(scope, 6, 3, 4), Matrices.gaussian(scope, 5, 3, 5)))) {
            for (Model model : List.of(balanced, lopsided)) {
                Factors f = model.factors();
                Tensor W = f.matrix(scope);
                Gradients gradients = Gradients.of(scope, model.point(), Part.K, Part.L);
                double l2 = penalized(model, new L2(STRENGTH)).evaluate(model.point(), gradients) - MatrixField.LOSS;
                assertThat(l2).isCloseTo(byMatrix(new L2(STRENGTH), W, 3), within(1e-12 * l2));
                // ∇A = 2λ W B, ∇B = 2λ Wᵀ A
                Tensor dA = matmul(scope, W, f.V());
                assertThat(Matrices.distance(gradients.blocks(Part.K).get(0), sum(scope, dA, 2 * STRENGTH - 1, dA)))
                        .isLessThan(1e-12 * norm(dA));
                double l1 = penalized(model, new L1(STRENGTH)).evaluate(model.point(), gradients) - MatrixField.LOSS;
                assertThat(l1).isGreaterThanOrEqualTo(byMatrix(new L1(STRENGTH), W, 3) * (1 - 1e-12));
                assertThat(Matrices.distance(gradients.blocks(Part.L).get(0), sum(scope, f.V(), STRENGTH - 1, f.V())))
                        .isLessThan(1e-12);
            }
            Gradients gradients = Gradients.of(scope, balanced.point(), Part.K, Part.L);
            double nuclear =
                    penalized(balanced, new L1(STRENGTH)).evaluate(balanced.point(), gradients) - MatrixField.LOSS;
            assertThat(nuclear)
                    .as("balanced factors reach the bound")
                    .isCloseTo(byMatrix(new L1(STRENGTH), orthonormal.matrix(scope), 3), within(1e-10));
        }
    }

    @Test
    void denseWeightsAreChargedElementByElementAndBiasesAreNot() {
        try (Scope scope = Scope.open("test")) {
            Tensor W = Matrices.gaussian(scope, 200, 101, 1); // more than one piece
            try (Model model = Model.dense(new Sgd(), 2, W)) {
                Gradients gradients = Gradients.of(scope, model.point(), Part.DENSE);
                double value = new PenalizedField(
                                (_, into) -> {
                                    into.dense().clear();
                                    return 0;
                                },
                                List.of(new L1(0.5), new L2(0.25), new Condition(1)),
                                model.workspace())
                        .evaluate(model.point(), gradients);
                double[] weights = model.point().dense().flat().toDoubles();
                double[] slopes = gradients.dense().toDoubles();
                double expected = 0;
                for (int i = 0; i < model.point().dense().decayed(); i++) {
                    expected += 0.5 * Math.abs(weights[i]) + 0.25 * weights[i] * weights[i];
                    assertThat(slopes[i]).isCloseTo(0.5 * Math.signum(weights[i]) + 0.5 * weights[i], within(1e-15));
                }
                assertThat(value).isCloseTo(expected, within(1e-12 * expected));
                assertThat(slopes[slopes.length - 1]).isZero();
            }
        }
    }

    @Test
    void aStepDownTheConditionPenaltyAloneEvensOutTheSpectrum() {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Matrices.basis(scope, 9, 3, 1),
                        Matrices.diagonal(scope, 4, 2, 1),
                        Matrices.basis(scope, 7, 3, 2));
                Model model = Model.factored(f)) {
            GradientField field = penalized(model, new Condition(1));
            double before = condition(f);
            for (int i = 0; i < 50; i++) {
                new Riemannian().step(model.point(), field, model.state(), StepSize.of(0.01), model.workspace());
            }
            assertThat(before).isCloseTo(4, within(1e-12));
            assertThat(condition(f)).isLessThan(2);
        }
    }

    @Test
    void itStaysFiniteWhereAPenaltyHasAKink() {
        try (Scope scope = Scope.open("test");
                Factors flat = Factors.of(
                        Matrices.basis(scope, 6, 2, 1),
                        Matrices.diagonal(scope, 1, 1),
                        Matrices.basis(scope, 5, 2, 2));
                Model even = Model.factored(flat);
                Factors nothing = Factors.of(
                        Matrices.basis(scope, 6, 2, 1),
                        Matrices.diagonal(scope, 0, 0),
                        Matrices.basis(scope, 5, 2, 2));
                Model zero = Model.factored(nothing)) {
            for (Model model : List.of(even, zero)) {
                Gradients gradients = Gradients.of(scope, model.point(), Part.S);
                penalized(model, new Condition(1)).evaluate(model.point(), gradients);
                assertThat(norm(gradients.blocks(Part.S).get(0))).isLessThan(1e-12);
            }
            Gradients gradients = Gradients.of(scope, zero.point(), Part.S);
            penalized(zero, new L1(1)).evaluate(zero.point(), gradients);
            assertThat(norm(gradients.blocks(Part.S).get(0))).isZero();
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new L1(-1)).hasMessage("L1 penalty: strength must be above 0 and finite; got -1.0");
        assertThatThrownBy(() -> new L2(Double.NaN))
                .hasMessage("L2 penalty: strength must be above 0 and finite; got NaN");
        try (Scope scope = Scope.open("test");
                Model free = Model.factored(
                        Factors.product(Matrices.gaussian(scope, 6, 3, 4), Matrices.gaussian(scope, 5, 3, 5)))) {
            assertThatThrownBy(() -> new PenalizedField((_, _) -> 0, List.of(), free.workspace()))
                    .hasMessage("penalized field: needs a penalty; got none; use the field itself");
            Gradients gradients = Gradients.of(scope, free.point(), Part.K);
            assertThatThrownBy(() -> penalized(free, new Condition(1)).evaluate(free.point(), gradients))
                    .hasMessageStartingWith("condition penalty: needs factors in the orthonormal gauge");
        }
    }

    private static double condition(Factors f) {
        List<Double> sigma = f.singularValues();
        return sigma.getFirst() / sigma.getLast();
    }

    private static GradientField penalized(Model model, Penalty penalty) {
        Factors f = model.factors();
        GradientField none =
                MatrixField.of(f.rows(), f.columns(), (scope, W, _) -> scope.zeros(W.type(), W.rows(), W.columns()));
        return new PenalizedField(none, List.of(penalty), model.workspace());
    }
}
