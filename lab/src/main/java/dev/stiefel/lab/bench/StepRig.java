package dev.stiefel.lab.bench;

import dev.stiefel.integrator.Integrator;
import dev.stiefel.integrator.StepOutcome;
import dev.stiefel.integrator.StepSize;
import dev.stiefel.integrator.Workspace;
import dev.stiefel.lowrank.RankRule;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.optim.MatrixOptimizer;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.optim.ParameterGroups;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Batch;
import dev.stiefel.train.BatchField;
import dev.stiefel.train.Method;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.util.ArrayList;
import java.util.List;

/// A network and everything that a training step of it needs, on noise held in memory: the set-up for every
/// measurement of a step's cost. The time of a step does not depend on what is learnt.
public final class StepRig implements AutoCloseable {
    private static final double LEARNING_RATE = 1e-4;
    private static final double CLIP_NORM = 1;
    private static final int BLOCK = 10; // steps

    private final Shape shape;
    private final int every; // steps from one adaptation, or one block's end, to the next; 0: neither
    private final Integrator holding;
    private final Integrator adapting;
    private final Samples samples;
    private final int[] order;
    private final Network network;
    private final Threads threads;
    private final Pool pool = new Pool();
    private final StepProfile budget = new StepProfile();
    private final BatchField field;
    private final OptimizerState optimizer;
    private final StepSize size = new StepSize(LEARNING_RATE, 0, CLIP_NORM);
    private final Workspace workspace;
    private final Scope scope = Scope.open("rig");
    private final List<List<SampleRows>> inputs = new ArrayList<>(); // of predictions, one a thread
    private int next;
    private long steps;

    /// The network and method to step.
    ///
    /// @param method training method
    /// @param network the network
    /// @param rank of its factored weights; not used by the dense method
    /// @param batch samples a step
    /// @param threads number of threads
    /// @param optimizer of all unknowns
    /// @param adaptEvery every how many steps the rank is adapted, to the same rank again; 0: never. By
    ///     a method that trains in blocks, how long they are; 0: 10 steps
    public record Shape(
            Method method,
            BenchNetwork network,
            int rank,
            int batch,
            int threads,
            Optimizer optimizer,
            int adaptEvery) {}

    /// Everything but the compiled code is in place afterwards: see [#warmUp].
    public StepRig(Shape shape) {
        this(shape, Math.max(5_120, 2 * shape.batch()));
    }

    /// The same with this many samples in memory.
    public StepRig(Shape shape, int sampleCount) {
        this.shape = shape;
        this.every = shape.adaptEvery() == 0 && shape.method().trainsInBlocks() ? BLOCK : shape.adaptEvery();
        this.holding = shape.method().fixedRankStep();
        this.adapting = every > 0 ? shape.method().adaptiveStep(new RankRule.Fixed(shape.rank())) : this.holding;
        this.samples = RandomSamples.samples(sampleCount, shape.network().dense());
        this.order = Rng.seeded(2).permutation(samples.size());
        this.network = network(shape);
        this.threads = Threads.of(shape.threads());
        this.workspace = new Workspace(pool, threads, budget);
        this.field = new BatchField(network, new Objective(network.spec().loss(), List.of(new Accuracy())), workspace);
        this.optimizer = new OptimizerState(groups(shape), threads);
        for (int i = 0; i < shape.threads(); i++) {
            int from = shape.batch() * i / shape.threads();
            int to = shape.batch() * (i + 1) / shape.threads();
            if (to > from) {
                inputs.add(samples.gather(scope, threads, DType.FLOAT32, order, from, to));
            }
        }
    }

    /// The parameter groups of runs. Parameters beside factored weights do not matter for an optimizer of
    /// matrices.
    private static ParameterGroups groups(Shape shape) {
        return shape.method().isLowRank() && shape.optimizer() instanceof MatrixOptimizer matrices
                ? new ParameterGroups(matrices, matrices.forVectors(), 1, List.of())
                : ParameterGroups.all(shape.optimizer());
    }

    private static Network network(Shape shape) {
        NetworkSpec spec = shape.method().isLowRank()
                ? shape.network().withRank(shape.rank())
                : shape.network().dense();
        return Network.random(spec, DType.FLOAT32, shape.method().gauge(), new Spectrum.Gaussian(), Rng.seeded(1));
    }

    /// Takes one training step, the gathering of its batch included.
    ///
    /// @return the nanoseconds that it took
    public long step() {
        long begun = System.nanoTime();
        int from = next;
        next = from + 2 * shape.batch() <= samples.size() ? from + shape.batch() : 0;
        boolean begins = every > 0 && steps % every == 0;
        boolean adapts = every > 0 && ++steps % every == 0;
        Integrator inner = adapts ? adapting : holding;
        Integrator integrator = begins ? shape.method().openingStep(inner) : inner;
        budget.begin();
        try (Scope batch = pool.scope("batch")) {
            field.use(Batch.of(batch, threads, DType.FLOAT32, samples, order, from, from + shape.batch()));
            StepOutcome outcome = integrator.step(field.point(), field, optimizer, size, workspace);
            if (outcome instanceof StepOutcome.Diverged diverged) {
                throw new IllegalStateException("diverged: " + diverged.cause());
            }
        }
        if (adapts || (begins && shape.method().trainsInBlocks())) {
            pool.trim();
        }
        budget.end();
        return System.nanoTime() - begun;
    }

    /// Takes one training step or, by a method that trains in blocks, all of a block: what steps cost on
    /// average, with what the block's first and last cost beyond. Bases are as narrow afterwards as they
    /// were before.
    ///
    /// @return the nanoseconds that one step took
    public double block() {
        long nanos = step();
        int taken = 1;
        while (shape.method().trainsInBlocks() && steps % every != 0) {
            nanos += step();
            taken++;
        }
        return (double) nanos / taken;
    }

    /// Evaluates the network for one batch, already gathered.
    ///
    /// @return the nanoseconds that it took
    public long predict() {
        long begun = System.nanoTime();
        threads.run(inputs.size(), i -> {
            try (Scope local = pool.scope("prediction")) {
                new NetworkPass(local, network, PassMode.EVALUATION).forward(inputs.get(i));
            }
        });
        return System.nanoTime() - begun;
    }

    /// Loss and accuracy over the first `count` samples, as at the end of an epoch.
    ///
    /// @return the nanoseconds that it took
    public long evaluate(int count) {
        Samples first = samples.range(0, count);
        long begun = System.nanoTime();
        Metrics metrics = Metrics.of(network, first, threads, pool);
        if (metrics.samples() != count) {
            throw new IllegalStateException("evaluated " + metrics.samples());
        }
        return System.nanoTime() - begun;
    }

    /// Steps for at least this long, at least three, so that code is compiled and memory is taken.
    public void warmUp(long nanos) {
        long begun = System.nanoTime();
        for (int i = 0; i < 3 || System.nanoTime() - begun < nanos; i++) {
            block();
        }
        budget.clear();
    }

    /// The cost of the steps so far, stage by stage.
    public StepProfile budget() {
        return budget;
    }

    /// The ranks of the factored weights.
    public List<Integer> ranks() {
        return network.ranks();
    }

    @Override
    public void close() {
        optimizer.close();
        scope.close();
        pool.close();
        threads.close();
        network.close();
    }
}
