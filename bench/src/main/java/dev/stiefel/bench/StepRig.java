package dev.stiefel.bench;

import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkBuilder;
import dev.stiefel.nn.Activation;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Batch;
import dev.stiefel.train.BatchField;
import dev.stiefel.train.Method;
import dev.stiefel.train.Samples;
import java.util.List;
import java.util.SplittableRandom;

/// A network and everything that a training step of it needs, on random data held in memory: the shapes of the
/// published experiments without their data sets.
public final class StepRig implements AutoCloseable {
    private static final int INPUTS = 784;
    private static final int CLASSES = 10;

    private final Method method;
    private final int batchSize;
    private final Samples samples;
    private final int[] order;
    private final Network network;
    private final Threads threads;
    private final Pool pool = new Pool();
    private final Workspace workspace;
    private final BatchField field;
    private final OptimizerState optimizer;
    private final StepSize size;
    private int next;

    /// A network `784-w-…-w-10` with `depth` hidden layers.
    ///
    /// @param optimizer `sgd`, `momentum` or `adam`
    public StepRig(Method method, int width, int depth, int rank, int batchSize, int threads, String optimizer) {
        this.method = method;
        this.batchSize = batchSize;
        this.samples = randomSamples(Math.max(5_120, 2 * batchSize));
        this.order = Rng.seeded(2).permutation(samples.size());
        NetworkBuilder builder = Network.builder(INPUTS).gauge(method.gauge());
        for (int i = 0; i < depth; i++) {
            if (method == Method.DENSE) {
                builder.dense(width, Activation.RELU);
            } else {
                builder.factored(width, rank, Activation.RELU);
            }
        }
        this.network = builder.dense(CLASSES, Activation.IDENTITY).build(Rng.seeded(1));
        this.threads = Threads.of(threads);
        this.workspace = new Workspace(pool, this.threads);
        this.field = new BatchField(network, network.spec().loss(), workspace);
        Optimizer rule = switch (optimizer) {
            case "sgd" -> new Sgd();
            case "momentum" -> new Momentum(0.9);
            case "adam" -> new Adam();
            default ->
                throw new IllegalArgumentException(
                        "optimizer must be one of sgd, momentum, adam; got '" + optimizer + "'");
        };
        this.optimizer = new OptimizerState(rule, this.threads);
        this.size = StepSize.of(1e-4);
    }

    /// Takes one training step, the gathering of its batch included.
    ///
    /// @return the loss where it started
    public double step() {
        int from = next;
        next = from + 2 * batchSize <= samples.size() ? from + batchSize : 0;
        try (Scope scope = pool.scope("batch")) {
            field.use(Batch.of(scope, DType.FLOAT32, samples, order, from, from + batchSize));
            return switch (method.holding().step(field.point(), field, optimizer, size, workspace)) {
                case StepOutcome.Taken taken -> taken.loss();
                case StepOutcome.Diverged diverged -> throw new IllegalStateException("diverged: " + diverged.cause());
            };
        }
    }

    /// The ranks of the factored weights.
    public List<Integer> ranks() {
        return network.ranks();
    }

    @Override
    public void close() {
        optimizer.close();
        pool.close();
        threads.close();
        network.close();
    }

    private static Samples randomSamples(int count) {
        SplittableRandom random = new SplittableRandom(1);
        float[] inputs = new float[count * INPUTS];
        for (int i = 0; i < inputs.length; i++) {
            inputs[i] = random.nextFloat();
        }
        int[] labels = random.ints(count, 0, CLASSES).toArray();
        return Samples.classified(inputs, INPUTS, labels, CLASSES);
    }
}
