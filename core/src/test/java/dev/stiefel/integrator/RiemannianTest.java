package dev.stiefel.integrator;

import java.util.List;

class RiemannianTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new Riemannian();
    }

    @Override
    List<String> requests() {
        return List.of("direct TANGENT", "carry TANGENT", "direct DENSE");
    }
}
