package dev.stiefel.optim;

import static dev.stiefel.tensor.Ops.addMatmulInPlace;
import static dev.stiefel.tensor.Ops.addMatmulNTInPlace;
import static dev.stiefel.tensor.Ops.axpyInPlace;
import static dev.stiefel.tensor.Ops.beside;
import static dev.stiefel.tensor.Ops.isFinite;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.norm;
import static dev.stiefel.tensor.Ops.scaleInPlace;

import dev.stiefel.integrator.TangentVector;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Optional;

/// Muon: momentum whose singular values are all made about equal (Jordan et al. 2024,
/// https://kellerjordan.github.io/posts/muon/), for dense matrices, and for factored weights in the tangent space.
///
/// Dense matrices, `[m, n]`:
///
///     v ← μ v + ∇,   h = ∇ + μ v                                        (Nesterov)
///     direction γ orthogonalize(h),   γ = 0.2 √max(m, n)
///
/// Factored weights `U0 S0 V0ᵀ`, with `v` and `h` in tangent form, `h_S = U0ᵀ h_K`:
///
///     h_K − U0 h_S = Q_K R_K,   h_L − V0 h_Sᵀ = Q_L R_L
///     h = [U0 | Q_K] C [V0 | Q_L]ᵀ,   C = [[h_S, R_Lᵀ], [R_K, 0]]       [2r, 2r]
///     O = orthogonalize(C)
///     d_K = γ (U0 O_11 + Q_K O_21),   d_L = γ (V0 O_11ᵀ + Q_L O_12ᵀ),   d_S = γ O_11
///
/// `O_22`, which is normal to the manifold, is dropped, so `d` is a tangent vector: `U0ᵀ d_K = d_Lᵀ V0 = d_S`.
/// The step goes along `d`; the momentum `v` is carried to the new tangent space. At `r = min(m, n)` it is the
/// step of the dense matrix. Where `2r` exceeds a side of the matrix, `Q_K` (or `Q_L`) is a basis of all that
/// is orthogonal to the weight's, by Householder's method, and `C` is smaller.
///
///     orthogonalize(X):  X ← X / (‖X‖_F + 1e-7), then five times
///     A = X Xᵀ,   X ← a X + (b A + c A²) X,   (a, b, c) = (3.4445, −4.7750, 2.0315)
///
/// on the smaller side. A gradient and momentum of zero give a zero direction. Sources for the tangent space:
/// "LoRA meets Riemannion", arXiv 2507.12142; low-rank Muon, arXiv 2509.11983; Spectron, arXiv 2602.12429; this
/// form was put together by us. `γ` makes the elements of a full-rank step about as large as Adam's (Liu et al.
/// 2025, arXiv 2502.16982); a step of rank `2r` is smaller by about `√(2r / min(m, n))`, so that low ranks take
/// a larger learning rate.
///
/// Riemannian steps and the dense step work with it; vectors get [#forVectors], and the weight decay of both is
/// decoupled. Cost a factored weight: two QR factorizations of `[m, r]`, ten products of the size `r² (m + n)`,
/// and five iterations of `3 (2r)³` multiply-adds each.
///
/// @param momentum `μ`, in `[0, 1)`
/// @param forVectors the optimizer of the vectors that share a group with dense matrices
public record Muon(double momentum, ElementwiseOptimizer forVectors) implements MatrixOptimizer, TangentOptimizer {
    private static final double LINEAR = 3.4445; // a
    private static final double SQUARE = -4.7750; // b
    private static final double CUBIC = 2.0315; // c
    private static final int ITERATIONS = 5;
    private static final double SMALL = 1e-7;
    private static final double SIZE = 0.2;

    /// Checks the range.
    public Muon {
        Momentum.requireDecay("momentum", momentum);
    }

    /// Muon with Adam for vectors.
    public Muon(double momentum) {
        this(momentum, new Adam());
    }

    /// Muon with the published momentum, 0.95, and Adam for vectors.
    public Muon() {
        this(0.95);
    }

    @Override
    public String name() {
        return "muon";
    }

    @Override
    public int moments() {
        return 1;
    }

    @Override
    public void direct(Scope scope, Tensor gradient, List<Tensor> moments, long step) {
        Tensor v = moments.getFirst();
        scaleInPlace(v, momentum);
        axpyInPlace(v, 1, gradient);
        axpyInPlace(gradient, momentum, v); // h
        if (isFinite(gradient)) { // else the step ends by what is not finite
            gradient.copyFrom(orthogonalized(scope, gradient));
            scaleInPlace(gradient, size(gradient.rows(), gradient.columns()));
        }
    }

    @Override
    public boolean hasMomentum() {
        return true;
    }

    @Override
    public double momentumKept() {
        return momentum;
    }

    @Override
    public double momentumGained() {
        return 1;
    }

    @Override
    public Optional<TangentMap> map() {
        return Optional.of(this::directTangent);
    }

    private void directTangent(
            Scope scope, Factors at, TangentVector.OfWeight gradient, TangentVector.OfWeight velocity) {
        Tensor hK = gradient.K();
        Tensor hL = gradient.L();
        axpyInPlace(hK, momentum, velocity.K());
        axpyInPlace(hL, momentum, velocity.L());
        if (!isFinite(hK) || !isFinite(hL)) {
            return; // the step ends by what is not finite
        }
        int r = at.S().rows();
        Tensor hS = matmulTN(scope, at.U(), hK); // [r, r]
        Tensor QK = complement(scope, at.U(), hK); // [m, p], p ≤ r
        Tensor QL = complement(scope, at.V(), hL); // [n, q], q ≤ r
        int p = QK.columns();
        int q = QL.columns();
        Tensor C = scope.zeros(at.type(), r + p, r + q);
        block(C, 0, r, 0, r).copyFrom(hS);
        if (q > 0) {
            block(C, 0, r, r, r + q).copyFrom(matmulTN(scope, hL, QL)); // R_Lᵀ
        }
        if (p > 0) {
            block(C, r, r + p, 0, r).copyFrom(matmulTN(scope, QK, hK)); // R_K
        }
        Tensor O = orthogonalized(scope, C);
        double size = size(at.rows(), at.columns());
        addMatmulInPlace(hK, 0, size, at.U(), block(O, 0, r, 0, r)); // d_K
        if (p > 0) {
            addMatmulInPlace(hK, size, QK, block(O, r, r + p, 0, r));
        }
        addMatmulNTInPlace(hL, 0, size, at.V(), block(O, 0, r, 0, r)); // d_L
        if (q > 0) {
            addMatmulNTInPlace(hL, size, QL, block(O, 0, r, r, r + q));
        }
    }

    private static Tensor block(Tensor a, int top, int bottom, int left, int right) {
        return a.rows(top, bottom).columnRange(left, right);
    }

    /// An orthonormal basis of what `h` has orthogonal to the basis `U`: `[m, min(r, m − r)]`.
    private static Tensor complement(Scope scope, Tensor U, Tensor h) {
        int m = U.rows();
        int r = U.columns();
        if (2 * r > m) { // all that is orthogonal to U
            Tensor all = beside(scope, U, h.columnRange(0, m - r).copy(scope));
            return OrthonormalBasis.householder(scope, all).columnRange(r, m).copy(scope);
        }
        Tensor rest = h.copy(scope);
        for (int i = 0; i < 2; i++) { // twice, because the first time leaves rounding of the size of h
            addMatmulInPlace(rest, -1, U, matmulTN(scope, U, rest));
        }
        return OrthonormalBasis.of(scope, rest);
    }

    private static double size(int m, int n) {
        return SIZE * Math.sqrt(Math.max(m, n));
    }

    /// `X` with all singular values about 1, between 0.7 and 1.2; those below a thousandth of the norm stay
    /// smaller.
    static Tensor orthogonalized(Scope scope, Tensor given) {
        boolean wide = given.rows() <= given.columns();
        Tensor X = given.copy(scope);
        scaleInPlace(X, 1 / (norm(X) + SMALL));
        Tensor next = X.copy(scope);
        for (int i = 0; i < ITERATIONS; i++) {
            Tensor gram = wide ? matmulNT(scope, X, X) : matmulTN(scope, X, X); // of the smaller side
            Tensor polynomial = matmul(scope, gram, gram);
            scaleInPlace(polynomial, CUBIC);
            axpyInPlace(polynomial, SQUARE, gram);
            next.copyFrom(X);
            addMatmulInPlace(next, LINEAR, 1, wide ? polynomial : X, wide ? X : polynomial);
            Tensor last = X;
            X = next;
            next = last;
        }
        return X;
    }
}
