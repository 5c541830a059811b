package dev.stiefel.nn;

import java.util.List;

/// Dropout (Srivastava et al. 2014): in training, each value is set to 0 with a probability, and the others are
/// divided by the probability to stay, so that the mean is the same; otherwise values pass as they are. [Dropout].
///
/// @param rate probability of a value to be set to 0, in [0, 1)
public record DropoutSpec(double rate) implements LayerSpec {
    /// Checks the rate.
    public DropoutSpec {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("dropout: rate must be in [0, 1); got " + rate);
        }
    }

    /// Dropout of this rate.
    public static DropoutSpec dropout(double rate) {
        return new DropoutSpec(rate);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("dropout", inputs);
        return Shapes.withColumns(input, input.columns());
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Dropout(name, rate);
    }
}
