package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// Rows of `r` numbers, and the same rows with zeros behind them: what oneDNN's convolutions are given, so that they
/// are not generated anew for every rank.
///
/// @param own `[rows, r]`, a view of `wide`
/// @param wide `[rows, at least r]`, without gaps
record WideRows(Tensor own, Tensor wide) {
    /// Rows without zeros behind them.
    static WideRows of(Tensor rows) {
        return new WideRows(rows, rows);
    }

    /// Room for `rows` rows: what is there, if it is enough.
    static WideRows room(@Nullable WideRows there, Scope scope, DType type, int rows, int r, int width) {
        if (there != null && there.own.rows() >= rows) {
            return there;
        }
        if (width == r) {
            return of(scope.uninitialized(type, rows, r));
        }
        Tensor wide = scope.zeros(type, rows, width);
        return new WideRows(wide.columnRange(0, r), wide);
    }

    /// The first rows.
    WideRows top(int rows) {
        if (rows == own.rows()) {
            return this;
        }
        Tensor first = wide.rows(0, rows);
        return wide.columns() == own.columns() ? of(first) : new WideRows(first.columnRange(0, own.columns()), first);
    }
}
