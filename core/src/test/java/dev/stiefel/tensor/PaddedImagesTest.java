package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A long matrix of images with zeros around each, in which windows see what they see in the images.
class PaddedImagesTest {
    private static final int IMAGES = 3;
    private static final int CHANNELS = 2;

    static Stream<ImageGrid> grids() {
        return Stream.of(
                new ImageGrid(1, 1, 1, 1, 1, 1, 0, 0, 1, 1),
                new ImageGrid(6, 7, 3, 3, 1, 1, 1, 1, 1, 1),
                new ImageGrid(5, 4, 3, 2, 1, 1, 0, 0, 1, 1),
                new ImageGrid(4, 6, 2, 5, 1, 1, 1, 4, 1, 1),
                new ImageGrid(7, 3, 3, 2, 1, 1, 2, 1, 2, 1),
                new ImageGrid(2, 2, 5, 5, 1, 1, 4, 4, 1, 1));
    }

    /// Position `j` sees, at offset `[ky, kx]`, row `j + ky · kernelRow + kx` of the long matrix; there is the pixel,
    /// or zeros.
    @ParameterizedTest
    @MethodSource("grids")
    void positionsAndPixelsHaveTheSameNumbers(ImageGrid grid) {
        PaddedImages padded = new PaddedImages(grid);
        try (Scope scope = Scope.open("test")) {
            Tensor images = random(scope, IMAGES * grid.pixels(), 1);
            Tensor all = scope.zeros(DType.FLOAT32, IMAGES * padded.perImage() + padded.reach(), CHANNELS);
            padded.spreadPixelsInto(all, images, 0, IMAGES);
            Tensor patches = scope.zeros(DType.FLOAT32, IMAGES * grid.positions(), grid.offsets() * CHANNELS);
            ImageRows.gatherPatchesInto(patches, images, grid, 0);
            for (int position = 0; position < patches.rows(); position++) {
                int image = position / grid.positions();
                int oy = position % grid.positions() / grid.outputWidth();
                int ox = position % grid.outputWidth();
                int row = image * padded.perImage() + oy * padded.pitch() + ox;
                for (int j = 0; j < patches.columns(); j++) {
                    int ky = j / CHANNELS / grid.kernelWidth();
                    int kx = j / CHANNELS % grid.kernelWidth();
                    assertThat(all.get(row + ky * padded.kernelRow() + kx, j % CHANNELS))
                            .isEqualTo(patches.get(position, j));
                }
            }
            assertThat(padded.waste()).isEqualTo((double) padded.perImage() / grid.positions());
        }
    }

    @ParameterizedTest
    @MethodSource("grids")
    void whatIsSpreadIsCollectedAgain(ImageGrid grid) {
        PaddedImages padded = new PaddedImages(grid);
        for (boolean gaps : new boolean[] {false, true}) {
            try (Scope scope = Scope.open("test")) {
                Tensor pixels = withGaps(scope, random(scope, IMAGES * grid.pixels(), 2), gaps);
                Tensor positions = withGaps(scope, random(scope, IMAGES * grid.positions(), 3), gaps);
                for (int from = 0; from < IMAGES; from++) {
                    int count = IMAGES - from;
                    Tensor all = scope.zeros(DType.FLOAT32, count * padded.perImage() + padded.reach(), CHANNELS);
                    padded.spreadPixelsInto(all, pixels, from, count);
                    Tensor back = withGaps(scope, scope.zeros(DType.FLOAT32, pixels.rows(), CHANNELS), gaps);
                    padded.collectPixelsInto(back, all, from, count);
                    requireRows(back, pixels, from * grid.pixels());

                    int offset = padded.reach(); // the matrix may begin with zeros
                    all.clear();
                    padded.spreadPositionsInto(all, offset, positions, from, count);
                    Tensor there = withGaps(scope, scope.zeros(DType.FLOAT32, positions.rows(), CHANNELS), gaps);
                    padded.collectPositionsInto(there, all.rows(offset, all.rows()), from, count);
                    requireRows(there, positions, from * grid.positions());
                    assertThat(sum(all)).isEqualTo(sum(there)); // nothing but positions was written
                }
            }
        }
    }

    /// Rows before the first image stay zeros, the others are those of the source.
    private static void requireRows(Tensor got, Tensor source, int first) {
        for (int i = 0; i < got.rows(); i++) {
            for (int c = 0; c < CHANNELS; c++) {
                assertThat(got.get(i, c)).isEqualTo(i < first ? 0 : source.get(i, c));
            }
        }
    }

    /// Sums of few float32 numbers in float64 are exact enough to compare in any order.
    private static float sum(Tensor matrix) {
        double sum = 0;
        for (double each : matrix.toDoubles()) {
            sum += each;
        }
        return (float) sum;
    }

    @ParameterizedTest
    @MethodSource("grids")
    void pixelsAreAddedAndWhatLiesBetweenIsNot(ImageGrid grid) {
        PaddedImages padded = new PaddedImages(grid);
        try (Scope scope = Scope.open("test")) {
            Tensor images = random(scope, IMAGES * grid.pixels(), 4);
            Tensor more = random(scope, IMAGES * grid.pixels(), 5);
            Tensor all = random(scope, 2 * padded.perImage(), 6); // numbers everywhere
            padded.spreadPixelsInto(all, more, 1, 2);
            double[] before = images.toDoubles();
            padded.addPixelsInPlace(images, all, 1, 2);
            double[] added = images.toDoubles();
            double[] expected = more.toDoubles();
            for (int i = 0; i < before.length; i++) {
                boolean first = i < grid.pixels() * CHANNELS;
                assertThat((float) added[i]).isEqualTo((float) (before[i] + (first ? 0 : expected[i])));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2, 1, 1, 1, 1, 1", // strides
        "1, 2, 1, 1, 1, 1",
        "1, 1, 3, 1, 1, 1", // padding as large as the window
        "1, 1, 1, 3, 1, 1",
        "1, 1, 1, 1, 1, 2" // columns that the window passes over
    })
    void otherWindowsDoNotSuit(int strideY, int strideX, int paddingY, int paddingX, int dilationY, int dilationX) {
        ImageGrid grid = new ImageGrid(9, 9, 3, 3, strideY, strideX, paddingY, paddingX, dilationY, dilationX);
        assertThat(PaddedImages.suits(grid)).isFalse();
        assertThatThrownBy(() -> new PaddedImages(grid))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("padded images: stride and horizontal dilation must be 1, and padding less than"
                        + " the window; got ImageGrid[");
    }

    @Test
    void whatDoesNotFitIsRefused() {
        PaddedImages padded = new PaddedImages(new ImageGrid(4, 5, 3, 3, 1, 1, 1, 1, 1, 1));
        assertThat(padded.perImage()).isEqualTo(30);
        try (Scope scope = Scope.open("test")) {
            Tensor all = scope.zeros(DType.FLOAT32, 60, 2);
            Tensor images = scope.zeros(DType.FLOAT32, 60, 2);
            requireRefused(
                    () -> padded.spreadPixelsInto(all, scope.zeros(DType.FLOAT32, 60, 3), 0, 2),
                    "spreadPixelsInto: columns must be equal; got [60, 2] and [60, 3]");
            requireRefused(
                    () -> padded.spreadPixelsInto(all, images, 2, 2),
                    "spreadPixelsInto: 2 images from number 2 on must lie within [60, 2]");
            requireRefused(
                    () -> padded.collectPixelsInto(images, all, 0, 3),
                    "collectPixelsInto: 3 images need 90 rows from row 0 on; got [60, 2]");
            requireRefused(
                    () -> padded.spreadPositionsInto(all, 1, images, 0, 2),
                    "spreadPositionsInto: 2 images need 60 rows from row 1 on; got [60, 2]");
            requireRefused(
                    () -> padded.collectPositionsInto(images, all, -1, 1),
                    "collectPositionsInto: 1 images from number -1 on must lie within [60, 2]");
            assertThatThrownBy(() -> padded.addPixelsInPlace(images, images, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> padded.spreadPixelsInto(scope.zeros(DType.FLOAT64, 60, 2), images, 0, 2))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static void requireRefused(ThrowingCallable call, String message) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    private static Tensor random(Scope scope, int rows, long seed) {
        Tensor numbers = scope.uninitialized(DType.FLOAT32, rows, CHANNELS);
        Rng.seeded(seed).fillNormal(numbers, 1);
        return numbers;
    }

    /// The same numbers, among others.
    private static Tensor withGaps(Scope scope, Tensor numbers, boolean gaps) {
        if (!gaps) {
            return numbers;
        }
        Tensor view = scope.zeros(DType.FLOAT32, numbers.rows(), CHANNELS + 3).columnRange(1, CHANNELS + 1);
        view.copyFrom(numbers);
        return view;
    }
}
