package dev.stiefel.integrator;

import dev.stiefel.lowrank.DenseParameters;
import dev.stiefel.lowrank.DenseParameters.Layout;
import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// Points whose parameters' names do not matter.
public final class Points {
    private Points() {}

    /// Weights `w0`, `w1`, … beside a vector `decayed` and a vector `kept`.
    public static Point of(List<Factors> factors, Tensor dense, int decayed) {
        List<FactoredParameter> factored = new ArrayList<>();
        for (int i = 0; i < factors.size(); i++) {
            factored.add(new FactoredParameter("w" + i, factors.get(i)));
        }
        int kept = Math.toIntExact(dense.size()) - decayed;
        return new Point(
                factored,
                DenseParameters.of(
                        dense,
                        List.of(
                                new Layout("decayed", Shape.of(decayed), WeightDecay.APPLIED),
                                new Layout("kept", Shape.of(kept), WeightDecay.NONE))));
    }
}
