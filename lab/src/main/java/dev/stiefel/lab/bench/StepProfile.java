package dev.stiefel.lab.bench;

import dev.stiefel.integrator.Stage;
import dev.stiefel.tensor.Counts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Cost of training steps, stage by stage: time, and work of the native engine. Begins counting native calls in
/// the whole process ([Counts#start]), so nothing else may use the engine meanwhile.
public final class StepProfile implements Stage.Listener {
    private final Map<Stage, Sum> stages = new EnumMap<>(Stage.class);
    private final Sum rest = new Sum(); // before the first stage: the gathering of the batch
    private @Nullable Sum current;
    private Counts counted = new Counts(0, 0, 0);
    private long since;
    private int steps;

    /// One part of a step.
    ///
    /// @param stage the stage; empty before the first one: gathering the batch
    /// @param milliseconds a step, the mean
    /// @param nativeCalls a step
    /// @param megaflops a step, counted from shapes
    /// @param megabytes a step: of operands read and written
    public record Line(
            Optional<Stage> stage, double milliseconds, double nativeCalls, double megaflops, double megabytes) {
        /// Billions of operations a second.
        public double gflops() {
            return megaflops / milliseconds;
        }

        /// `first pass`, …
        public String name() {
            return stage.map(Stage::words).orElse("batch");
        }
    }

    private static final class Sum {
        long nanos;
        Counts counts = new Counts(0, 0, 0);
    }

    StepProfile() {}

    void begin() {
        counted = Counts.now();
        since = System.nanoTime();
        current = rest;
    }

    void end() {
        close();
        current = null;
        steps++;
    }

    @Override
    public void entered(Stage stage) {
        close();
        current = stages.computeIfAbsent(stage, s -> new Sum());
        since = System.nanoTime();
    }

    private void close() {
        long now = System.nanoTime();
        Counts counts = Counts.now();
        if (current != null) {
            current.nanos += now - since;
            current.counts = current.counts.plus(counts.since(counted));
        }
        counted = counts;
    }

    /// Forgets the steps so far.
    public void clear() {
        stages.clear();
        rest.nanos = 0;
        rest.counts = new Counts(0, 0, 0);
        steps = 0;
    }

    /// Native calls a step, all stages together.
    public double nativeCalls() {
        return lines().stream().mapToDouble(Line::nativeCalls).sum();
    }

    /// Millions of operations a step, all stages together.
    public double megaflops() {
        return lines().stream().mapToDouble(Line::megaflops).sum();
    }

    /// The stages in their usual order.
    public List<Line> lines() {
        List<Line> lines = new ArrayList<>();
        lines.add(line(Optional.empty(), rest));
        stages.forEach((stage, sum) -> lines.add(line(Optional.of(stage), sum)));
        return lines;
    }

    private Line line(Optional<Stage> stage, Sum sum) {
        double n = Math.max(1, steps);
        return new Line(
                stage,
                sum.nanos / 1e6 / n,
                sum.counts.nativeCalls() / n,
                sum.counts.flops() / 1e6 / n,
                sum.counts.bytes() / 1e6 / n);
    }
}
