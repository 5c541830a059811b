package dev.stiefel.nn;

import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;

class OrthonormalLinearTest extends LayerContract {
    @Override
    Weight weight(Scope in, int m, int n, int r, Rng rng) {
        return TestWeights.orthonormal(in, m, n, r, r, rng);
    }
}
