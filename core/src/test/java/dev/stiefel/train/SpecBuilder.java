package dev.stiefel.train;

import dev.stiefel.integrator.Penalty;
import dev.stiefel.lowrank.RankLimits;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.train.RankPlan.Adapt;
import java.util.List;

/// Makes specifications for tests: three epochs of batches of 16, momentum, constant rate, nothing else.
final class SpecBuilder {
    private final Method method;
    private RankPlan ranks = new RankPlan.Hold();
    private Optimizer optimizer = new Momentum(0.9);
    private double rate = 0.02;
    private double clip = 1;
    private List<Penalty> penalties = List.of();
    private int epochs = 3;
    private int batch = 16;
    private long seed = 5;
    private int threads = 1;
    private int patience;

    private SpecBuilder(Method method) {
        this.method = method;
    }

    static SpecBuilder of(Method method) {
        return new SpecBuilder(method);
    }

    /// Ranks adapted every `every` steps by a tolerance that rises to this, where the method can.
    SpecBuilder adapting(double tolerance, int every) {
        if (method.adapts()) {
            ranks = new Adapt(Adapt.Measure.RELATIVE, tolerance / 3, tolerance, RankLimits.NONE, every);
        }
        return this;
    }

    SpecBuilder optimizer(Optimizer value) {
        optimizer = value;
        return this;
    }

    SpecBuilder rate(double value) {
        rate = value;
        return this;
    }

    SpecBuilder clip(double value) {
        clip = value;
        return this;
    }

    SpecBuilder penalties(Penalty... values) {
        penalties = List.of(values);
        return this;
    }

    SpecBuilder epochs(int value) {
        epochs = value;
        return this;
    }

    SpecBuilder batch(int value) {
        batch = value;
        return this;
    }

    SpecBuilder seed(long value) {
        seed = value;
        return this;
    }

    SpecBuilder threads(int value) {
        threads = value;
        return this;
    }

    SpecBuilder patience(int value) {
        patience = value;
        return this;
    }

    TrainSpec build() {
        return new TrainSpec(
                method,
                ranks,
                optimizer,
                rate,
                TrainSpec.Decay.CONSTANT,
                0,
                clip,
                1e-3,
                penalties,
                epochs,
                batch,
                seed,
                threads,
                patience);
    }
}
