package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.cast;
import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulTN;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// The right-hand side of matrix differential equations `Ẇ = −G(W, t)`, the slow way: every gradient is formed, in
/// float64, and then projected.
///
/// A point without factors holds its one matrix in front of its dense unknowns. The other dense unknowns `x`
/// follow `ẋ = −x`. The loss is a constant, which no integrator looks at.
public final class MatrixField implements GradientField {
    public static final double LOSS = 0.5;

    public interface Gradient {
        /// `G(W, t)`, `[m, n]`, in `scope`.
        Tensor at(Scope scope, Tensor W, double t);
    }

    private final Shape shape;
    private final List<Gradient> gradients;
    private double time;
    private int evaluations;

    private MatrixField(Shape shape, List<Gradient> gradients) {
        this.shape = shape;
        this.gradients = List.copyOf(gradients);
    }

    /// A field for one matrix, factored or dense.
    public static MatrixField of(int m, int n, Gradient gradient) {
        return new MatrixField(Shape.of(m, n), List.of(gradient));
    }

    /// A field for several factored matrices that know nothing of each other.
    public static MatrixField ofEach(List<Gradient> gradients) {
        return new MatrixField(Shape.of(0, 0), gradients);
    }

    public Gradient first() {
        return gradients.getFirst();
    }

    public void setTime(double t) {
        time = t;
    }

    public int evaluations() {
        return evaluations;
    }

    @Override
    public double evaluate(Point at, Gradients into) {
        evaluations++;
        try (Scope local = Scope.open("matrix field")) {
            for (int i = 0; i < at.factors().size(); i++) {
                Factors f = at.factors().get(i);
                Tensor G = gradient(local, i, f.matrix(local));
                if (into.wants(Part.K)) {
                    into.blocks(Part.K).get(i).copyFrom(matmul(local, G, f.V()));
                }
                if (into.wants(Part.L)) {
                    into.blocks(Part.L).get(i).copyFrom(matmulTN(local, G, f.U()));
                }
                if (into.wants(Part.S)) {
                    into.blocks(Part.S).get(i).copyFrom(matmul(local, matmulTN(local, f.U(), G), f.V()));
                }
            }
            if (into.wants(Part.DENSE)) {
                into.dense().copyFrom(at.dense().flat());
                if (at.factors().isEmpty()) {
                    Tensor G = gradient(local, 0, matrixOf(at.dense().flat()));
                    matrixOf(into.dense()).copyFrom(G);
                }
            }
            return LOSS;
        }
    }

    private Tensor matrixOf(Tensor dense) {
        return dense.slice(0, shape.extent(0), shape.extent(1));
    }

    private Tensor gradient(Scope scope, int i, Tensor W) {
        Tensor G = gradients.get(i).at(scope, cast(scope, W, DType.FLOAT64), time);
        return cast(scope, G, W.type());
    }
}
