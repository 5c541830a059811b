package dev.stiefel.data.own;

import java.util.ArrayList;
import java.util.List;

/// Rows of floats in chunks, so that growing copies nothing.
final class FloatRows {
    private static final int CHUNK = 1 << 18;

    private final int width;
    private final int rowsEach;
    private final List<float[]> chunks = new ArrayList<>();
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
        System.arraycopy(row, 0, chunks.getLast(), at * width, width);
        rows++;
    }

    int size() {
        return rows;
    }

    /// The array that holds a row among others.
    float[] chunk(int row) {
        return chunks.get(row / rowsEach);
    }

    /// The offset of a row in its array.
    int offset(int row) {
        return row % rowsEach * width;
    }
}
