package dev.stiefel.nn;

import java.util.List;

/// An activation applied to every value, as a layer of its own: behind a residual connection. [ActivationLayer].
///
/// @param activation the activation function
public record ActivationSpec(Activation activation) implements LayerSpec {
    /// ReLU.
    public static ActivationSpec relu() {
        return new ActivationSpec(Activation.RELU);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("activation", inputs);
        return Shapes.withColumns(input, input.columns());
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new ActivationLayer(name, activation);
    }
}
