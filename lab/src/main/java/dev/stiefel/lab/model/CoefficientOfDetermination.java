package dev.stiefel.lab.model;

import dev.stiefel.lab.spec.MeasureNames;
import dev.stiefel.model.Network;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.nn.RootMeanSquaredError;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Evaluator;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.Samples;
import java.util.List;

/// The coefficient of determination `R² = 1 − Σ (target − y)² / Σ (target − mean)²`, with the mean of the samples'
/// own targets: 1 is perfect, 0 as good as predicting the mean, and below 0 worse. Both sums run over all outputs.
/// NaN for samples whose targets are all equal.
public final class CoefficientOfDetermination implements Evaluator {
    private static final int CHUNK = 4096; // samples

    /// The evaluator.
    public CoefficientOfDetermination() {}

    /// The evaluator, if it is among a run's measures.
    public static List<Evaluator> among(MeasureNames measures) {
        return measures.names().contains(MeasureNames.R2) ? List.of(new CoefficientOfDetermination()) : List.of();
    }

    @Override
    public String name() {
        return MeasureNames.R2;
    }

    @Override
    public double evaluate(Network network, Samples samples, Threads threads, Pool pool) {
        EvaluationSpec error = new EvaluationSpec(List.of(new RootMeanSquaredError()), List.of(), EvaluationSpec.LOSS);
        double root = Metrics.of(network, samples, error, threads, pool)
                .figure(error.measures().getFirst().name());
        return figure(root * root, network, samples);
    }

    @Override
    public double evaluate(Network network, Samples samples, Metrics means, Threads threads, Pool pool) {
        return network.spec().loss() instanceof MeanSquaredError
                ? figure(means.loss(), network, samples)
                : evaluate(network, samples, threads, pool);
    }

    private static double figure(double meanSquaredError, Network network, Samples samples) {
        double variance = variance(network, samples);
        return variance == 0 ? Double.NaN : 1 - meanSquaredError / variance;
    }

    @Override
    public Better better() {
        return Better.HIGHER;
    }

    /// Mean over the outputs of the variance of their targets.
    private static double variance(Network network, Samples samples) {
        double[] sums = new double[samples.outputs()];
        double[] squares = new double[samples.outputs()];
        int[] order = new int[samples.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        for (int from = 0; from < order.length; from += CHUNK) {
            try (Scope scope = Scope.open("targets")) {
                int to = Math.min(order.length, from + CHUNK);
                Tensor targets = ((Targets.Values) samples.targets(scope, network.type(), order, from, to)).values();
                for (int i = 0; i < to - from; i++) {
                    for (int j = 0; j < sums.length; j++) {
                        double target = targets.get(i, j);
                        sums[j] += target;
                        squares[j] += target * target;
                    }
                }
            }
        }
        double variance = 0;
        for (int j = 0; j < sums.length; j++) {
            double mean = sums[j] / order.length;
            variance += Math.max(0, squares[j] / order.length - mean * mean) / sums.length;
        }
        return variance;
    }
}
