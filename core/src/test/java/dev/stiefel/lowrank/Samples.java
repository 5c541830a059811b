package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.sum;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Seeded matrices to test with.
public final class Samples {
    private Samples() {}

    public static Tensor gaussian(Scope scope, DType type, int m, int n, long seed) {
        Tensor a = scope.uninitialized(type, m, n);
        Rng.seeded(seed).fillNormal(a, 1);
        return a;
    }

    public static Tensor gaussian(Scope scope, int m, int n, long seed) {
        return gaussian(scope, DType.FLOAT64, m, n, seed);
    }

    public static Tensor basis(Scope scope, int m, int r, long seed) {
        return OrthonormalBasis.householder(scope, gaussian(scope, m, r, seed));
    }

    public static Tensor diagonal(Scope scope, double... values) {
        Tensor D = scope.zeros(DType.FLOAT64, values.length, values.length);
        for (int i = 0; i < values.length; i++) {
            D.set(i, i, values[i]);
        }
        return D;
    }

    public static double distance(Tensor a, Tensor b) {
        try (Scope local = Scope.open("distance")) {
            return norm(sum(local, a, -1, b));
        }
    }
}
