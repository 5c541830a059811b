package dev.stiefel.nn;

import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;

class FreeLinearTest extends LayerContract {
    @Override
    Weight weight(Scope in, int m, int n, int r, Rng rng) {
        return TestWeights.free(in, m, n, r, rng);
    }
}
