package dev.stiefel.integrator;

import java.util.List;

class AdaptiveBackwardCorrectedTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new AdaptiveBackwardCorrected(RULE);
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "carry L", "direct L", "direct DENSE", "carry K", "carry L");
    }

    @Override
    double truncation() {
        return 1e-8;
    }
}
