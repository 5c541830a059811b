package dev.stiefel.published;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.LayerSpec;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// The initial weights of the code published with arXiv 2205.13571 ([Deviation#NORMAL_START]): all numbers are normal.
public final class PublishedStart {
    private PublishedStart() {}

    /// A network whose factors, dense weights and biases are all normal numbers of this deviation, factored
    /// weights by [#factors], in the orthonormal gauge.
    public static Network network(NetworkSpec spec, DType type, double deviation, Rng rng) {
        try (Scope scope = Scope.open("published start")) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            int dense = 0;
            for (int i = 0; i < spec.layers().size(); i++) {
                LayerSpec layer = spec.layers().get(i);
                dense += layer.outputs();
                if (layer.rank().isPresent()) {
                    int rank = layer.rank().getAsInt();
                    try (Factors made = factors(type, layer.outputs(), spec.inputs(i), rank, deviation, rng)) {
                        tensors.put("layers." + i + ".weight.U", made.U().copy(scope));
                        tensors.put("layers." + i + ".weight.S", made.S().copy(scope));
                        tensors.put("layers." + i + ".weight.V", made.V().copy(scope));
                    }
                } else {
                    dense += layer.outputs() * spec.inputs(i);
                }
            }
            Tensor all = scope.uninitialized(type, dense); // dense weights, then biases
            rng.fillNormal(all, deviation);
            long at = 0;
            for (int i = 0; i < spec.layers().size(); i++) {
                LayerSpec layer = spec.layers().get(i);
                if (layer.rank().isEmpty()) {
                    tensors.put("layers." + i + ".weight", all.slice(at, layer.outputs(), spec.inputs(i)));
                    at += (long) layer.outputs() * spec.inputs(i);
                }
            }
            for (int i = 0; i < spec.layers().size(); i++) {
                int outputs = spec.layers().get(i).outputs();
                tensors.put("layers." + i + ".bias", all.slice(at, outputs));
                at += outputs;
            }
            return Network.of(spec, Gauge.ORTHONORMAL, tensors);
        }
    }

    /// The product `A C Bᵀ` of `A [m, r]`, `C [r, r]` and `B [n, r]` whose numbers are all normal of this
    /// deviation, as factors with orthonormal bases of `A` and `B`. The published code keeps `A` and `B` themselves
    /// until its first step.
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
