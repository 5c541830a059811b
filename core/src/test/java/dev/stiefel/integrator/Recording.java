package dev.stiefel.integrator;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.optim.MomentAccess;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A descent that writes down what it is asked for and hands on to another.
public final class Recording implements MomentAccess {
    private final MomentAccess inner;
    private final List<String> asked = new ArrayList<>();

    public Recording(MomentAccess inner) {
        this.inner = inner;
    }

    public List<String> asked() {
        return asked;
    }

    @Override
    public void direct(Part part, Gradients gradients) {
        asked.add("direct " + part);
        inner.direct(part, gradients);
    }

    @Override
    public void coast(Part part, Gradients into, long from, long to) {
        asked.add("coast " + part);
        inner.coast(part, into, from, to);
    }

    @Override
    public void restart(Point at, Part... parts) {
        for (Part part : parts) {
            asked.add("restart " + part);
        }
        inner.restart(at, parts);
    }

    @Override
    public void carry(List<BasisChange> changes, Part... parts) {
        for (Part part : parts) {
            asked.add("carry " + part);
        }
        inner.carry(changes, parts);
    }

    @Override
    public double relativeRate(DenseParameter parameter) {
        return inner.relativeRate(parameter);
    }

    @Override
    public TangentDirection directTangent(List<Factors> at, TangentVector gradient, List<Double> meanSquares) {
        asked.add("direct TANGENT");
        return inner.directTangent(at, gradient, meanSquares);
    }

    @Override
    public void carryTangent(List<Tensor> K, List<Tensor> L) {
        asked.add("carry TANGENT");
        inner.carryTangent(K, L);
    }
}
