package dev.stiefel.lab.bench;

import dev.stiefel.lab.bench.BenchResult.Spread;
import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.tensor.Counts;
import dev.stiefel.train.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.DoubleSupplier;

/// One of the networks that are timed against each other.
final class Contender implements AutoCloseable {
    private final StepRig rig;
    private final List<Double> trainMs = new ArrayList<>();
    private final List<Double> predictMs = new ArrayList<>();

    Contender(BenchSpec spec, OptionalInt rank) {
        this.rig = new StepRig(
                new StepRig.Shape(
                        rank.isPresent() ? spec.method() : Method.DENSE,
                        spec.network(),
                        rank.orElse(1),
                        spec.batch(),
                        spec.threads(),
                        spec.optimizer().usual(),
                        0),
                4 * spec.batch());
    }

    /// Takes steps and then makes predictions, each for at least this long.
    ///
    /// @return the median times of a step and of a prediction in milliseconds
    List<Double> turn(long nanos) {
        return List.of(median(rig::block, nanos), median(rig::predict, nanos));
    }

    /// A turn that counts.
    void takeTurn(long nanos) {
        List<Double> medians = turn(nanos);
        trainMs.add(medians.getFirst());
        predictMs.add(medians.getLast());
    }

    /// Cost of each stage of a step, counted in steps of their own after everything has been timed.
    List<StepProfile.Line> budget(long nanos) {
        Counts.start();
        new WarmUp(new WarmUp.Pace(nanos, 2, 10 * nanos)).run(List.of(this)); // compiled again, with counting
        rig.budget().clear();
        median(rig::block, nanos);
        return rig.budget().lines();
    }

    Timing timing() {
        return new Timing(Medians.of(trainMs), Medians.of(predictMs), Spread.of(trainMs), Spread.of(predictMs));
    }

    @Override
    public void close() {
        rig.close();
    }

    private static double median(DoubleSupplier timed, long nanos) {
        List<Double> times = new ArrayList<>();
        long begun = System.nanoTime();
        do {
            times.add(timed.getAsDouble() / 1e6);
        } while (System.nanoTime() - begun < nanos);
        return Medians.of(times);
    }
}
