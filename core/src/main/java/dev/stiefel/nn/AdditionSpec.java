package dev.stiefel.nn;

import java.util.List;

/// The sum of two or more inputs of one shape: a residual connection. Every sample must have the same rows at all of
/// them. [Addition].
public record AdditionSpec() implements LayerSpec {
    @Override
    public SampleShape output(List<SampleShape> inputs) {
        if (inputs.size() < 2 || inputs.stream().distinct().count() != 1) {
            throw new IllegalArgumentException("addition: takes two or more inputs of one shape; got " + inputs);
        }
        return inputs.getFirst();
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Addition(name);
    }
}
