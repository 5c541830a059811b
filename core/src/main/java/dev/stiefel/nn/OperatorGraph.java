package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;
import java.util.List;
import java.util.Map;

/// A graph of [ONNX operators](https://onnx.ai/onnx/operators/), built by the layers themselves.
///
/// Tokens are integers (int64), `[batch, rows]`; all other values are float32. Samples of a batch have the same
/// number of rows there.
///
/// Names are proposals: where one is taken, another like it is used. The returned name identifies the added
/// value.
public interface OperatorGraph {
    /// Adds a constant, unless one was added under this name already.
    ///
    /// @param name of the constant
    /// @param values float32, of one or two dimensions
    /// @return the name in the graph
    String constant(String name, Tensor values);

    /// Adds a constant of any number of dimensions that no other layer knows, even if one of this name is there.
    ///
    /// @param name of the constant
    /// @param values float32, the last dimension fastest; not to be changed afterwards
    /// @param extents their product is the number of values
    /// @return the name in the graph
    String constant(String name, float[] values, int... extents);

    /// Adds a vector of integers that no other layer knows: axes, sizes.
    ///
    /// @param name of the constant
    /// @param values int64
    /// @return the name in the graph
    String integers(String name, long... values);

    /// Axis along which the columns of a value lie, the channels of an image: 1 in `[batch, columns]` and in
    /// `[batch, channels, height, width]`, 2 in `[batch, rows, columns]`.
    ///
    /// @param x a value that came into the layer
    int columnAxis(String x);

    /// Adds a node.
    ///
    /// @param operator as ONNX names it: `MatMul`
    /// @param name of the output value
    /// @param inputs names of values and constants
    /// @param attributes `Long`, `Double`, `String` or a list of `Long` by name
    /// @return the name in the graph
    String apply(String operator, String name, List<String> inputs, Map<String, Object> attributes);

    /// Adds the linear map `x Wᵀ + b` of every row.
    ///
    /// @param name of the output value
    /// @param x `[batch, n]` or `[batch, rows, n]`
    /// @param weight constant `[m, n]`
    /// @param bias constant `[m]`
    /// @return the name in the graph
    String linear(String name, String x, String weight, String bias);

    /// Adds a change of shape that keeps the order of values: row by row, so pixel by pixel and channels last.
    ///
    /// @param name of the output value
    /// @param x a value that came into the layer, or any in the form of rows
    /// @param shape of a sample afterwards
    /// @return the name in the graph
    String reshape(String name, String x, SampleShape shape);

    /// Adds a node without attributes.
    ///
    /// @return the name in the graph
    default String apply(String operator, String name, String... inputs) {
        return apply(operator, name, List.of(inputs), Map.of());
    }
}
