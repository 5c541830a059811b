package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.cast;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Parameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// Random weights of every kind, their elements about 1.
final class TestWeights {
    private TestWeights() {}

    static Parameter dense(Scope in, int m, int n, Rng rng) {
        return dense(normal(in, m, n, rng));
    }

    static Parameter free(Scope in, int m, int n, int r, Rng rng) {
        return factored(Factors.product(normal(in, m, r, rng), normal(in, n, r, rng)));
    }

    /// With a core `[p, q]`.
    static Parameter orthonormal(Scope in, int m, int n, int p, int q, Rng rng) {
        return factored(Factors.of(
                OrthonormalBasis.of(in, normal(in, m, p, rng)),
                normal(in, p, q, rng),
                OrthonormalBasis.of(in, normal(in, n, q, rng))));
    }

    static Parameter single(Scope in, Parameter weight) {
        return switch (weight) {
            case DenseParameter w -> dense(cast(in, w.value(), DType.FLOAT32));
            case FactoredParameter w -> {
                Factors f = (Factors) w.weight();
                Tensor U = cast(in, f.U(), DType.FLOAT32);
                Tensor S = cast(in, f.S(), DType.FLOAT32);
                Tensor V = cast(in, f.V(), DType.FLOAT32);
                yield factored(f.gauge() == Gauge.FREE ? Factors.product(U, V) : Factors.of(U, S, V));
            }
        };
    }

    static Parameter dense(Tensor matrix) {
        return new DenseParameter("fc.weight", matrix, WeightDecay.APPLIED);
    }

    private static Parameter factored(Factors factors) {
        return new FactoredParameter("fc.weight", factors);
    }

    static DenseParameter bias(Tensor vector) {
        return new DenseParameter("fc.bias", vector, WeightDecay.NONE);
    }

    private static Tensor normal(Scope in, int rows, int columns, Rng rng) {
        Tensor tensor = in.uninitialized(DType.FLOAT64, rows, columns);
        rng.fillNormal(tensor, 1);
        return tensor;
    }
}
