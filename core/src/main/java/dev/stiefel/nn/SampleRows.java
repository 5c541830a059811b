package dev.stiefel.nn;

import dev.stiefel.tensor.Tensor;

/// The rows of some samples as one matrix, and which rows are whose: what goes into and comes out of a layer.
///
/// @param values `[rows, columns]`
/// @param layout assignment of rows to samples
/// @param firstSample number of the first of these samples in their batch
public record SampleRows(Tensor values, RowLayout layout, int firstSample) {
    /// Checks that there are as many rows as the layout says.
    public SampleRows {
        if (values.shape().order() != 2 || values.rows() != layout.rows()) {
            throw new IllegalArgumentException(
                    "sample rows: the matrix must have the %s; got %s".formatted(layout, values.shape()));
        }
    }

    /// The rows of a whole batch.
    public SampleRows(Tensor values, RowLayout layout) {
        this(values, layout, 0);
    }

    /// A whole batch of samples of one row each.
    public static SampleRows vectors(Tensor values) {
        return new SampleRows(values, RowLayout.uniform(values.rows(), 1));
    }

    /// The number of samples.
    public int samples() {
        return layout.samples();
    }

    /// The samples `from` (inclusive) to `to` (exclusive), a view.
    public SampleRows range(int from, int to) {
        return from == 0 && to == samples()
                ? this
                : new SampleRows(
                        values.rows(layout.first(from), layout.first(to)), layout.range(from, to), firstSample + from);
    }
}
