package dev.stiefel.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.tensor.Counts;
import dev.stiefel.train.Method;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a step costs in figures that do not depend on how busy the machine is: a step that has become
/// slower by doing more shows here. The recorded numbers are what was measured when the line was last
/// touched; whoever makes a step cheaper lowers them.
class StepCostTest {
    private static final int STEPS = 20;

    @ParameterizedTest
    @CsvSource({
        "RIEMANNIAN, 50, 10, 0, 196",
        "RIEMANNIAN, 500, 20, 0, 216",
        "RIEMANNIAN, 50, 10, 1, 224",
        "BUG, 50, 10, 0, 231",
        "BUG, 500, 20, 0, 243",
        "PARALLEL_BUG, 50, 10, 0, 215",
        "PARALLEL_BUG, 50, 10, 1, 215",
        "S_ONLY, 50, 10, 0, 86",
        "BACKWARD_CORRECTED, 50, 10, 0, 220",
        "PROJECTOR_SPLITTING, 50, 10, 0, 295",
        "FACTORS, 50, 10, 0, 68",
        "DENSE, 50, 1, 0, 38",
    })
    void nativeCalls(Method method, int width, int rank, int adaptEvery, int recorded) {
        Counts.start();
        try (StepRig rig = new StepRig(shape(method, width, rank, adaptEvery, 2))) {
            rig.warmUp(0);
            for (int i = 0; i < STEPS; i++) {
                rig.step();
            }
            assertThat(rig.budget().nativeCalls())
                    .as("native calls a step; more than recorded is slower, less should be recorded")
                    .isBetween(0.9 * recorded, 1.02 * recorded); // a step more or less may be clipped
        }
    }

    /// Of compiled code, the least of several stretches: how much is compiled varies.
    @ParameterizedTest
    @CsvSource({"RIEMANNIAN, 10, 0, 101", "BUG, 10, 0, 133", "FACTORS, 10, 0, 33", "DENSE, 1, 0, 25"})
    void kilobytesAllocatedOnTheHeap(Method method, int rank, int adaptEvery, int recorded) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (StepRig rig = new StepRig(shape(method, 50, rank, adaptEvery, 1))) {
            rig.warmUp(500_000_000);
            long least = Long.MAX_VALUE;
            for (int stretch = 0; stretch < 5; stretch++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < STEPS; i++) {
                    rig.step();
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat(least / 1024.0 / STEPS).as("KiB a step").isBetween(0.6 * recorded, 1.25 * recorded);
        }
    }

    private static StepRig.Shape shape(Method method, int width, int rank, int adaptEvery, int threads) {
        Optimizer optimizer = method == Method.RIEMANNIAN ? new Momentum(0.9) : new Adam();
        return new StepRig.Shape(method, BenchNetwork.mlp(width, 4), rank, 256, threads, optimizer, adaptEvery);
    }
}
