package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The flow of `W = A Bᵀ` is its own, `Ȧ = −G B`, `Ḃ = −Gᵀ A`; its solution here is that of a fine Runge–Kutta
/// method.
class VanillaFactorsTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new VanillaFactors();
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "direct L", "direct DENSE");
    }

    @Override
    Model model(Optimizer optimizer, int threads, Factors... factors) {
        Factors[] free = Stream.of(factors).map(Factors::toFreeGauge).toArray(Factors[]::new);
        List.of(factors).forEach(Factors::close);
        return Model.factored(optimizer, threads, free);
    }

    @Override
    Tensor solution(Scope scope, RotatingMatrix problem) {
        int steps = 400; // the error of order 4 is then far below what it is compared with
        double h = 1.0 / steps;
        try (Factors orthonormal = problem.start();
                Factors start = orthonormal.toFreeGauge()) {
            State y = new State(start.U().copy(scope), start.V().copy(scope));
            for (int k = 0; k < steps; k++) {
                State k1 = y.derivative(scope, problem);
                State k2 = y.moved(scope, h / 2, k1).derivative(scope, problem);
                State k3 = y.moved(scope, h / 2, k2).derivative(scope, problem);
                State k4 = y.moved(scope, h, k3).derivative(scope, problem);
                y = y.moved(scope, h / 6, k1)
                        .moved(scope, h / 3, k2)
                        .moved(scope, h / 3, k3)
                        .moved(scope, h / 6, k4);
            }
            return matmulNT(scope, y.A, y.B);
        }
    }

    private record State(Tensor A, Tensor B) {
        State derivative(Scope scope, RotatingMatrix problem) {
            Tensor G = problem.tangentField().first().at(scope, matmulNT(scope, A, B), 0);
            return new State(scaled(scope, matmul(scope, G, B), -1), scaled(scope, matmulTN(scope, G, A), -1));
        }

        State moved(Scope scope, double h, State by) {
            return new State(sum(scope, A, h, by.A), sum(scope, B, h, by.B));
        }
    }

    @Override
    int steps() {
        return 32; // the flow grows: 16 steps are outside the range where the leading term leads
    }

    @Override
    int decaysOfTheMatrix() {
        return 2; // one a factor
    }

    @Test
    void orthonormalFactorsAreRefused() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1);
                Model model = Model.factored(A.start())) {
            assertThatThrownBy(() -> model.step(new VanillaFactors(), A.tangentField(), StepSize.of(0.1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("vanilla factors: needs factors in the free gauge (Factors.toFreeGauge); got factors"
                            + " of a [11, 7] matrix, rank 2");
        }
    }
}
