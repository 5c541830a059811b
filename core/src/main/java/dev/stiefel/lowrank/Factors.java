package dev.stiefel.lowrank;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A weight matrix held as its factors.
///
///     W = U S Vᵀ,   U [m, r],  S [r, r],  V [n, r],   1 ≤ r ≤ min(m, n)
///
/// In the [Gauge#ORTHONORMAL] gauge `U` and `V` have orthonormal columns and `S` is any matrix; in the
/// [Gauge#FREE] gauge `U` and `V` are any matrices and `S` is the identity, so `W = U Vᵀ`. Between the
/// augmentation of a basis and the truncation that ends it the core may be rectangular, `S [p, q]`; its rank is
/// then `min(p, q)`.
///
/// Owns its memory: close it. The tensors it hands out are its own and change when it does; after [#replace] with
/// another rank they are closed.
public final class Factors implements FactoredWeight {
    /// Choice among the many factorizations of one matrix.
    public enum Gauge {
        /// `UᵀU = VᵀV = I`.
        ORTHONORMAL,
        /// `S = I`.
        FREE
    }

    private final Scope scope = Scope.open("factors");
    private final Gauge gauge;
    private Tensor U;
    private Tensor S;
    private Tensor V;

    private Factors(Gauge gauge, Tensor U, Tensor S, Tensor V) {
        requireShapes(U, S, V);
        this.gauge = gauge;
        this.U = U.copy(scope).named("U");
        this.S = S.copy(scope).named("S");
        this.V = V.copy(scope).named("V");
    }

    /// Factors with these orthonormal bases, copied.
    ///
    /// @throws IllegalArgumentException if the shapes do not fit or a basis is not orthonormal to rounding
    public static Factors of(Tensor U, Tensor S, Tensor V) {
        requireShapes(U, S, V);
        Bases.requireOrthonormal("factors", "U", U);
        Bases.requireOrthonormal("factors", "V", V);
        return new Factors(Gauge.ORTHONORMAL, U, S, V);
    }

    /// Factors of the product `A Bᵀ`, `A [m, r]` and `B [n, r]`, copied.
    public static Factors product(Tensor A, Tensor B) {
        try (Scope local = Scope.open("product")) {
            return new Factors(Gauge.FREE, A, local.identity(A.type(), A.columns()), B);
        }
    }

    /// Random factors for a layer with `m` outputs and `n` inputs: bases uniformly distributed, `‖W‖_F² = 2m`
    /// as in He initialisation of a dense matrix (deviation `√(2/n)`).
    ///
    /// @throws IllegalArgumentException if the rank is not in `[1, min(m, n)]`
    public static Factors random(DType type, int m, int n, int rank, Spectrum spectrum, Rng rng) {
        requireRank(rank, m, n);
        try (Scope local = Scope.open("initial factors")) {
            Tensor U = Bases.random(local, type, m, rank, rng);
            Tensor S = spectrum.core(local, type, m, n, rank, rng);
            Tensor V = Bases.random(local, type, n, rank, rng);
            return new Factors(Gauge.ORTHONORMAL, U, S, V);
        }
    }

    /// The same matrix in the free gauge, the singular values shared evenly: `A = U P √Σ`, `B = V Q √Σ` where
    /// `S = P Σ Qᵀ`.
    public Factors toFreeGauge() {
        try (Scope local = Scope.open("free gauge")) {
            Svd svd = Svd.of(local, S);
            Tensor A = matmul(local, U, svd.p());
            Tensor B = matmulNT(local, V, svd.qt());
            for (int j = 0; j < svd.sigma().size(); j++) {
                double root = Math.sqrt(svd.sigma().get(j));
                scaleColumn(A, j, root);
                scaleColumn(B, j, root);
            }
            return product(A, B);
        }
    }

    /// The same matrix in the orthonormal gauge: `U = orth(A)`, `V = orth(B)`, `S = (UᵀA) (VᵀB)ᵀ` for what was
    /// `A Bᵀ`; where it is in that gauge already, a copy.
    public Factors toOrthonormalGauge() {
        if (gauge == Gauge.ORTHONORMAL) {
            return new Factors(gauge, U, S, V);
        }
        try (Scope local = Scope.open("orthonormal gauge")) {
            Tensor Q = OrthonormalBasis.of(local, U);
            Tensor R = OrthonormalBasis.of(local, V);
            return new Factors(Gauge.ORTHONORMAL, Q, coreIn(local, Q, R), R);
        }
    }

    /// The singular value decomposition of the whole matrix, its tensors in `into`: `min(p, q)` singular
    /// values, made from that of the core. Cost: about `20 r³ + 4 (m + n) r²` flops.
    public Svd svd(Scope into) {
        if (gauge == Gauge.FREE) {
            try (Factors orthonormal = toOrthonormalGauge()) {
                return orthonormal.svd(into);
            }
        }
        try (Scope local = Scope.open("factors' singular values")) {
            Svd core = Svd.of(local, S);
            return new Svd(matmul(into, U, core.p()), core.sigma(), matmulNT(into, core.qt(), V));
        }
    }

    /// The best approximation of this rank, in the Frobenius and every other unitarily invariant norm, of a matrix
    /// that was decomposed as `P Σ Qᵀ` (Eckart & Young 1936, doi:10.1007/BF02288367):
    ///
    ///     U = P[:, :r],   S = diag(sigma[:r]),   V = Q[:, :r]
    ///
    /// @throws IllegalArgumentException if the rank is not in `[1, sigma.size()]`
    public static Factors best(Svd svd, int rank) {
        requireRank(rank, svd.p().rows(), svd.qt().columns());
        if (rank > svd.sigma().size()) {
            throw new IllegalArgumentException("rank (%d) must be at most the %d singular values there are"
                    .formatted(rank, svd.sigma().size()));
        }
        try (Scope local = Scope.open("best factors")) {
            Tensor S = local.zeros(svd.p().type(), rank, rank);
            for (int i = 0; i < rank; i++) {
                S.set(i, i, svd.sigma().get(i));
            }
            return new Factors(
                    Gauge.ORTHONORMAL,
                    svd.p().columnRange(0, rank),
                    S,
                    transpose(local, svd.qt().rows(0, rank)));
        }
    }

    /// `[m, r]`.
    public Tensor U() {
        return U;
    }

    /// `[r, r]`.
    public Tensor S() {
        return S;
    }

    /// `[n, r]`.
    public Tensor V() {
        return V;
    }

    @Override
    public Gauge gauge() {
        return gauge;
    }

    @Override
    public Factors inGauge(Gauge wanted) {
        return switch (wanted) {
            case ORTHONORMAL -> toOrthonormalGauge();
            case FREE -> gauge == Gauge.FREE ? product(U, V) : toFreeGauge();
        };
    }

    @Override
    public Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("U", U);
        tensors.put("S", S);
        tensors.put("V", V);
        return tensors;
    }

    @Override
    public Tensor core() {
        return S;
    }

    @Override
    public Shape kShape() {
        return Shape.of(rows(), V.columns());
    }

    @Override
    public Shape lShape() {
        return Shape.of(columns(), U.columns());
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
        return Math.min(U.columns(), V.columns());
    }

    @Override
    public long parameters() {
        return (long) rank() * (rows() + columns());
    }

    /// Replaces the factors by copies of these, of any rank, in the same gauge. The caller guarantees orthonormal
    /// bases: checking would cost as much as making them.
    ///
    /// @throws IllegalArgumentException if the shapes do not fit each other or this matrix
    public void replace(Tensor newU, Tensor newS, Tensor newV) {
        requireShapes(newU, newS, newV);
        if (newU.rows() != rows() || newV.rows() != columns()) {
            throw new IllegalArgumentException("replace: factors must be of a [%d, %d] matrix; got U %s and V %s"
                    .formatted(rows(), columns(), newU.shape(), newV.shape()));
        }
        if (newU.type() != type()) {
            throw new IllegalArgumentException(
                    "replace: the number format must stay %s; got %s".formatted(type(), newU));
        }
        U = replaced(U, newU, "U");
        S = replaced(S, newS, "S");
        V = replaced(V, newV, "V");
    }

    /// The matrix itself, `[m, n]`. Training never forms it.
    public Tensor matrix(Scope into) {
        try (Scope local = Scope.open("matrix")) {
            return matmulNT(into, matmul(local, U, S), V);
        }
    }

    /// The singular values of `W`, descending: `min(p, q)` of them.
    @Override
    public List<Double> singularValues() {
        try (Scope local = Scope.open("singular values")) {
            if (gauge == Gauge.ORTHONORMAL) {
                return Svd.of(local, S).sigma();
            }
            Tensor core = coreIn(local, OrthonormalBasis.of(local, U), OrthonormalBasis.of(local, V));
            return Svd.of(local, core).sigma();
        }
    }

    /// `(QᵀU) (RᵀV)ᵀ`: in the free gauge, the core between orthonormal bases `Q` and `R` of the factors.
    private Tensor coreIn(Scope into, Tensor Q, Tensor R) {
        return matmulNT(into, matmulTN(into, Q, U), matmulTN(into, R, V));
    }

    @Override
    public void close() {
        scope.close();
    }

    @Override
    public String toString() {
        return "factors of a [%d, %d] matrix, rank %d".formatted(rows(), columns(), rank());
    }

    private Tensor replaced(Tensor old, Tensor source, String name) {
        if (old.shape().equals(source.shape())) {
            old.copyFrom(source);
            return old;
        }
        Tensor copy = source.copy(scope).named(name);
        old.close();
        return copy;
    }

    /// Refuses a rank that is not in `[1, min(m, n)]`.
    public static void requireRank(int rank, int m, int n) {
        if (rank < 1 || rank > Math.min(m, n)) {
            throw new IllegalArgumentException(
                    "rank (%d) must be in [1, %d] for a [%d, %d] weight".formatted(rank, Math.min(m, n), m, n));
        }
    }

    private static void requireShapes(Tensor U, Tensor S, Tensor V) {
        if (U.columns() != S.rows() || V.columns() != S.columns()) {
            throw new IllegalArgumentException("factors: U [m, p], S [p, q] and V [n, q] must fit; got %s, %s and %s"
                    .formatted(U.shape(), S.shape(), V.shape()));
        }
        requireRank(Math.max(1, U.columns()), U.rows(), U.rows());
        requireRank(Math.max(1, V.columns()), V.rows(), V.rows());
        requireRank(Math.min(U.columns(), V.columns()), U.rows(), V.rows());
        if (U.type() != S.type() || V.type() != S.type()) {
            throw new IllegalArgumentException(
                    "factors: number formats must be equal; got %s, %s and %s".formatted(U, S, V));
        }
    }

    private static void scaleColumn(Tensor a, int j, double factor) {
        for (int i = 0; i < a.rows(); i++) {
            a.set(i, j, a.get(i, j) * factor);
        }
    }
}
