package dev.stiefel.nn;

/// Form of the images among the values that a layer takes and gives in a graph of ONNX operators. All other values have
/// one form: `[batch, columns]` where a sample is one row, else `[batch, rows, columns]`.
public enum ExportForm {
    /// One row a pixel, as between layers: `[batch, height · width, channels]`.
    ROWS,
    /// One plane a channel, as ONNX's operators for images have it: `[batch, channels, height, width]`.
    PLANES,
    /// Either, as it comes; the same for all inputs and for the output. Images of different sizes come as rows.
    /// [OperatorGraph#columnAxis] tells them apart.
    ANY
}
