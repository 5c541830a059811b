package dev.stiefel.integrator;

import java.util.List;

class AdaptiveParallelBugTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new AdaptiveParallelBug(RULE);
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "direct L", "direct S", "carry K", "carry L", "carry S", "direct DENSE");
    }

    @Override
    double truncation() {
        return 1e-8;
    }
}
