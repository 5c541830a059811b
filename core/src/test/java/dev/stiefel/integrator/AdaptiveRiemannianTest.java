package dev.stiefel.integrator;

import java.util.List;

class AdaptiveRiemannianTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new AdaptiveRiemannian(RULE);
    }

    @Override
    List<String> requests() {
        return List.of("direct TANGENT", "carry TANGENT", "direct DENSE");
    }

    @Override
    double truncation() {
        return 1e-8;
    }
}
