package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rows of floats in chunks, so that growing copies nothing; read once, in order, and freed on
/// the way.
final class FloatRows {
    private static final int CHUNK = 1 << 18;

    private final int width;
    private final int rowsEach;
    private final List<float @Nullable []> chunks = new ArrayList<>();
    private int rows;

    FloatRows(int width) {
        this.width = width;
        rowsEach = Math.max(1, CHUNK / width);
    }

    void append(float[] row) {
        int at = rows % rowsEach;
        if (at == 0) {
            chunks.add(new float[rowsEach * width]);
        }
        System.arraycopy(row, 0, Objects.requireNonNull(chunks.getLast()), at * width, width);
        rows++;
    }

    int size() {
        return rows;
    }

    /// Copies a row, and frees the chunks before it.
    void take(int row, float[] into) {
        int chunk = row / rowsEach;
        if (chunk > 0) {
            chunks.set(chunk - 1, null);
        }
        float[] from = Objects.requireNonNull(chunks.get(chunk), "a row was taken out of order");
        System.arraycopy(from, row % rowsEach * width, into, 0, width);
    }
}
