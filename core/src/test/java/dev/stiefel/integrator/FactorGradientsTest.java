package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.dot;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The gradients of `K`, `L` and `S` from one pass that never forms the matrix, for a loss that is not quadratic:
/// `Σ log cosh(x Wᵀ − t)`.
class FactorGradientsTest {
    private static final int BATCH = 6;

    /// A linear layer under that loss, in factored form: `δ = tanh(((x V) Sᵀ) Uᵀ − t)`.
    private record Layer(Tensor x, Tensor t) implements GradientField {
        @Override
        public double evaluate(Point at, Gradients into) {
            try (Scope local = Scope.open("layer")) {
                Factors f = at.factors().getFirst();
                Tensor A = matmul(local, x, f.V()); // [B, q]
                Tensor y = matmulNT(local, matmulNT(local, A, f.S()), f.U()); // [B, m]
                Tensor delta = sum(local, y, -1, t);
                double loss = toTanh(delta);
                Tensor D = matmul(local, delta, f.U()); // [B, p]
                into.blocks(Part.K).get(0).copyFrom(matmulTN(local, delta, A));
                into.blocks(Part.L).get(0).copyFrom(matmulTN(local, x, D));
                into.blocks(Part.S).get(0).copyFrom(matmulTN(local, D, A));
                return loss;
            }
        }

        double loss(Tensor W) {
            try (Scope local = Scope.open("loss")) {
                return toTanh(sum(local, matmulNT(local, x, W), -1, t));
            }
        }

        Tensor gradient(Scope scope, Tensor W) {
            Tensor delta = sum(scope, matmulNT(scope, x, W), -1, t);
            toTanh(delta);
            return matmulTN(scope, delta, x); // [m, n]
        }

        private static double toTanh(Tensor r) {
            double loss = 0;
            for (int i = 0; i < r.rows(); i++) {
                for (int j = 0; j < r.columns(); j++) {
                    loss += Math.log(Math.cosh(r.get(i, j)));
                    r.set(i, j, Math.tanh(r.get(i, j)));
                }
            }
            return loss;
        }
    }

    @ParameterizedTest
    @CsvSource({"7, 5, 3, 3", "5, 7, 1, 1", "6, 6, 6, 6", "9, 4, 6, 4", "4, 9, 4, 6", "1, 1, 1, 1"})
    void theyAreThoseOfTheFormedMatrixAndOfFiniteDifferences(int m, int n, int p, int q) {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.of(
                        Matrices.basis(scope, m, p, 1),
                        Matrices.gaussian(scope, p, q, 2),
                        Matrices.basis(scope, n, q, 3));
                Model model = Model.factored(f)) {
            Layer layer = new Layer(Matrices.gaussian(scope, BATCH, n, 4), Matrices.gaussian(scope, BATCH, m, 5));
            Gradients gradients = Gradients.of(scope, model.point(), Part.K, Part.L, Part.S);
            Tensor W = f.matrix(scope);
            assertThat(layer.evaluate(model.point(), gradients)).isCloseTo(layer.loss(W), within(1e-12));

            Tensor G = layer.gradient(scope, W);
            Tensor dK = gradients.blocks(Part.K).get(0);
            Tensor dL = gradients.blocks(Part.L).get(0);
            Tensor dS = gradients.blocks(Part.S).get(0);
            double allowed = 1e-12 * norm(G);
            assertThat(Matrices.distance(dK, matmul(scope, G, f.V()))).isLessThan(allowed);
            assertThat(Matrices.distance(dL, matmulTN(scope, G, f.U()))).isLessThan(allowed);
            assertThat(Matrices.distance(dS, matmul(scope, matmulTN(scope, f.U(), G), f.V())))
                    .isLessThan(allowed);

            // along random directions: W + e (δK) Vᵀ, W + e U (δL)ᵀ, W + e U (δS) Vᵀ
            Tensor alongK = Matrices.gaussian(scope, m, q, 6);
            Tensor alongL = Matrices.gaussian(scope, n, p, 7);
            Tensor alongS = Matrices.gaussian(scope, p, q, 8);
            assertSlope(layer, W, matmulNT(scope, alongK, f.V()), dot(dK, alongK));
            assertSlope(layer, W, matmulNT(scope, f.U(), alongL), dot(dL, alongL));
            assertSlope(layer, W, matmulNT(scope, matmul(scope, f.U(), alongS), f.V()), dot(dS, alongS));
        }
    }

    /// Differences of order 4 with `e = 1e-3`: their error is some `e⁴`, 1e-12, times high derivatives of some
    /// hundred.
    private static void assertSlope(Layer layer, Tensor W, Tensor direction, double expected) {
        double e = 1e-3;
        try (Scope local = Scope.open("differences")) {
            double near = layer.loss(sum(local, W, e, direction)) - layer.loss(sum(local, W, -e, direction));
            double far = layer.loss(sum(local, W, 2 * e, direction)) - layer.loss(sum(local, W, -2 * e, direction));
            assertThat((8 * near - far) / (12 * e)).isCloseTo(expected, within(1e-9 * (1 + Math.abs(expected))));
        }
    }

    @Test
    void whatWasNotAskedForCannotBeHad() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1);
                Model model = Model.factored(A.start());
                Scope scope = Scope.open("test")) {
            Gradients gradients = Gradients.of(scope, model.point(), Part.K, Part.S);
            assertThat(gradients.wants(Part.S)).isTrue();
            assertThat(gradients.wants(Part.L)).isFalse();
            assertThatThrownBy(() -> gradients.blocks(Part.L))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gradients: L was not asked for; these are [K, S]");
            assertThatThrownBy(gradients::dense)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gradients: DENSE was not asked for; these are [K, S]");
        }
    }
}
