package dev.stiefel.tensor;

/// Transposes of matrices, tile by tile, so that both sides of a tile stay in the first-level cache.
final class Transposition {
    private static final int ROWS = 32; // of a tile: as many elements of the result are written at a stretch
    private static final int COLUMNS = 128;

    private Transposition() {}

    /// `out ← aᵀ`, or what it was plus that.
    ///
    /// @param out `[n, m]`
    /// @param a `[m, n]`
    static void into(Tensor out, Tensor a, boolean adds) {
        if (a.type() == DType.FLOAT32) {
            floats(out, a, adds);
            return;
        }
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                out.set(j, i, adds ? out.get(j, i) + a.get(i, j) : a.get(i, j));
            }
        }
    }

    private static void floats(Tensor out, Tensor a, boolean adds) {
        float[] tile = new float[ROWS * COLUMNS];
        float[] result = new float[ROWS * COLUMNS];
        for (int i = 0; i < a.rows(); i += ROWS) {
            int rows = Math.min(ROWS, a.rows() - i);
            for (int j = 0; j < a.columns(); j += COLUMNS) {
                int columns = Math.min(COLUMNS, a.columns() - j);
                a.columnRange(j, j + columns).readRows(i, rows, tile);
                Tensor place = out.columnRange(i, i + rows);
                if (adds) {
                    place.readRows(j, columns, result);
                    addTile(result, tile, rows, columns);
                } else {
                    writeTile(result, tile, rows, columns);
                }
                place.writeRows(j, columns, result);
            }
        }
    }

    private static void writeTile(float[] result, float[] tile, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                result[j * rows + i] = tile[i * columns + j];
            }
        }
    }

    private static void addTile(float[] result, float[] tile, int rows, int columns) {
        for (int j = 0; j < columns; j++) {
            for (int i = 0; i < rows; i++) {
                result[j * rows + i] += tile[i * columns + j];
            }
        }
    }
}
