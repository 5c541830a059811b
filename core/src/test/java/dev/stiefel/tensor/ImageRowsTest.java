package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Against the definition, a pixel at a time: position `[oy, ox]` sees pixel
/// `[oy · stride − padding + ky · dilation, …]`, which is 0 outside of the image.
class ImageRowsTest {
    private static final int IMAGES = 3;

    private static final List<ImageGrid> GRIDS = List.of(
            new ImageGrid(1, 1, 1, 1, 1, 1, 0, 0, 1, 1),
            new ImageGrid(6, 7, 3, 3, 1, 1, 1, 1, 1, 1),
            new ImageGrid(7, 5, 3, 2, 2, 1, 1, 0, 1, 1),
            new ImageGrid(5, 8, 2, 3, 3, 2, 0, 2, 1, 1),
            new ImageGrid(7, 7, 3, 3, 1, 1, 2, 2, 2, 2),
            new ImageGrid(6, 9, 2, 3, 2, 1, 0, 1, 3, 2),
            new ImageGrid(2, 2, 5, 5, 1, 1, 4, 4, 1, 1),
            new ImageGrid(4, 3, 1, 1, 2, 2, 0, 0, 1, 1),
            new ImageGrid(3, 4, 3, 4, 1, 1, 0, 0, 1, 1));

    /// Few channels go through arrays, many are copied between native memory.
    static Stream<Arguments> cases() {
        return GRIDS.stream()
                .flatMap(grid -> Stream.of(1, 3, 40)
                        .flatMap(
                                channels -> Stream.of(DType.values()).map(type -> Arguments.of(grid, channels, type))));
    }

    /// Columns between others, or gapless.
    private static Tensor matrix(Scope scope, DType type, int rows, int columns, boolean gaps) {
        Tensor made = gaps
                ? scope.uninitialized(type, rows, columns + 3).columnRange(2, columns + 2)
                : scope.uninitialized(type, rows, columns);
        return made;
    }

    private static Tensor random(Scope scope, DType type, int rows, int columns, boolean gaps, long seed) {
        Tensor made = matrix(scope, type, rows, columns, gaps);
        Tensor numbers = scope.uninitialized(type, rows, columns);
        Rng.seeded(seed).fillNormal(numbers, 1);
        made.copyFrom(numbers);
        return made;
    }

    private static void spoil(Tensor matrix) {
        for (int i = 0; i < matrix.rows(); i++) {
            for (int j = 0; j < matrix.columns(); j++) {
                matrix.set(i, j, Double.NaN);
            }
        }
    }

    /// The pixel that a position sees, counted over all images; −1 outside.
    private static int pixel(ImageGrid grid, int position, int offset) {
        int image = position / grid.positions();
        int oy = position % grid.positions() / grid.outputWidth();
        int ox = position % grid.outputWidth();
        int iy = oy * grid.strideHeight() - grid.paddingHeight() + offset / grid.kernelWidth() * grid.dilationHeight();
        int ix = ox * grid.strideWidth() - grid.paddingWidth() + offset % grid.kernelWidth() * grid.dilationWidth();
        return iy < 0 || iy >= grid.height() || ix < 0 || ix >= grid.width()
                ? -1
                : image * grid.pixels() + iy * grid.width() + ix;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void patchesAreWhatTheWindowSees(ImageGrid grid, int channels, DType type) {
        for (boolean gaps : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("test")) {
                Tensor images = random(scope, type, IMAGES * grid.pixels(), channels, gaps, 1);
                int all = IMAGES * grid.outputHeight();
                for (int first = 0; first < all; first++) { // also from one image into the next
                    int rows = 1 + (first * 7) % (all - first);
                    int n = grid.offsets() * channels;
                    Tensor patches = matrix(scope, type, rows * grid.outputWidth(), n, gaps);
                    spoil(patches);
                    ImageRows.gatherPatchesInto(patches, images, grid, first);
                    for (int i = 0; i < patches.rows(); i++) {
                        for (int j = 0; j < n; j++) {
                            int pixel = pixel(grid, first * grid.outputWidth() + i, j / channels);
                            assertThat(patches.get(i, j)).isEqualTo(pixel < 0 ? 0 : images.get(pixel, j % channels));
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void patchesAreAddedWhereTheyWereSeen(ImageGrid grid, int channels, DType type) {
        for (boolean gaps : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("test")) {
                Tensor images = random(scope, type, IMAGES * grid.pixels(), channels, gaps, 1);
                double[][] expected = numbers(images);
                double[][] scale = new double[images.rows()][channels];
                int first = grid.outputHeight() / 2;
                int rows = IMAGES * grid.outputHeight() - first;
                Tensor patches = random(scope, type, rows * grid.outputWidth(), grid.offsets() * channels, gaps, 2);
                for (int i = 0; i < patches.rows(); i++) {
                    for (int j = 0; j < patches.columns(); j++) {
                        int pixel = pixel(grid, first * grid.outputWidth() + i, j / channels);
                        if (pixel >= 0) {
                            expected[pixel][j % channels] += patches.get(i, j);
                            scale[pixel][j % channels] += Math.abs(patches.get(i, j));
                        }
                    }
                }
                ImageRows.addPatchesInPlace(images, patches, grid, first);
                requireClose(images, expected, scale);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shiftedBlocksAreSummed(ImageGrid grid, int columns, DType type) {
        for (boolean gaps : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("test")) {
                Tensor values = random(scope, type, IMAGES * grid.pixels(), grid.offsets() * columns, gaps, 3);
                Tensor sums = matrix(scope, type, IMAGES * grid.positions(), columns, gaps);
                spoil(sums);
                double[][] expected = new double[sums.rows()][columns];
                double[][] scale = new double[sums.rows()][columns];
                for (int position = 0; position < sums.rows(); position++) {
                    for (int q = 0; q < grid.offsets(); q++) {
                        int pixel = pixel(grid, position, q);
                        for (int c = 0; c < columns && pixel >= 0; c++) {
                            expected[position][c] += values.get(pixel, q * columns + c);
                            scale[position][c] += Math.abs(values.get(pixel, q * columns + c));
                        }
                    }
                }
                ImageRows.sumShiftedInto(sums, values, grid);
                requireClose(sums, expected, scale);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void rowsAreSpreadToTheBlocksThatSeeThem(ImageGrid grid, int columns, DType type) {
        for (boolean gaps : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("test")) {
                Tensor values = random(scope, type, IMAGES * grid.positions(), columns, gaps, 4);
                Tensor spread = matrix(scope, type, IMAGES * grid.pixels(), grid.offsets() * columns, gaps);
                spoil(spread);
                double[][] expected = new double[spread.rows()][spread.columns()];
                for (int position = 0; position < values.rows(); position++) {
                    for (int q = 0; q < grid.offsets(); q++) {
                        int pixel = pixel(grid, position, q);
                        for (int c = 0; c < columns && pixel >= 0; c++) {
                            expected[pixel][q * columns + c] = values.get(position, c);
                        }
                    }
                }
                ImageRows.spreadShiftedInto(spread, values, grid);
                assertThat(numbers(spread)).isDeepEqualTo(expected);
            }
        }
    }

    /// `⟨P(x), Q⟩ = ⟨x, Pᵀ(Q)⟩`, and alike for the other pair.
    @Test
    void addingIsTheTransposeOfGatheringAndSpreadingThatOfSumming() {
        for (ImageGrid grid : GRIDS) {
            try (Scope scope = Scope.open("test")) {
                int n = grid.offsets() * 2;
                Tensor x = random(scope, DType.FLOAT64, IMAGES * grid.pixels(), 2, false, 5);
                Tensor Q = random(scope, DType.FLOAT64, IMAGES * grid.positions(), n, false, 6);
                Tensor P = scope.zeros(DType.FLOAT64, Q.rows(), n);
                ImageRows.gatherPatchesInto(P, x, grid, 0);
                Tensor back = scope.zeros(DType.FLOAT64, x.rows(), 2);
                ImageRows.addPatchesInPlace(back, Q, grid, 0);
                assertThat(product(P, Q)).isCloseTo(product(x, back), org.assertj.core.api.Assertions.within(1e-9));

                Tensor blocks = random(scope, DType.FLOAT64, x.rows(), n, false, 7);
                Tensor rows = random(scope, DType.FLOAT64, Q.rows(), 2, false, 8);
                Tensor sums = scope.zeros(DType.FLOAT64, rows.rows(), 2);
                ImageRows.sumShiftedInto(sums, blocks, grid);
                Tensor spread = scope.zeros(DType.FLOAT64, x.rows(), n);
                ImageRows.spreadShiftedInto(spread, rows, grid);
                assertThat(product(sums, rows))
                        .isCloseTo(product(blocks, spread), org.assertj.core.api.Assertions.within(1e-9));
            }
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ImageGrid grid = new ImageGrid(4, 5, 3, 2, 1, 1, 1, 0, 1, 1); // 4 × 4 positions
        try (Scope scope = Scope.open("test")) {
            Tensor images = scope.zeros(DType.FLOAT32, 40, 2);
            Tensor patches = scope.zeros(DType.FLOAT32, 8, 12);
            requireRefused(
                    () -> ImageRows.gatherPatchesInto(patches, scope.zeros(DType.FLOAT32, 41, 2), grid, 0),
                    "gatherPatchesInto: images must have a multiple of 20 rows; got [41, 2]");
            requireRefused(
                    () -> ImageRows.gatherPatchesInto(scope.zeros(DType.FLOAT32, 7, 12), images, grid, 0),
                    "gatherPatchesInto: patches must be [n · 4, 12]; got [7, 12]");
            requireRefused(
                    () -> ImageRows.addPatchesInPlace(images, scope.zeros(DType.FLOAT32, 8, 11), grid, 0),
                    "addPatchesInPlace: patches must be [n · 4, 12]; got [8, 11]");
            requireRefused(
                    () -> ImageRows.gatherPatchesInto(patches, images, grid, 7),
                    "gatherPatchesInto: rows of positions must lie within [0, 8); got 2 from 7 on");
            requireRefused(
                    () -> ImageRows.addPatchesInPlace(images, patches, grid, -1),
                    "addPatchesInPlace: rows of positions must lie within [0, 8); got 2 from -1 on");
            requireRefused(
                    () -> ImageRows.sumShiftedInto(scope.zeros(DType.FLOAT32, 32, 2), images, grid),
                    "sumShiftedInto: 2 samples with 16 positions and 6 kernel offsets do not fit; got [32, 2] and [40,"
                            + " 2]");
            requireRefused(
                    () -> ImageRows.spreadShiftedInto(
                            scope.zeros(DType.FLOAT32, 40, 12), scope.zeros(DType.FLOAT32, 31, 2), grid),
                    "spreadShiftedInto: 2 samples with 16 positions and 6 kernel offsets do not fit; got [31, 2] and"
                            + " [40, 12]");
            assertThatThrownBy(() -> ImageRows.gatherPatchesInto(scope.zeros(DType.FLOAT64, 8, 12), images, grid, 0))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void requireRefused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static double product(Tensor a, Tensor b) {
        double sum = 0;
        for (int i = 0; i < a.rows(); i++) {
            for (int j = 0; j < a.columns(); j++) {
                sum += a.get(i, j) * b.get(i, j);
            }
        }
        return sum;
    }

    private static double[][] numbers(Tensor matrix) {
        double[][] numbers = new double[matrix.rows()][matrix.columns()];
        for (int i = 0; i < numbers.length; i++) {
            for (int j = 0; j < numbers[i].length; j++) {
                numbers[i][j] = matrix.get(i, j);
            }
        }
        return numbers;
    }

    /// Sums of as many numbers as a window sees.
    private static void requireClose(Tensor got, double[][] expected, double[][] scale) {
        double epsilon = got.type().epsilon();
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[i].length; j++) {
                double allowed = 30 * epsilon * (scale[i][j] + Math.abs(expected[i][j]));
                assertThat(Math.abs(got.get(i, j) - expected[i][j]))
                        .as(Arrays.toString(new int[] {i, j}))
                        .isLessThanOrEqualTo(allowed);
            }
        }
    }
}
