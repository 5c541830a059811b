package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.cast;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.nn.Weight.DenseWeight;
import dev.stiefel.nn.Weight.LowRankWeight;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Random weights of every kind, their elements about 1.
final class TestWeights {
    private TestWeights() {}

    static Weight dense(Scope in, int m, int n, Rng rng) {
        return new DenseWeight(normal(in, m, n, rng));
    }

    static Weight free(Scope in, int m, int n, int r, Rng rng) {
        return new LowRankWeight(Factors.product(normal(in, m, r, rng), normal(in, n, r, rng)));
    }

    /// With a core `[p, q]`.
    static Weight orthonormal(Scope in, int m, int n, int p, int q, Rng rng) {
        return new LowRankWeight(Factors.of(
                OrthonormalBasis.of(in, normal(in, m, p, rng)),
                normal(in, p, q, rng),
                OrthonormalBasis.of(in, normal(in, n, q, rng))));
    }

    static Weight single(Scope in, Weight weight) {
        return switch (weight) {
            case DenseWeight w -> new DenseWeight(cast(in, w.matrix(), DType.FLOAT32));
            case LowRankWeight w -> {
                Tensor U = cast(in, w.factors().U(), DType.FLOAT32);
                Tensor S = cast(in, w.factors().S(), DType.FLOAT32);
                Tensor V = cast(in, w.factors().V(), DType.FLOAT32);
                yield new LowRankWeight(
                        w.factors().gauge() == Gauge.FREE ? Factors.product(U, V) : Factors.of(U, S, V));
            }
        };
    }

    private static Tensor normal(Scope in, int rows, int columns, Rng rng) {
        Tensor tensor = in.uninitialized(DType.FLOAT64, rows, columns);
        rng.fillNormal(tensor, 1);
        return tensor;
    }
}
