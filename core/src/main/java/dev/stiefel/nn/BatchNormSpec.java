package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterSpec.Statistic;
import dev.stiefel.nn.ParameterSpec.Vector;
import java.util.List;
import java.util.OptionalInt;

/// Batch normalization over fixed groups of samples, and an activation: [BatchNorm].
///
/// @param group samples that statistics are computed over, at least 2 unless samples have several rows
/// @param momentum weight of a step's statistics in the running ones, in (0, 1]
/// @param epsilon added to variances, above 0
/// @param activation applied to the outputs
public record BatchNormSpec(int group, double momentum, double epsilon, Activation activation) implements LayerSpec {
    private static final String SCALE = "scale";
    private static final String BIAS = "bias";
    private static final String MEAN = "mean";
    private static final String VARIANCE = "variance";
    private static final int GROUP = 32;
    private static final double MOMENTUM = 0.1;
    private static final double EPSILON = 1e-5;

    /// Checks the numbers.
    public BatchNormSpec {
        if (group < 1) {
            throw new IllegalArgumentException("batch norm: a group must have at least 1 sample; got " + group);
        }
        if (!(momentum > 0 && momentum <= 1)) {
            throw new IllegalArgumentException("batch norm: momentum must be in (0, 1]; got " + momentum);
        }
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("batch norm: epsilon must be above 0; got " + epsilon);
        }
    }

    /// Groups of 32 samples, momentum 0.1, epsilon 1e-5, no activation.
    public static BatchNormSpec batchNorm() {
        return new BatchNormSpec(GROUP, MOMENTUM, EPSILON, Activation.IDENTITY);
    }

    /// The same with groups of another size.
    public BatchNormSpec group(int samples) {
        return new BatchNormSpec(samples, momentum, epsilon, activation);
    }

    /// The same with this activation.
    public BatchNormSpec activation(Activation newActivation) {
        return new BatchNormSpec(group, momentum, epsilon, newActivation);
    }

    /// The same with ReLU.
    public BatchNormSpec relu() {
        return activation(Activation.RELU);
    }

    @Override
    public int samplesPerGroup() {
        return group;
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("batch norm", inputs);
        return Shapes.withColumns(input, input.columns());
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("batch norm", inputs);
        if (group == 1 && input.rows().equals(OptionalInt.of(1))) {
            throw new IllegalArgumentException(
                    "batch norm: a group must have at least 2 samples of one row each, or the variance is 0; got 1");
        }
        int columns = input.columns();
        return List.of(
                new Vector(SCALE, columns, WeightDecay.NONE, Initializer.constant(1)),
                new Vector(BIAS, columns, WeightDecay.NONE, Initializer.zeros()),
                new Statistic(MEAN, columns, Initializer.zeros()),
                new Statistic(VARIANCE, columns, Initializer.constant(1)));
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new BatchNorm(
                name,
                this,
                (DenseParameter) kept.parameter(SCALE),
                (DenseParameter) kept.parameter(BIAS),
                kept.statistic(MEAN),
                kept.statistic(VARIANCE));
    }
}
