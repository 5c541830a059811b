package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Matrix;
import dev.stiefel.nn.SampleShape.Vector;
import java.util.List;

/// The same values in another number of rows, row by row: one row flattens. [Reshape].
///
/// @param rows of a sample afterwards, at least 1
public record ReshapeSpec(int rows) implements LayerSpec {
    /// Checks the number.
    public ReshapeSpec {
        if (rows < 1) {
            throw new IllegalArgumentException("reshape: rows must be at least 1; got " + rows);
        }
    }

    /// All values of a sample as one row.
    public static ReshapeSpec flatten() {
        return new ReshapeSpec(1);
    }

    @Override
    public SampleShape output(List<SampleShape> inputs) {
        SampleShape input = Shapes.one("reshape", inputs);
        int values = input.values()
                .orElseThrow(() -> new IllegalArgumentException(
                        "reshape: samples must have a fixed number of rows; got " + input));
        if (values % rows != 0) {
            throw new IllegalArgumentException(
                    "reshape: the values of a sample must divide into %d rows; got %s".formatted(rows, input));
        }
        return rows == 1 ? new Vector(values) : new Matrix(rows, values / rows);
    }

    @Override
    public Layer build(String name, List<SampleShape> inputs, LayerParameters kept) {
        return new Reshape(name, output(inputs));
    }
}
