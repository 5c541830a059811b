package dev.stiefel.train;

import static dev.stiefel.train.BatchField.total;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Measure;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Sums;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Threads;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Figures over samples: means over the output rows that have a target, and what evaluators made of the whole.
///
/// @param loss the mean loss; NaN where no row has a target, as all means are
/// @param measures figures by name, in the requested order
/// @param samples number of samples
/// @param rows number of their output rows with a target
public record Metrics(double loss, Map<String, Double> measures, int samples, long rows) {
    private static final int CHUNK = 500;
    private static final int PART_VALUES = 1 << 20; // of the widest layer at a time: 4 MiB
    private static final int CHUNK_VALUES = 1 << 24; // of inputs: 64 MiB

    /// Takes a copy of the map, which keeps its order.
    public Metrics {
        measures = Collections.unmodifiableMap(new LinkedHashMap<>(measures));
    }

    /// The figure of this name, `loss` among them; NaN if there is none.
    public double figure(String name) {
        return name.equals(EvaluationSpec.LOSS) ? loss : measures.getOrDefault(name, Double.NaN);
    }

    /// The fraction of rows whose largest output is at their class, in `[0, 1]`; NaN where there are no classes.
    public double accuracy() {
        return figure(Accuracy.NAME);
    }

    /// Evaluates a network on samples, without changing it: loss and accuracy.
    public static Metrics of(Network network, Samples samples, Threads threads, Pool pool) {
        return of(network, samples, EvaluationSpec.standard(), threads, pool);
    }

    /// Evaluates a network on samples, without changing it.
    ///
    /// @throws IllegalArgumentException if the network's output has not as many rows a sample as there are targets
    public static Metrics of(Network network, Samples samples, EvaluationSpec evaluation, Threads threads, Pool pool) {
        requireRows("metrics", network, samples);
        Objective objective = new Objective(network.spec().loss(), evaluation.applying(samples.targetKind()));
        int chunks = chunks(samples);
        Sums[] sums = new Sums[chunks];
        threads.run(chunks, i -> {
            try (Scope scope = pool.scope("evaluation")) {
                Batch batch = chunk(scope, network, samples, i);
                NetworkPass pass = new NetworkPass(scope, network, PassMode.EVALUATION);
                sums[i] = inParts(
                        network,
                        objective,
                        batch,
                        (part, from) -> pass.evaluate(part, objective, batch.targets(), from));
            }
        });
        Metrics means = of(total(sums), objective, samples.size());
        if (evaluation.evaluators().isEmpty()) {
            return means;
        }
        Map<String, Double> figures = new LinkedHashMap<>(means.measures());
        for (Evaluator each : evaluation.evaluators()) {
            figures.put(each.name(), each.evaluate(network, samples, means, threads, pool));
        }
        return new Metrics(means.loss(), figures, means.samples(), means.rows());
    }

    /// Evaluates some of a batch.
    @FunctionalInterface
    interface Part {
        /// Loss and measures of a part.
        ///
        /// @param inputs of the part
        /// @param from the first of its output rows in the batch
        Sums evaluate(List<SampleRows> inputs, int from);
    }

    /// Evaluates a batch in parts whose activations are not too large.
    static Sums inParts(Network network, Objective objective, Batch batch, Part part) {
        Sums sums = Sums.none(objective.measures().size());
        for (int from = 0; from < batch.size(); ) {
            int begin = from;
            int end = endOfPart(network, batch, begin);
            List<SampleRows> inputs =
                    batch.inputs().stream().map(each -> each.range(begin, end)).toList();
            Sums some = part.evaluate(inputs, batch.targets().layout().first(begin));
            sums = begin == 0 ? some : sums.plus(some);
            from = end;
        }
        return sums;
    }

    /// The sample behind the last one of a part: where samples differ in rows, as many as have so many rows together.
    private static int endOfPart(Network network, Batch batch, int begin) {
        if (network.spec().hasFixedRows()) {
            return (int) Math.min(batch.size(), (long) begin + network.spec().samplesAtOnce());
        }
        int rows = PART_VALUES / network.widestColumns();
        int end = begin + 1;
        while (end < batch.size() && rowsOf(batch, begin, end + 1) <= rows) {
            end++;
        }
        return end;
    }

    /// Rows of some samples, at the input where they have most.
    private static int rowsOf(Batch batch, int begin, int end) {
        return batch.inputs().stream()
                .mapToInt(each -> each.layout().first(end) - each.layout().first(begin))
                .max()
                .orElseThrow();
    }

    /// The number of chunks of all samples, for threads to share.
    static int chunks(Samples samples) {
        return Math.ceilDiv(samples.size(), chunkSize(samples));
    }

    /// Fewer where samples are large images.
    private static int chunkSize(Samples samples) {
        int values = samples.inputs().stream()
                .mapToInt(each -> each.values().orElse(0))
                .sum();
        return Math.clamp(CHUNK_VALUES / Math.max(1, values), 1, CHUNK);
    }

    static Batch chunk(Scope scope, Network network, Samples samples, int i) {
        int atOnce = chunkSize(samples);
        int from = i * atOnce;
        int[] order = inOrder(Math.min(samples.size(), from + atOnce));
        return Batch.of(scope, network.type(), samples, order, from, order.length);
    }

    /// Refuses samples whose targets do not belong to the rows that the network puts out: columns alone do not tell.
    static void requireRows(String operation, Network network, Samples samples) {
        SampleShape given = network.spec().output();
        if (!given.rows().equals(samples.output().rows())) {
            throw new IllegalArgumentException(
                    "%s: the network's output must have a row for each target of a sample, %s; got %s of network %s; reshape it, or give one target for each of its rows"
                            .formatted(operation, samples.output(), given, network.spec()));
        }
    }

    /// Returns whether any output row of the samples has a target; looks no further than the first one that has.
    static boolean hasTargets(Samples samples, DType type) {
        int[] order = inOrder(samples.size());
        for (int from = 0; from < order.length; from += CHUNK) {
            try (Scope scope = Scope.open("targets")) {
                int to = Math.min(order.length, from + CHUNK);
                if (samples.targets(scope, type, order, from, to).counted() > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    /// Means from sums.
    static Metrics of(Sums sums, Objective objective, int samples) {
        Map<String, Double> figures = new LinkedHashMap<>();
        for (int i = 0; i < objective.measures().size(); i++) {
            Measure measure = objective.measures().get(i);
            figures.put(measure.name(), measure.figure(sums.measure(i) / sums.rows()));
        }
        return new Metrics(sums.loss() / sums.rows(), figures, samples, sums.rows());
    }

    static int[] inOrder(int count) {
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        return order;
    }
}
