package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Winograd's convolution against gathered patches.
class WinogradRowsTest {
    private static final PatchComparison COMPARISON = new PatchComparison(WinogradRows::new, 16, 40, 1e-4);

    private static ImageGrid window(int height, int width) {
        return new ImageGrid(height, width, 3, 3, 1, 1, 1, 1, 1, 1);
    }

    static Stream<Arguments> ranks() {
        List<Arguments> all = new ArrayList<>();
        for (ImageGrid grid : List.of(window(4, 4), window(5, 7), window(9, 12), window(32, 32))) {
            for (int rank : new int[] {3, 16, 20}) {
                all.add(Arguments.of(grid, rank));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void productsWithAFactorAreThoseWithPatches(ImageGrid grid, int rank) {
        COMPARISON.products(grid, rank);
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void gradientsOfAFactorAreThoseOfPatches(ImageGrid grid, int rank) {
        COMPARISON.gradients(grid, rank);
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void gradientsOfTheInputAreThoseOfPatches(ImageGrid grid, int rank) {
        COMPARISON.inputGradients(grid, rank);
    }

    @ParameterizedTest
    @EnumSource
    void aDenseKernelGivesWhatPatchesGive(Accumulation how) {
        COMPARISON.dense(window(6, 8), how);
        COMPARISON.dense(window(4, 4), how);
    }

    @Test
    void itIsForWindowsThatKeepTheSize() {
        assertThat(WinogradRows.suits(DType.FLOAT32, window(8, 8), 64, 24)).isTrue();
        assertThat(WinogradRows.suits(DType.FLOAT64, window(8, 8), 64, 24)).isFalse();
        assertThat(WinogradRows.suits(DType.FLOAT32, window(8, 2), 64, 24)).isFalse();
        assertThat(WinogradRows.suits(DType.FLOAT32, window(8, 8), 3, 24)).isFalse();
        assertThat(WinogradRows.suits(DType.FLOAT32, window(8, 8), 64, 16)).isFalse();
        ImageGrid strided = new ImageGrid(8, 8, 3, 3, 2, 2, 1, 1, 1, 1);
        assertThat(WinogradRows.suits(DType.FLOAT32, strided, 64, 24)).isFalse();
        ImageGrid unpadded = new ImageGrid(8, 8, 3, 3, 1, 1, 0, 0, 1, 1);
        assertThat(WinogradRows.suits(DType.FLOAT32, unpadded, 64, 24)).isFalse();
        ImageGrid larger = new ImageGrid(8, 8, 5, 5, 1, 1, 2, 2, 1, 1);
        assertThat(WinogradRows.suits(DType.FLOAT32, larger, 64, 24)).isFalse();
    }
}
