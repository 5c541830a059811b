package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatchColumnsTest {
    private static final int IMAGES = 3;

    static Stream<ImageGrid> grids() {
        return Stream.of(
                new ImageGrid(6, 7, 3, 3, 1, 1, 1, 1, 1, 1),
                new ImageGrid(6, 7, 5, 2, 1, 1, 0, 0, 1, 1),
                new ImageGrid(5, 4, 2, 3, 1, 1, 2, 3, 1, 2),
                new ImageGrid(4, 1, 5, 5, 1, 1, 2, 2, 1, 1),
                new ImageGrid(2, 1, 1, 3, 1, 1, 0, 2, 1, 2),
                new ImageGrid(3, 2, 3, 2, 1, 1, 0, 1, 1, 1),
                new ImageGrid(2, 2, 5, 5, 1, 1, 4, 4, 1, 1));
    }

    @ParameterizedTest
    @MethodSource("grids")
    void columnsAreTheRowsOfPatchesTransposed(ImageGrid grid) {
        for (int channels = 1; channels <= 3; channels++) {
            try (Scope scope = Scope.open("test")) {
                Tensor images = scope.uninitialized(DType.FLOAT32, IMAGES * grid.pixels(), channels);
                Rng.seeded(channels).fillNormal(images, 1);
                int all = IMAGES * grid.outputHeight();
                for (int first = 0; first < all; first++) {
                    for (int count = 1; count <= all - first; count++) {
                        int positions = count * grid.outputWidth();
                        int n = grid.offsets() * channels;
                        Tensor rows = scope.uninitialized(DType.FLOAT32, positions, n);
                        Tensor columns = scope.uninitialized(DType.FLOAT32, n, positions);
                        double[] other = new double[n * positions];
                        Arrays.fill(other, Double.NaN);
                        columns.setAll(other);
                        ImageRows.gatherPatchesInto(rows, images, grid, first);
                        ImageRows.gatherPatchColumnsInto(columns, images, grid, first);
                        assertThat(columns.toFloats())
                                .containsExactly(Ops.transpose(scope, rows).toFloats());
                    }
                }
            }
        }
    }

    @Test
    void otherStridesAreRefused() {
        try (Scope scope = Scope.open("test")) {
            ImageGrid grid = new ImageGrid(4, 4, 2, 2, 1, 2, 0, 0, 1, 1);
            Tensor images = scope.zeros(DType.FLOAT32, 16, 1);
            Tensor columns = scope.zeros(DType.FLOAT32, 4, 2);
            assertThatThrownBy(() -> ImageRows.gatherPatchColumnsInto(columns, images, grid, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("gatherPatchColumnsInto: the stride must be 1; got 1 × 2");
        }
    }
}
