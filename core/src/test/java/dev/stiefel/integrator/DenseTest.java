package dev.stiefel.integrator;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.tensor.Scope;
import java.util.List;
import org.junit.jupiter.api.Test;

class DenseTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new Dense();
    }

    @Override
    List<String> requests() {
        return List.of("direct DENSE");
    }

    @Override
    Model model(Optimizer optimizer, int threads, Factors... factors) {
        try (Scope local = Scope.open("dense start")) {
            return Model.dense(optimizer, threads, factors[0].matrix(local));
        } finally {
            List.of(factors).forEach(Factors::close);
        }
    }

    @Test
    void factoredWeightsAreRefused() {
        try (RotatingMatrix A = new RotatingMatrix(2, 1);
                Model model = Model.factored(A.start())) {
            assertThatThrownBy(() -> model.step(new Dense(), A.tangentField(), StepSize.of(0.1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("dense step: every weight must be dense; got 1 factored ones");
        }
    }
}
