package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.scaled;
import static dev.stiefel.tensor.Ops.sum;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// `A(t) = e^{t X} U D Vᵀ e^{t Yᵀ}` with skew `X`, `Y`: a matrix of constant rank and constant singular values
/// whose bases turn, with the derivative `Ȧ = X A + A Yᵀ`.
public final class RotatingMatrix implements AutoCloseable {
    public static final int M = 11;
    public static final int N = 7;

    private final Scope scope = Scope.open("rotating matrix");
    private final Tensor X = Matrices.skew(scope, M, 101);
    private final Tensor Y = Matrices.skew(scope, N, 102);
    private final Tensor U;
    private final Tensor D;
    private final Tensor V;

    public RotatingMatrix(double... sigma) {
        U = Matrices.basis(scope, M, sigma.length, 103);
        D = Matrices.diagonal(scope, sigma);
        V = Matrices.basis(scope, N, sigma.length, 104);
    }

    public Factors start() {
        return Factors.of(U, D, V);
    }

    public Tensor at(Scope into, double t) {
        try (Scope local = Scope.open("A(t)")) {
            Tensor left = matmul(local, Matrices.exponential(local, X, t), U);
            Tensor right = matmul(local, Matrices.exponential(local, Y, t), V);
            return matmulNT(into, matmul(local, left, D), right);
        }
    }

    /// `−(X W + W Yᵀ)`: always tangent to the manifold at `W`.
    public MatrixField tangentField() {
        return MatrixField.of(M, N, (into, W, t) -> minusDerivative(into, W));
    }

    /// `−Ȧ(t)`, whatever `W` is: tangent at `A(t)` only.
    public MatrixField timeField() {
        return MatrixField.of(M, N, (into, W, t) -> minusDerivative(into, at(into, t)));
    }

    /// `−(A(t + h) − A(t)) / h`, whatever `W` is.
    public MatrixField incrementField(double h) {
        return incrementField(h, 0);
    }

    /// `−(A(t + h) − (1 − decay) A(t)) / h`, whatever `W` is.
    public MatrixField incrementField(double h, double decay) {
        return MatrixField.of(
                M, N, (into, W, t) -> scaled(into, sum(into, at(into, t + h), decay - 1, at(into, t)), -1 / h));
    }

    private Tensor minusDerivative(Scope into, Tensor W) {
        return scaled(into, sum(into, matmul(into, X, W), 1, matmulNT(into, W, Y)), -1);
    }

    @Override
    public void close() {
        scope.close();
    }
}
