package dev.stiefel.lab.bench;

import dev.stiefel.lab.bench.BenchResult.Timing;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkBuilder;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Activation;
import dev.stiefel.optim.Adam;
import dev.stiefel.optim.Momentum;
import dev.stiefel.optim.Optimizer;
import dev.stiefel.optim.Sgd;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.TrainSpec.Decay;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/// One of the networks that are timed against each other.
final class Contender implements AutoCloseable {
    private static final int FIRST_STEPS = 3;
    private static final double LEARNING_RATE = 1e-4;

    private final Network network;
    private final PausedTrainer trainer;
    private final Threads threads;
    private final Pool pool = new Pool();
    private final Scope scope = Scope.open("bench");
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Double> trainMs = new ArrayList<>();
    private final List<Double> predictMs = new ArrayList<>();

    /// Made and warmed up: what is compiled, allocated and read for the first time is not timed.
    Contender(BenchSpec spec, OptionalInt rank) throws InterruptedException {

        Method method = rank.isPresent() ? spec.method() : Method.DENSE;
        this.network = network(spec, method, rank);
        this.threads = Threads.of(spec.threads());
        for (int i = 0; i < spec.threads(); i++) {
            int rows = spec.batch() / spec.threads() + (i < spec.batch() % spec.threads() ? 1 : 0);
            if (rows > 0) {
                Tensor part = scope.uninitialized(DType.FLOAT32, rows, BenchSpec.INPUTS);
                Rng.seeded(i).fillNormal(part, 1);
                inputs.add(part);
            }
        }
        this.trainer = new PausedTrainer(network, trainSpec(spec, method), Noise.samples(4 * spec.batch()));
        for (int i = 0; i < FIRST_STEPS; i++) {
            trainer.step();
            predict();
        }
    }

    /// Steps and predictions for at least this long each, or this many of them.
    void takeTurn(long nanos, int most) throws InterruptedException {
        List<Double> steps = new ArrayList<>();
        for (long begun = System.nanoTime(); isOn(steps, begun, nanos, most); ) {
            steps.add(trainer.step() / 1e6);
        }
        trainMs.add(Medians.of(steps));
        List<Double> predictions = new ArrayList<>();
        for (long begun = System.nanoTime(); isOn(predictions, begun, nanos, most); ) {
            predictions.add(predict() / 1e6);
        }
        predictMs.add(Medians.of(predictions));
    }

    Timing timing() {
        return new Timing(Medians.of(trainMs), Medians.of(predictMs));
    }

    @Override
    public void close() {
        trainer.close();
        threads.close();
        scope.close();
        pool.close();
        network.close();
    }

    private static boolean isOn(List<Double> done, long begun, long nanos, int most) {
        return done.isEmpty() || (done.size() < most && System.nanoTime() - begun < nanos);
    }

    private long predict() {
        long begun = System.nanoTime();
        threads.run(inputs.size(), i -> {
            try (Scope step = pool.scope("prediction")) {
                Tensor part = inputs.get(i);
                new NetworkPass(step, network, part.rows()).forward(part);
            }
        });
        return System.nanoTime() - begun;
    }

    private static Network network(BenchSpec spec, Method method, OptionalInt rank) {
        NetworkBuilder builder = Network.builder(BenchSpec.INPUTS).gauge(method.gauge());
        for (int i = 0; i < spec.depth(); i++) {
            if (rank.isPresent()) {
                builder.factored(spec.width(), rank.getAsInt(), Activation.RELU);
            } else {
                builder.dense(spec.width(), Activation.RELU);
            }
        }
        return builder.dense(BenchSpec.OUTPUTS, Activation.IDENTITY).build(Rng.seeded(1));
    }

    private static TrainSpec trainSpec(BenchSpec spec, Method method) {
        return new TrainSpec(
                method,
                new RankPlan.Hold(),
                optimizer(spec),
                LEARNING_RATE,
                Decay.CONSTANT,
                0,
                1,
                0,
                Integer.MAX_VALUE,
                spec.batch(),
                1,
                spec.threads(),
                0);
    }

    private static Optimizer optimizer(BenchSpec spec) {
        return switch (spec.optimizer()) {
            case SGD -> new Sgd();
            case MOMENTUM -> new Momentum(0.9);
            case ADAM, ADAMW -> new Adam();
        };
    }
}
