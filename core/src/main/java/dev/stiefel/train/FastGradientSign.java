package dev.stiefel.train;

import static dev.stiefel.train.BatchField.total;

import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkPass;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.Sums;
import dev.stiefel.tensor.Pool;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import dev.stiefel.tensor.Threads;
import java.util.Arrays;
import java.util.List;

/// The fast gradient sign attack (Goodfellow, Shlens & Szegedy 2015, arXiv 1412.6572, §4): every value of every
/// sample moves by `ε` in the direction that makes the loss larger, but stays in the range that inputs have,
/// `[0, 1]`:
///
///     x' = clip(x + ε sign(∂loss/∂x), 0, 1)
///
/// We added that the attacked input stays in its range; without this, the attack would make impossible images.
/// Where a network is trained on standardized inputs, `(x − mean) / deviation`, `ε` and the range still are of
/// `x` as it was before: `ε / deviation` and `[−mean / deviation, (1 − mean) / deviation]`, value by value; the
/// sign is the same, because deviations are positive.
///
/// A value whose gradient is exactly 0 does not move. A network that is so sure of a sample that its softmax
/// rounds to 0 and 1 thereby hides from the attack; that is a property of the attack, not of the network.
///
/// Cost: two passes forward and one back.
public final class FastGradientSign {
    private final double[] steps;
    private final double[] least;
    private final double[] greatest;

    private FastGradientSign(double epsilon, float[] means, float[] deviations) {
        if (!(epsilon >= 0 && Double.isFinite(epsilon))) {
            throw new IllegalArgumentException("epsilon must be at least 0 and finite; got " + epsilon);
        }
        int width = means.length;
        steps = new double[width];
        least = new double[width];
        greatest = new double[width];
        for (int j = 0; j < width; j++) {
            steps[j] = epsilon / deviations[j];
            least[j] = (0 - means[j]) / deviations[j]; // in float32, as samples were standardized
            greatest[j] = (1 - means[j]) / deviations[j];
        }
    }

    /// An attack on inputs in `[0, 1]`.
    ///
    /// @param epsilon distance by which each value moves, at least 0
    /// @param width values an input has
    public static FastGradientSign of(double epsilon, int width) {
        float[] ones = new float[width];
        Arrays.fill(ones, 1);
        return new FastGradientSign(epsilon, new float[width], ones);
    }

    /// An attack on standardized inputs.
    ///
    /// @param epsilon distance by which each value moves before it is standardized, at least 0
    /// @param means of each value
    /// @param deviations of each value, above 0
    public static FastGradientSign standardized(double epsilon, float[] means, float[] deviations) {
        if (means.length != deviations.length) {
            throw new IllegalArgumentException(
                    "fast gradient sign: as many deviations as means are needed; got %d and %d"
                            .formatted(deviations.length, means.length));
        }
        return new FastGradientSign(epsilon, means, deviations);
    }

    /// Results of a network on samples without and under attack.
    ///
    /// @param clean as they are
    /// @param attacked each moved against the network
    public record Result(Metrics clean, Metrics attacked) {}

    /// Attacks a network, without changing it: loss and accuracy.
    public Result evaluate(Network network, Samples samples, Threads threads, Pool pool) {
        return evaluate(network, samples, EvaluationSpec.standard(), threads, pool);
    }

    /// Attacks a network, without changing it.
    ///
    /// @param evaluation whose measures are counted; evaluators are not asked
    public Result evaluate(Network network, Samples samples, EvaluationSpec evaluation, Threads threads, Pool pool) {
        if (samples.width() != steps.length) {
            throw new IllegalArgumentException(
                    "fast gradient sign: samples must have %d values; got %d".formatted(steps.length, samples.width()));
        }
        Metrics.requireRows("fast gradient sign", network, samples);
        Objective objective = new Objective(network.spec().loss(), evaluation.applying(samples.targetKind()));
        int chunks = Metrics.chunks(samples);
        Sums[] clean = new Sums[chunks];
        Sums[] attacked = new Sums[chunks];
        threads.run(chunks, i -> {
            try (Scope scope = pool.scope("attack")) {
                Batch batch = Metrics.chunk(scope, network, samples, i);
                NetworkPass pass = new NetworkPass(scope, network, PassMode.EVALUATION_WITH_GRADIENT);
                Sums[] under = {Sums.none(objective.measures().size())};
                clean[i] = Metrics.inParts(network, objective, batch, (part, from) -> {
                    Tensor x = part.getFirst().values();
                    Tensor outputs = pass.forward(part).values();
                    Tensor delta = pass.delta();
                    Sums sums = objective.evaluateInto(delta, outputs, batch.targets(), from, 1);
                    Tensor gradient = scope.uninitialized(network.type(), x.rows(), x.columns());
                    pass.backward(delta, ParameterGradients.none(), List.of(gradient));
                    move(x, gradient);
                    gradient.close();
                    Tensor attackedOutputs = pass.forward(part).values();
                    Sums moved = objective.evaluateInto(attackedOutputs, attackedOutputs, batch.targets(), from, 1);
                    under[0] = from == 0 ? moved : under[0].plus(moved);
                    return sums;
                });
                attacked[i] = under[0];
            }
        });
        return new Result(
                Metrics.of(total(clean), objective, samples.size()),
                Metrics.of(total(attacked), objective, samples.size()));
    }

    /// `x ← clip(x + ε sign(gradient))`.
    private void move(Tensor x, Tensor gradient) {
        double[] values = x.toDoubles();
        double[] slopes = gradient.toDoubles();
        for (int i = 0; i < values.length; i++) {
            int j = i % steps.length;
            values[i] = Math.clamp(values[i] + steps[j] * Math.signum(slopes[i]), least[j], greatest[j]);
        }
        x.setAll(values);
    }
}
