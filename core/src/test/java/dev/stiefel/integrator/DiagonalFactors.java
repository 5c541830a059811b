package dev.stiefel.integrator;

import dev.stiefel.lowrank.FactoredWeight;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// A factored weight of another form than `U S Vᵀ`: `W = U diag(s) Vᵀ`, its core the row `s [1, r]`.
final class DiagonalFactors implements FactoredWeight {
    private final Scope scope = Scope.open("diagonal factors");
    private final Tensor U;
    private final Tensor s;
    private final Tensor V;

    DiagonalFactors(Tensor U, Tensor V) {
        this.U = U.copy(scope);
        this.V = V.copy(scope);
        this.s = scope.zeros(U.type(), 1, U.columns());
    }

    /// `U_ik s_k V_jk`, summed over `k`.
    double element(int i, int j) {
        double sum = 0;
        for (int k = 0; k < rank(); k++) {
            sum += U.get(i, k) * s.get(0, k) * V.get(j, k);
        }
        return sum;
    }

    Tensor U() {
        return U;
    }

    Tensor V() {
        return V;
    }

    @Override
    public DType type() {
        return U.type();
    }

    @Override
    public int rows() {
        return U.rows();
    }

    @Override
    public int columns() {
        return V.rows();
    }

    @Override
    public int rank() {
        return U.columns();
    }

    @Override
    public long parameters() {
        return (long) rank() * (rows() + columns());
    }

    @Override
    public Tensor core() {
        return s;
    }

    @Override
    public Shape kShape() {
        return U.shape();
    }

    @Override
    public Shape lShape() {
        return V.shape();
    }

    @Override
    public Gauge gauge() {
        return Gauge.ORTHONORMAL;
    }

    @Override
    public DiagonalFactors inGauge(Gauge wanted) {
        throw new UnsupportedOperationException("one gauge");
    }

    @Override
    public Map<String, Tensor> tensors() {
        return Map.of("U", U, "s", s, "V", V);
    }

    @Override
    public List<Double> singularValues() {
        return IntStream.range(0, rank())
                .mapToObj(i -> Math.abs(s.get(0, i)))
                .sorted(Comparator.reverseOrder())
                .toList();
    }

    @Override
    public void close() {
        scope.close();
    }
}
