package dev.stiefel.integrator;

import static dev.stiefel.tensor.Ops.matmul;
import static dev.stiefel.tensor.Ops.matmulNT;
import static dev.stiefel.tensor.Ops.matmulTN;
import static dev.stiefel.tensor.Ops.transpose;

import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerFactors;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.List;

/// Gradients of kernels in Tucker form and of matrices side by side, the slow way: every `G(W)` is formed, and
/// then projected as [TuckerFactors] says.
final class TuckerField implements GradientField {
    private final List<MatrixField.Gradient> gradients;
    private int evaluations;

    TuckerField(List<MatrixField.Gradient> gradients) {
        this.gradients = gradients;
    }

    int evaluations() {
        return evaluations;
    }

    @Override
    public double evaluate(Point at, Gradients into) {
        evaluations++;
        try (Scope local = Scope.open("field")) {
            for (int i = 0; i < at.factored().size(); i++) {
                FactoredParameter parameter = at.factored().get(i);
                switch (parameter.weight()) {
                    case TuckerFactors f -> project(local, f, gradients.get(i).at(local, f.matrix(local), 0), into, i);
                    case Factors f -> project(local, f, gradients.get(i).at(local, f.matrix(local), 0), into, i);
                    default -> throw new AssertionError(parameter.toString());
                }
            }
            if (into.wants(Part.DENSE)) {
                into.dense().clear();
            }
        }
        return 1;
    }

    private static void project(Scope local, TuckerFactors f, Tensor G, Gradients into, int i) {
        int k = f.offsets();
        boolean free = f.gauge() == Gauge.FREE;
        Tensor GV = TuckerFactors.timesIn(local, G, k, transpose(local, f.Ui())); // [out, k r_i]
        Tensor UG = matmulTN(local, f.Uo(), G); // [r_o, k in]
        if (into.wants(Part.K)) {
            Tensor rows = free ? f.C() : TuckerFactors.outRows(local, f.C());
            into.blocks(Part.K).get(i).copyFrom(matmulNT(local, GV, rows));
        }
        if (into.wants(Part.L)) {
            Tensor columns = free ? f.C() : TuckerFactors.inColumns(local, f.C(), k);
            into.blocks(Part.L)
                    .get(i)
                    .copyFrom(matmulTN(local, TuckerFactors.inUnfolding(UG, k), TuckerFactors.inUnfolding(columns, k)));
        }
        if (into.wants(Part.S)) {
            into.blocks(Part.S).get(i).copyFrom(matmulTN(local, f.Uo(), GV));
        }
    }

    private static void project(Scope local, Factors f, Tensor G, Gradients into, int i) {
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
}
