package dev.stiefel.bench;

import dev.stiefel.lab.bench.BenchNetwork;
import dev.stiefel.lab.bench.StepRig;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.train.Method;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long is a training step of a 784-w-w-w-w-10 network, batch 256?
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class StepBenchmark {
    /// The method's word.
    @Param({"riemannian", "bug", "factors", "dense"})
    public String method = "riemannian";

    /// Width of the hidden layers.
    @Param({"500", "50"})
    public int width = 500;

    /// Rank of the hidden layers.
    @Param("20")
    public int rank = 20;

    /// Threads of the run.
    @Param({"1", "2"})
    public int threads = 1;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private StepRig rig;

    /// Makes the network.
    @Setup(Level.Trial)
    public void make() {
        Optimizer optimizer = method.equals("riemannian") ? new Momentum(0.9) : new Adam();
        rig = new StepRig(
                new StepRig.Shape(Method.of(method), BenchNetwork.mlp(width, 4), rank, 256, threads, optimizer, 0));
    }

    /// Frees it.
    @TearDown(Level.Trial)
    public void free() {
        rig.close();
    }

    /// One step.
    @Benchmark
    public long step() {
        return rig.step();
    }
}
