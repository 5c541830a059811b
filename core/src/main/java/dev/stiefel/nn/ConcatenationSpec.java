package dev.stiefel.nn;

import java.util.List;
import java.util.OptionalInt;

/// Two or more inputs side by side, column by column. Every sample must have the same rows at all of them.
/// [Concatenation].
public record ConcatenationSpec() implements LayerSpec {
    @Override
    public SampleShape output(List<SampleShape> inputs) {
        if (inputs.size() < 2) {
            throw new IllegalArgumentException("concatenation: takes two or more inputs; got " + inputs);
        }
        OptionalInt rows = inputs.getFirst().rows();
        if (!inputs.stream().allMatch(each -> each.rows().equals(rows))) {
            throw new IllegalArgumentException("concatenation: inputs must have the same rows; got " + inputs);
        }
        int columns = inputs.stream().mapToInt(SampleShape::columns).sum();
        return Shapes.withColumns(inputs.getFirst(), columns);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Concatenation(name, inputs.stream().map(SampleShape::columns).toList());
    }
}
