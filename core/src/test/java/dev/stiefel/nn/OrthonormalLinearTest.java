package dev.stiefel.nn;

import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;

class OrthonormalLinearTest extends LinearContract {
    @Override
    Parameter weight(Scope in, int m, int n, int r, Rng rng) {
        return TestWeights.orthonormal(in, m, n, r, r, rng);
    }
}
