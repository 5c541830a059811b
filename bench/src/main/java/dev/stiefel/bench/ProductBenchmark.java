package dev.stiefel.bench;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
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

/// How fast is each kind of product that a step is made of, on one thread? Run it with another engine
/// for a comparison: `-jvmArgsAppend -Dstiefel.blas=…` (see docs/adr/0004-products.md).
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
public class ProductBenchmark {
    /// Which factor is transposed, then `m n k`.
    @Param({
        "NN 128 20 784", // x V
        "NT 128 500 20", // c Uᵀ
        "TN 500 20 128", // deltaᵀ a
        "NN 128 10 50",
        "NN 128 45 500",
        "NN 51 20 5120",
        "NT 51 5120 20",
        "TN 5120 20 51",
        "NT 51 5120 5",
        "NT 125 5120 80",
        "TN 20 20 500", // a Gram matrix
        "NN 10 10 10", // cores
        "NT 128 500 500", // dense
        "TN 500 500 256",
        "NT 250 5120 5120",
    })
    public String product = "NN 128 20 784";

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private dev.stiefel.tensor.Scope scope;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private Tensor a;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private Tensor b;

    @SuppressWarnings("NullAway.Init") // JMH calls the method marked @Setup first
    private Tensor out;

    private String kind = "";

    /// Draws the factors, in memory as it is in a step.
    @Setup
    public void draw() {
        String[] words = product.split(" ", -1);
        kind = words[0];
        int m = Integer.parseInt(words[1]);
        int n = Integer.parseInt(words[2]);
        int k = Integer.parseInt(words[3]);
        scope = dev.stiefel.tensor.Scope.open("benchmark");
        a = kind.charAt(0) == 'T' ? matrix(k, m) : matrix(m, k);
        b = kind.charAt(1) == 'T' ? scope.zeros(DType.FLOAT32, n, k) : scope.zeros(DType.FLOAT32, k, n);
        Rng.seeded(2).fillNormal(b, 1);
        out = scope.spaced(DType.FLOAT32, m, n);
    }

    private Tensor matrix(int rows, int columns) {
        Tensor drawn = scope.zeros(DType.FLOAT32, rows, columns);
        Rng.seeded(1).fillNormal(drawn, 1);
        Tensor matrix = scope.spaced(DType.FLOAT32, rows, columns);
        matrix.copyFrom(drawn);
        return matrix;
    }

    /// Frees them.
    @TearDown
    public void free() {
        scope.close();
    }

    /// The product.
    @Benchmark
    public Tensor multiply() {
        switch (kind) {
            case "NN" -> Ops.matmulInto(out, a, b);
            case "NT" -> Ops.matmulNTInto(out, a, b);
            case "TN" -> Ops.matmulTNInto(out, a, b);
            default -> throw new IllegalStateException(kind);
        }
        return out;
    }
}
