package dev.stiefel.model;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.List;

/// A network made ready to answer for many samples at a time.
///
/// It holds a copy of the network whose factored weights are two matrices each, `U S` and `V`: two products a
/// layer. Samples are shared between threads, and go through the network some hundred at a time, so that
/// activations stay in the cache. Several threads may call it; one call after another is served. Owns memory
/// and threads: close it.
public final class BatchPredictor implements AutoCloseable {
    private static final int AT_ONCE = 256; // samples
    private static final long MOST_IDLE = 64L << 20; // bytes

    private final Network network;
    private final Threads threads;
    private final Pool pool = new Pool();

    private BatchPredictor(Network network, Threads threads) {
        this.network = network;
        this.threads = threads;
    }

    /// One that answers as the network does now, which may change or be closed afterwards.
    ///
    /// @param network of single precision
    /// @param threads number of threads that share the samples of a call
    public static BatchPredictor of(Network network, int threads) {
        if (network.type() != DType.FLOAT32) {
            throw new IllegalArgumentException(
                    "batch predictor: the network must be of single precision; got " + network.type());
        }
        network.spec().inputValues(); // refuses other inputs than one of fixed size
        return new BatchPredictor(network.inGauge(Gauge.FREE), Threads.of(threads));
    }

    /// The network's outputs for some samples: for classes the logits.
    ///
    /// @param x `[rows, inputs]`, row by row
    /// @return `[rows, outputs]`, row by row
    public synchronized float[] predict(float[] x, int rows) {
        SampleShape input = network.spec().inputs().getFirst().shape();
        int inputs = network.spec().inputValues();
        int outputs = network.spec().output().values().orElseThrow();
        if (x.length != Math.multiplyExact(rows, inputs)) {
            throw new IllegalArgumentException("predict: %d samples of %d values must be %d numbers; got %d"
                    .formatted(rows, inputs, (long) rows * inputs, x.length));
        }
        float[] y = new float[Math.multiplyExact(rows, outputs)];
        int most = Math.min(AT_ONCE, network.spec().samplesAtOnce());
        int chunk = Math.clamp((rows + threads.count() - 1) / threads.count(), 1, most);
        threads.run((rows + chunk - 1) / chunk, i -> {
            int from = i * chunk;
            int count = Math.min(chunk, rows - from);
            try (Scope scope = pool.scope("prediction")) {
                RowLayout layout = RowLayout.uniform(count, input.rows().orElseThrow());
                Tensor some = scope.uninitialized(DType.FLOAT32, layout.rows(), input.columns());
                some.write(0, x, from * inputs, count * inputs);
                Tensor answers = new NetworkPass(scope, network, PassMode.EVALUATION)
                        .forward(List.of(new SampleRows(some, layout)))
                        .values();
                float[] read = answers.toFloats();
                System.arraycopy(read, 0, y, from * outputs, read.length);
            }
        });
        if (pool.idleBytes() > MOST_IDLE) { // of calls with other numbers of samples
            pool.trim();
        }
        return y;
    }

    @Override
    public void close() {
        threads.close();
        pool.close();
        network.close();
    }
}
