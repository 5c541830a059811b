package dev.stiefel.published;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// The initial weights of the code published with arXiv 2205.13571 ([Deviation#NORMAL_START]): all numbers are
/// normal.
public final class PublishedStart {
    private PublishedStart() {}

    /// A network whose factors, dense weights and biases are all normal numbers of this deviation, factored
    /// weights by [#factors], in the orthonormal gauge.
    public static Network network(NetworkSpec spec, DType type, double deviation, Rng rng) {
        try (Scope scope = Scope.open("published start")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (WeightSpec weight : spec.factoredWeights()) {
                int rank = weight.rank().orElseThrow();
                try (Factors made = factors(type, weight.rows(), weight.columns(), rank, deviation, rng)) {
                    tensors.put(weight.name() + ".U", made.U().copy(scope));
                    tensors.put(weight.name() + ".S", made.S().copy(scope));
                    tensors.put(weight.name() + ".V", made.V().copy(scope));
                }
            }
            try (Network zero = Network.random(spec, type, Gauge.ORTHONORMAL, new Spectrum.Flat(), Rng.seeded(0))) {
                zero.dense().all().forEach(each -> tensors.put(each.name(), each.value()));
                rng.fillNormal(zero.dense().flat(), deviation); // dense weights, then biases
                return Network.of(spec, Gauge.ORTHONORMAL, tensors);
            }
        }
    }

    /// The product `A C Bᵀ` of `A [m, r]`, `C [r, r]` and `B [n, r]` whose numbers are all normal of this
    /// deviation, as factors with orthonormal bases of `A` and `B`. The published code keeps `A` and `B`
    /// themselves until its first step.
    ///
    /// @throws IllegalArgumentException if the rank is not in `[1, min(m, n)]`
    public static Factors factors(DType type, int m, int n, int rank, double deviation, Rng rng) {
        Factors.requireRank(rank, m, n);
        try (Scope local = Scope.open("initial factors")) {
            Tensor A = normal(local, type, m, rank, deviation, rng);
            Tensor C = normal(local, type, rank, rank, deviation, rng);
            Tensor B = normal(local, type, n, rank, deviation, rng);
            Tensor U = OrthonormalBasis.householder(local, A);
            Tensor V = OrthonormalBasis.householder(local, B);
            Tensor left = matmul(local, matmulTN(local, U, A), C);
            Tensor S = matmulNT(local, left, matmulTN(local, V, B));
            return Factors.of(U, S, V);
        }
    }

    private static Tensor normal(Scope scope, DType type, int rows, int columns, double deviation, Rng rng) {
        Tensor normal = scope.uninitialized(type, rows, columns);
        rng.fillNormal(normal, deviation);
        return normal;
    }
}
