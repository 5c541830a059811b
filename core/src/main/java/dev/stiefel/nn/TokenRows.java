package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.axpyInPlace;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Tensor;

/// Rows of a matrix, taken by number and added by number.
final class TokenRows {
    private TokenRows() {}

    /// `into_i ← table[tokens_i]`.
    static void gather(Tensor table, int[] tokens, Tensor into) {
        if (table.type() != DType.FLOAT32) {
            for (int i = 0; i < tokens.length; i++) {
                into.rows(i, i + 1).copyFrom(table.rows(tokens[i], tokens[i] + 1));
            }
            return;
        }
        int width = table.columns();
        float[] row = new float[width];
        for (int i = 0; i < tokens.length; i++) {
            table.readRows(tokens[i], 1, row);
            into.writeRows(i, 1, row);
        }
    }

    /// `into ← Σ_i e_{tokens_i} from_i`, or what it was plus that.
    static void scatter(Tensor from, int[] tokens, Tensor into, Accumulation how) {
        if (how == Accumulation.WRITE) {
            into.clear();
        }
        if (from.type() != DType.FLOAT32) {
            for (int i = 0; i < tokens.length; i++) {
                axpyInPlace(into.rows(tokens[i], tokens[i] + 1), 1, from.rows(i, i + 1));
            }
            return;
        }
        int width = from.columns();
        float[] row = new float[width];
        float[] sum = new float[width];
        for (int i = 0; i < tokens.length; i++) {
            from.readRows(i, 1, row);
            into.readRows(tokens[i], 1, sum);
            for (int j = 0; j < width; j++) {
                sum[j] += row[j];
            }
            into.writeRows(tokens[i], 1, sum);
        }
    }
}
