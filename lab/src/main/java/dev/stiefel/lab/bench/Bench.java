package dev.stiefel.lab.bench;

import dev.stiefel.lab.bench.BenchResult.Measured;
import dev.stiefel.lab.bench.BenchResult.RankTiming;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// Times training steps and predictions of one network, dense and factored, on this machine.
///
/// All contenders are in memory at once and take turns, so that other load on the machine slows all of them. A turn is
/// several steps. A contender's time is the median over its turns, which begin once the JVM has compiled the code
/// ([WarmUp]). The samples are noise: the time of a step does not depend on what is learnt.
public final class Bench {
    private static final int GEMM_SIZE = 960; // no multiple of 256, where rows would drive each other out of the cache
    private static final int STREAM_SIZE = 1 << 23; // elements a thread: 32 MiB twice, more than a cache holds
    private static final int GEMM_REPEATS = 7;

    private Bench() {}

    /// Measures all contenders. Each takes 1 to 3 s to warm up and then about `repeats · 0.2 s`, more where a step
    /// takes
    /// longer than 0.1 s. Nothing else may use the engine meanwhile.
    ///
    /// @param progress is told in words what is being done
    public static BenchResult run(BenchSpec spec, Consumer<String> progress) {
        return run(spec, WarmUp.Pace.STEADY, progress);
    }

    static BenchResult run(BenchSpec spec, WarmUp.Pace pace, Consumer<String> progress) {
        progress.accept("matrix products");
        double gflops = gemmGflops(spec.threads());
        progress.accept("memory");
        double gigabytes = streamGigabytes(spec.threads());
        List<Contender> contenders = new ArrayList<>();
        try {
            contenders.add(new Contender(spec, OptionalInt.empty()));
            for (int rank : spec.ranks()) {
                contenders.add(new Contender(spec, OptionalInt.of(rank)));
            }
            progress.accept("warm-up");
            boolean warm = new WarmUp(pace).run(contenders);
            for (int repeat = 1; repeat <= spec.repeats(); repeat++) {
                progress.accept("repeat %s of %s".formatted(repeat, spec.repeats()));
                for (Contender contender : contenders) {
                    contender.takeTurn(pace.turnNanos());
                }
                gflops = Math.max(gflops, gemmGflops(spec.threads()));
                gigabytes = Math.max(gigabytes, streamGigabytes(spec.threads()));
            }
            progress.accept("stages of a step");
            List<Measured> measured = new ArrayList<>();
            for (Contender contender : contenders) {
                measured.add(new Measured(contender.timing(), contender.budget(pace.turnNanos())));
            }
            List<RankTiming> ranks = new ArrayList<>();
            for (int i = 0; i < spec.ranks().size(); i++) {
                ranks.add(RankTiming.of(spec.ranks().get(i), measured.get(i + 1), measured.getFirst()));
            }
            return new BenchResult(spec, gflops, gigabytes, measured.getFirst(), ranks, warm);
        } finally {
            contenders.forEach(Contender::close);
        }
    }

    /// Rate of this many threads together in products of square float32 matrices, each its own: billions of
    /// multiplications and additions a second, the highest of several measurements.
    public static double gemmGflops(int threads) {
        double flops = 2.0 * GEMM_SIZE * GEMM_SIZE * GEMM_SIZE * threads;
        List<Double> rates = new ArrayList<>();
        try (Scope scope = Scope.open("matrix products");
                Threads workers = Threads.of(threads)) {
            List<List<Tensor>> matrices = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                List<Tensor> three = new ArrayList<>();
                for (int j = 0; j < 3; j++) {
                    Tensor matrix = scope.uninitialized(DType.FLOAT32, GEMM_SIZE, GEMM_SIZE);
                    Rng.seeded(3L * i + j).fillNormal(matrix, 1);
                    three.add(matrix);
                }
                matrices.add(three);
            }
            for (int repeat = -1; repeat < GEMM_REPEATS; repeat++) {
                long begun = System.nanoTime();
                workers.run(
                        threads,
                        i -> Ops.matmulInto(
                                matrices.get(i).get(0),
                                matrices.get(i).get(1),
                                matrices.get(i).get(2)));
                if (repeat >= 0) {
                    rates.add(flops / (System.nanoTime() - begun));
                }
            }
        }
        return Collections.max(rates);
    }

    /// Rate of this many threads together in `y ← y + αx` over vectors that no cache holds: billions of bytes a second,
    /// read and written, the highest of several measurements.
    public static double streamGigabytes(int threads) {
        double bytes = 3.0 * DType.FLOAT32.bytes() * STREAM_SIZE * threads;
        List<Double> rates = new ArrayList<>();
        try (Scope scope = Scope.open("memory");
                Threads workers = Threads.of(threads)) {
            List<Tensor> vectors = new ArrayList<>();
            for (int i = 0; i < 2 * threads; i++) {
                vectors.add(scope.zeros(DType.FLOAT32, STREAM_SIZE));
            }
            for (int repeat = -1; repeat < GEMM_REPEATS; repeat++) {
                long begun = System.nanoTime();
                workers.run(threads, i -> Ops.axpyInPlace(vectors.get(2 * i), 0.5, vectors.get(2 * i + 1)));
                if (repeat >= 0) {
                    rates.add(bytes / (System.nanoTime() - begun));
                }
            }
        }
        return Collections.max(rates);
    }
}
