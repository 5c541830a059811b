package dev.stiefel.integrator;

import java.util.List;

class FixedRankBugTest extends IntegratorContract {
    @Override
    Integrator integrator() {
        return new FixedRankBug();
    }

    @Override
    List<String> requests() {
        return List.of("direct K", "direct L", "carry S", "direct S", "direct DENSE", "carry K", "carry L");
    }
}
