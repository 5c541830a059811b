package dev.stiefel.integrator;

import java.util.List;

class BackwardCorrectedTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new BackwardCorrected();
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "carry L", "direct L", "direct DENSE", "carry K", "carry L");
    }
}
