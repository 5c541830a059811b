package dev.stiefel.bench;

import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.linalg.Svd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What do the factorizations of a step cost, against each other: an orthonormal basis of a tall matrix by either
/// algorithm, and the singular values of a core?
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class BasisBenchmark {
    /// Rows of the tall matrix.
    @Param({"500", "5120"})
    public int rows = 500;

    /// Its columns, and the size of the core.
    @Param({"10", "20", "90"})
    public int columns = 20;

    private final Pool pool = new Pool();

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private dev.stiefel.tensor.Scope scope;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private Tensor tall;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private Tensor core;

    /// Draws the matrices.
    @Setup
    public void draw() {
        scope = dev.stiefel.tensor.Scope.open("benchmark");
        tall = scope.uninitialized(DType.FLOAT32, rows, columns);
        core = scope.uninitialized(DType.FLOAT32, columns, columns);
        Rng rng = Rng.seeded(1);
        rng.fillNormal(tall, 1);
        rng.fillNormal(core, 1);
    }

    /// Frees them.
    @TearDown
    public void free() {
        scope.close();
        pool.close();
    }

    /// CholeskyQR2.
    @Benchmark
    public double basis() {
        try (dev.stiefel.tensor.Scope step = pool.scope("basis")) {
            return OrthonormalBasis.of(step, tall).get(0, 0);
        }
    }

    /// Householder QR.
    @Benchmark
    public double householder() {
        try (dev.stiefel.tensor.Scope step = pool.scope("householder")) {
            return OrthonormalBasis.householder(step, tall).get(0, 0);
        }
    }

    /// The singular value decomposition of the core.
    @Benchmark
    public double svd() {
        try (dev.stiefel.tensor.Scope step = pool.scope("svd")) {
            return Svd.of(step, core).sigma().getFirst();
        }
    }
}
