package dev.stiefel.lab.bench;

import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.tensor.Counts;
import dev.stiefel.train.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One of the networks that are timed against each other.
final class Contender implements AutoCloseable {
    private static final int FIRST_STEPS = 3;

    private final StepRig rig;
    private final List<Double> trainMs = new ArrayList<>();
    private final List<Double> predictMs = new ArrayList<>();

    /// Made and warmed up: what is compiled, allocated and read for the first time is not timed.
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
        for (int i = 0; i < FIRST_STEPS; i++) {
            rig.block();
            rig.predict();
        }
    }

    /// Steps and predictions for at least this long each, or this many of them.
    void takeTurn(long nanos, int most) {
        List<Double> steps = new ArrayList<>();
        for (long begun = System.nanoTime(); isOn(steps, begun, nanos, most); ) {
            steps.add(rig.block() / 1e6);
        }
        trainMs.add(Medians.of(steps));
        List<Double> predictions = new ArrayList<>();
        for (long begun = System.nanoTime(); isOn(predictions, begun, nanos, most); ) {
            predictions.add(rig.predict() / 1e6);
        }
        predictMs.add(Medians.of(predictions));
    }

    /// The times of the stages of some steps, counted after all timing.
    List<StepProfile.Line> budget(long nanos, int most) {
        Counts.start();
        rig.warmUp(nanos); // code that has never counted was compiled without it
        List<Double> steps = new ArrayList<>();
        for (long begun = System.nanoTime(); isOn(steps, begun, nanos, most); ) {
            steps.add(rig.block() / 1e6);
        }
        return rig.budget().lines();
    }

    Timing timing() {
        return new Timing(Medians.of(trainMs), Medians.of(predictMs));
    }

    @Override
    public void close() {
        rig.close();
    }

    private static boolean isOn(List<Double> done, long begun, long nanos, int most) {
        return done.isEmpty() || (done.size() < most && System.nanoTime() - begun < nanos);
    }
}
