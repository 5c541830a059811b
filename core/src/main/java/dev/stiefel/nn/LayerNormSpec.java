package dev.stiefel.nn;

import dev.stiefel.lowrank.DenseParameter;
import dev.stiefel.lowrank.WeightDecay;
import dev.stiefel.nn.ParameterSpec.Vector;
import java.util.List;

/// Layer normalization of every row: [LayerNorm].
///
/// @param epsilon added to variances, above 0
public record LayerNormSpec(double epsilon) implements LayerSpec {
    private static final String SCALE = "scale";
    private static final String BIAS = "bias";
    private static final double EPSILON = 1e-5;

    /// Checks the number.
    public LayerNormSpec {
        if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("layer norm: epsilon must be above 0 and finite; got " + epsilon);
        }
    }

    /// A layer normalization with an epsilon of 1e-5.
    public static LayerNormSpec layerNorm() {
        return new LayerNormSpec(EPSILON);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("layer norm", inputs);
        if (input.columns() < 2) {
            throw new IllegalArgumentException(
                    "layer norm: rows must have at least 2 columns, or the variance is 0; got " + input);
        }
        return input;
    }

    @Override
    public List<ParameterSpec> parameters(List<SampleShape> inputs) {
        int columns = Shapes.one("layer norm", inputs).columns();
        return List.of(
                new Vector(SCALE, columns, WeightDecay.NONE, Initializer.constant(1)),
                new Vector(BIAS, columns, WeightDecay.NONE, Initializer.zeros()));
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new LayerNorm(
                name, epsilon, (DenseParameter) kept.parameter(SCALE), (DenseParameter) kept.parameter(BIAS));
    }
}
