package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Sequence;
import dev.stiefel.nn.SampleShape.Tokens;
import dev.stiefel.nn.SampleShape.Vector;
import java.util.List;

/// Checks of input shapes for several layers.
public final class Shapes {
    private Shapes() {}

    /// The only input of a layer that takes one.
    public static SampleShape one(String layer, List<SampleShape> inputs) {
        if (inputs.size() != 1) {
            throw new IllegalArgumentException("%s: takes one input; got %d".formatted(layer, inputs.size()));
        }
        return inputs.getFirst();
    }

    /// The only input of a layer that takes an image.
    public static Image image(String layer, List<SampleShape> inputs) {
        if (!(one(layer, inputs) instanceof Image image)) {
            throw new IllegalArgumentException(
                    "%s: takes images [height, width, channels]; got %s".formatted(layer, inputs.getFirst()));
        }
        return image;
    }

    /// The same rows with another number of columns.
    public static SampleShape withColumns(SampleShape shape, int columns) {
        return switch (shape) {
            case Vector v -> new Vector(columns);
            case Matrix m -> new Matrix(m.count(), columns);
            case Image i -> new Image(i.height(), i.width(), columns);
            case Sequence s -> new Sequence(columns);
            case Tokens t -> new Sequence(columns);
        };
    }
}
