package dev.stiefel.integrator;

import java.util.List;

class AdaptiveBugTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new AdaptiveBug(RULE);
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "direct L", "carry S", "direct S", "direct DENSE", "carry S", "carry K", "carry L");
    }

    @Override
    double truncation() {
        return 1e-8;
    }
}
