package dev.stiefel.optim;

import dev.stiefel.integrator.BasisChange;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;
import dev.stiefel.integrator.Points;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/// A point with two factored weights, `[7, 5]` and `[4, 6]`, and some dense unknowns, and random gradients at it.
final class Layers implements AutoCloseable {
    private final Scope scope = Scope.open("layers");
    private final Point point;

    Layers(DType type, int dense, int firstRank, int secondRank) {
        List<Factors> factors = new ArrayList<>();
        factors.add(Factors.random(type, 7, 5, firstRank, new Spectrum.Gaussian(), Rng.seeded(1)));
        factors.add(Factors.random(type, 4, 6, secondRank, new Spectrum.Gaussian(), Rng.seeded(2)));
        point = Points.of(factors, scope.zeros(type, dense), 0);
    }

    Point point() {
        return point;
    }

    /// Gradients of every part, different for every seed.
    Gradients gradients(Scope into, long seed) {
        Gradients gradients = Gradients.of(into, point, Part.K, Part.L, Part.S, Part.DENSE);
        for (Part part : Part.values()) {
            Rng.seeded(seed).forPurpose(part.name()).fillNormal(gradients.flat(part), 1);
        }
        return gradients;
    }

    /// Changes of basis to these ranks: random matrices of norm about 1, which need not come from bases.
    List<BasisChange> changes(Scope into, int firstRank, int secondRank, long seed) {
        List<BasisChange> changes = new ArrayList<>();
        int[] ranks = {firstRank, secondRank};
        for (int i = 0; i < 2; i++) {
            int old = point.factors().get(i).rank();
            Tensor left = into.uninitialized(point.type(), ranks[i], old);
            Tensor right = into.uninitialized(point.type(), ranks[i], old);
            Rng.seeded(seed + i).fillNormal(left, 0.5);
            Rng.seeded(seed + 10 + i).fillNormal(right, 0.5);
            changes.add(new BasisChange(left, right));
        }
        return changes;
    }

    @Override
    public void close() {
        point.factors().forEach(Factors::close);
        scope.close();
    }
}
