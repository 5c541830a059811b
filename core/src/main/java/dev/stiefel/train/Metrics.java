package dev.stiefel.train;

import static dev.stiefel.train.BatchField.total;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.Loss.Sums;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;

/// Means over samples.
///
/// @param loss the mean loss
/// @param accuracy the share of samples whose largest output is at their class, in `[0, 1]`; NaN where there
///     are no classes
/// @param samples how many samples there were
public record Metrics(double loss, double accuracy, int samples) {
    private static final int CHUNK = 500;

    /// Evaluates a network on samples, without changing it.
    public static Metrics of(Network network, Samples samples, Threads threads, Pool pool) {
        Loss loss = network.spec().loss();
        int chunks = chunks(samples);
        Sums[] sums = new Sums[chunks];
        threads.run(chunks, i -> {
            try (Scope scope = pool.scope("evaluation")) {
                Batch batch = chunk(scope, network, samples, i);
                Tensor outputs = new NetworkPass(scope, network, batch.size())
                        .forward(batch.inputs().getFirst().values());
                sums[i] = loss.evaluateInto(outputs, outputs, batch.targets(), 0, 1);
            }
        });
        return of(total(sums), samples.size(), samples.hasLabels());
    }

    /// How many chunks all samples are, for threads to share.
    static int chunks(Samples samples) {
        return (samples.size() + CHUNK - 1) / CHUNK;
    }

    static Batch chunk(Scope scope, Network network, Samples samples, int i) {
        int from = i * CHUNK;
        int[] order = inOrder(Math.min(samples.size(), from + CHUNK));
        return Batch.of(scope, network.type(), samples, order, from, order.length);
    }

    static Metrics of(Sums sums, int samples, boolean hasLabels) {
        return new Metrics(sums.loss() / samples, hasLabels ? (double) sums.correct() / samples : Double.NaN, samples);
    }

    static int[] inOrder(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return order;
    }
}
