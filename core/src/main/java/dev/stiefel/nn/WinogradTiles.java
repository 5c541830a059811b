package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;

/// The transforms of Winograd's convolution `F(4×4, 3×3)`: one tile gives 4 × 4 outputs of a 3 × 3 window from 6 × 6
/// inputs `d`, with 36 products where the definition has 144:
///
///     y = Aᵀ ((G k Gᵀ) ⊙ (Bᵀ d B)) A,   ∇k = Gᵀ ((A ∇y Aᵀ) ⊙ (Bᵀ d B)) G
///
/// Lavin and Gray, [arXiv 1509.09308](https://arxiv.org/abs/1509.09308), section 4. Each of the 36 places of a tile
/// has a matrix of its own, `[tiles, channels]`, so that the products over channels are products of matrices.
///
/// The columns of a row of tiles are taken apart while pixels are read: then each transform is a sum of arrays, element
/// by element, which the compiler vectorizes. (Not so where elements of one array are added at a distance, nor where
/// one loop writes more than two arrays.)
final class WinogradTiles {
    static final int OUTPUTS = 4; // a side of what a tile gives
    static final int INPUTS = 6; // a side of what it needs
    static final int PLACES = INPUTS * INPUTS;
    static final int WINDOW = 3;

    private static final double[][] G = {
        {1 / 4.0, 0, 0},
        {-1 / 6.0, -1 / 6.0, -1 / 6.0},
        {-1 / 6.0, 1 / 6.0, -1 / 6.0},
        {1 / 24.0, 1 / 12.0, 1 / 6.0},
        {1 / 24.0, -1 / 12.0, 1 / 6.0},
        {0, 0, 1}
    };

    private final int height;
    private final int width;
    private final int down; // tiles
    private final int across;
    private final int channels;
    private final float[] line; // a row of pixels
    private final float[][][] rows; // the last rows, their columns apart: by row, place in a tile
    private final float[][] zeros;
    private final float[][][] middle; // after the first transform
    private final float[][] last; // after the second

    /// Transforms of images, or of what has their size.
    ///
    /// @param grid of a window that keeps the size
    /// @param channels of the images
    WinogradTiles(ImageGrid grid, int channels) {
        this.height = grid.height();
        this.width = grid.width();
        this.down = Math.ceilDiv(height, OUTPUTS);
        this.across = Math.ceilDiv(width, OUTPUTS);
        this.channels = channels;
        int length = across * channels;
        this.line = new float[width * channels];
        this.rows = new float[INPUTS][INPUTS][length];
        this.zeros = new float[INPUTS][length];
        this.middle = new float[INPUTS][INPUTS][length];
        this.last = new float[INPUTS][length];
    }

    /// Channels of the images.
    int channels() {
        return channels;
    }

    /// Tiles of an image.
    static int tiles(ImageGrid grid) {
        return Math.ceilDiv(grid.height(), OUTPUTS) * Math.ceilDiv(grid.width(), OUTPUTS);
    }

    /// `G ⊗ G`, `[places, 9]`: takes kernels `[9, anything]` to all places.
    ///
    /// @param reversed true to rotate the window by half a turn first, as in the backward pass
    static Tensor kernelTransform(Scope scope, boolean reversed) {
        int offsets = WINDOW * WINDOW;
        Tensor made = scope.uninitialized(DType.FLOAT32, PLACES, offsets);
        for (int place = 0; place < PLACES; place++) {
            for (int offset = 0; offset < offsets; offset++) {
                double value = G[place / INPUTS][offset / WINDOW] * G[place % INPUTS][offset % WINDOW];
                made.set(place, reversed ? offsets - 1 - offset : offset, value);
            }
        }
        return made;
    }

    /// `Bᵀ d B` of images: what each output's window sees, and the pixels around it.
    ///
    /// @param into `[places · tiles, channels]`
    /// @param images `[images · pixels, channels]`
    void inputsInto(Tensor into, Tensor images) {
        int count = images.rows() / (height * width);
        int tiles = count * down * across;
        float[][] seen = new float[INPUTS][];
        for (int image = 0; image < count; image++) {
            for (int row = 0; row < down; row++) {
                int top = row * OUTPUTS - 1; // the window reaches one pixel out of the tile
                for (int y = row == 0 ? top : top + INPUTS - OUTPUTS; y < top + INPUTS; y++) {
                    read(images, image, y, -1, INPUTS);
                }
                for (int column = 0; column < INPUTS; column++) {
                    for (int i = 0; i < INPUTS; i++) {
                        seen[i] = row(top + i)[column];
                    }
                    inputs(seen, middle, column);
                }
                for (int i = 0; i < INPUTS; i++) {
                    inputs(middle[i], last);
                    write(into, tiles, i, (image * down + row) * across);
                }
            }
        }
    }

    /// `A ∇y Aᵀ` of gradients of outputs.
    ///
    /// @param into `[places · tiles, channels]`
    /// @param gradients `[images · pixels, channels]`
    void gradientsInto(Tensor into, Tensor gradients) {
        int count = gradients.rows() / (height * width);
        int tiles = count * down * across;
        float[][] seen = new float[OUTPUTS][];
        for (int image = 0; image < count; image++) {
            for (int row = 0; row < down; row++) {
                int top = row * OUTPUTS;
                for (int y = top; y < top + OUTPUTS; y++) {
                    read(gradients, image, y, 0, OUTPUTS);
                }
                for (int column = 0; column < OUTPUTS; column++) {
                    for (int i = 0; i < OUTPUTS; i++) {
                        seen[i] = row(top + i)[column];
                    }
                    gradients(seen, middle, column);
                }
                for (int i = 0; i < INPUTS; i++) {
                    gradients(middle[i], last);
                    write(into, tiles, i, (image * down + row) * across);
                }
            }
        }
    }

    /// `Aᵀ m A`: the outputs from the products.
    ///
    /// @param images `[images · pixels, channels]`
    /// @param products `[places · tiles, channels]`
    void outputsInto(Tensor images, Tensor products, Accumulation how) {
        int count = images.rows() / (height * width);
        int tiles = count * down * across;
        for (int image = 0; image < count; image++) {
            for (int row = 0; row < down; row++) {
                for (int i = 0; i < INPUTS; i++) {
                    for (int k = 0; k < INPUTS; k++) {
                        long from = (long) (i * INPUTS + k) * tiles + (long) (image * down + row) * across;
                        products.read(from * channels, last[k], 0, across * channels);
                    }
                    outputs(last, middle[i]);
                }
                for (int column = 0; column < OUTPUTS; column++) {
                    outputs(middle, column);
                }
                for (int i = 0; i < OUTPUTS && row * OUTPUTS + i < height; i++) {
                    write(images, image, row * OUTPUTS + i, rows[i], how);
                }
            }
        }
    }

    /// The last row that was read at this height; zeros outside of the image.
    private float[][] row(int y) {
        return y < 0 || y >= height ? zeros : rows[Math.floorMod(y, INPUTS)];
    }

    /// Reads a row, the pixels of each column of the tiles together. Pixels outside of the image stay zero.
    private void read(Tensor images, int image, int y, int first, int columns) {
        if (y < 0 || y >= height) {
            return;
        }
        images.readRows((image * height + y) * width, width, line);
        float[][] apart = row(y);
        for (int column = 0; column < columns; column++) {
            for (int tile = 0; tile < across; tile++) {
                int x = tile * OUTPUTS + column + first;
                if (x >= 0 && x < width) {
                    System.arraycopy(line, x * channels, apart[column], tile * channels, channels);
                }
            }
        }
    }

    private void write(Tensor into, int tiles, int row, int tile) {
        for (int k = 0; k < INPUTS; k++) {
            into.write(((long) (row * INPUTS + k) * tiles + tile) * channels, last[k], 0, across * channels);
        }
    }

    private void write(Tensor images, int image, int y, float[][] apart, Accumulation how) {
        int at = (image * height + y) * width;
        if (how == Accumulation.ADD) {
            images.readRows(at, width, line);
        }
        for (int x = 0; x < width; x++) {
            float[] from = apart[x % OUTPUTS];
            int tile = x / OUTPUTS * channels;
            switch (how) {
                case WRITE -> System.arraycopy(from, tile, line, x * channels, channels);
                case ADD -> {
                    for (int j = 0; j < channels; j++) {
                        line[x * channels + j] += from[tile + j];
                    }
                }
            }
        }
        images.writeRows(at, width, line);
    }

    /// `Bᵀ` times a column.
    private static void inputs(float[][] d, float[][][] into, int column) {
        inputs(d, new float[][] {
            into[0][column], into[1][column], into[2][column], into[3][column], into[4][column], into[5][column]
        });
    }

    private static void inputs(float[][] d, float[][] t) {
        first(d[0], d[2], d[4], t[0]);
        pair(d[4], d[2], d[3], d[1], t[1], t[2]);
        wide(d[4], d[2], d[3], d[1], t[3], t[4]);
        first(d[1], d[3], d[5], t[5]);
    }

    private static void first(float[] a, float[] b, float[] c, float[] t) {
        for (int i = 0; i < t.length; i++) {
            t[i] = 4 * a[i] - 5 * b[i] + c[i];
        }
    }

    private static void pair(float[] a, float[] b, float[] c, float[] d, float[] s, float[] t) {
        for (int i = 0; i < t.length; i++) {
            float x = a[i] - 4 * b[i];
            float y = c[i] - 4 * d[i];
            s[i] = x + y;
            t[i] = x - y;
        }
    }

    private static void wide(float[] a, float[] b, float[] c, float[] d, float[] s, float[] t) {
        for (int i = 0; i < t.length; i++) {
            float x = a[i] - b[i];
            float y = 2 * (c[i] - d[i]);
            s[i] = x + y;
            t[i] = x - y;
        }
    }

    /// `A` times a column.
    private static void gradients(float[][] y, float[][][] into, int column) {
        gradients(y, new float[][] {
            into[0][column], into[1][column], into[2][column], into[3][column], into[4][column], into[5][column]
        });
    }

    private static void gradients(float[][] y, float[][] t) {
        System.arraycopy(y[0], 0, t[0], 0, t[0].length);
        sumAndDifference(y[0], y[2], 1, y[1], y[3], 1, 1, t[1], t[2]);
        sumAndDifference(y[0], y[2], 4, y[1], y[3], 2, 8, t[3], t[4]);
        System.arraycopy(y[3], 0, t[5], 0, t[5].length);
    }

    private static void sumAndDifference(
            float[] a, float[] b, float ofB, float[] c, float[] d, float ofC, float ofD, float[] s, float[] t) {
        for (int i = 0; i < t.length; i++) {
            float x = a[i] + ofB * b[i];
            float y = ofC * c[i] + ofD * d[i];
            s[i] = x + y;
            t[i] = x - y;
        }
    }

    /// `Aᵀ` times a row.
    private static void outputs(float[][] m, float[][] y) {
        even(m[0], m[1], m[2], m[3], m[4], y[0]);
        odd(m[1], m[2], m[3], m[4], y[1]);
        square(m[1], m[2], m[3], m[4], y[2]);
        cube(m[1], m[2], m[3], m[4], m[5], y[3]);
    }

    /// `Aᵀ` times a column, into the rows.
    private void outputs(float[][][] m, int column) {
        float[][] of = {m[0][column], m[1][column], m[2][column], m[3][column], m[4][column], m[5][column]};
        outputs(of, new float[][] {rows[0][column], rows[1][column], rows[2][column], rows[3][column]});
    }

    private static void even(float[] a, float[] b, float[] c, float[] d, float[] e, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = a[i] + (b[i] + c[i]) + (d[i] + e[i]);
        }
    }

    private static void odd(float[] b, float[] c, float[] d, float[] e, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i] - c[i] + 2 * (d[i] - e[i]);
        }
    }

    private static void square(float[] b, float[] c, float[] d, float[] e, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i] + c[i] + 4 * (d[i] + e[i]);
        }
    }

    private static void cube(float[] b, float[] c, float[] d, float[] e, float[] f, float[] y) {
        for (int i = 0; i < y.length; i++) {
            y[i] = b[i] - c[i] + 8 * (d[i] - e[i]) + f[i];
        }
    }
}
