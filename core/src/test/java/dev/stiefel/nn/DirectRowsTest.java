package dev.stiefel.nn;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// oneDNN's convolutions against gathered patches.
class DirectRowsTest {
    private static final PatchComparison COMPARISON = new PatchComparison(DirectRows::new, 16, 40, 2e-5);
    private static final ImageGrid GRID = new ImageGrid(6, 8, 3, 3, 1, 1, 1, 1, 1, 1);

    @BeforeEach
    void itIsPossibleHere() {
        Assumptions.assumeTrue(DirectRows.suits(DType.FLOAT32, GRID, COMPARISON.channels(), COMPARISON.outputs()));
    }

    static Stream<Arguments> ranks() {
        List<Arguments> all = new ArrayList<>();
        List<ImageGrid> grids = List.of(
                GRID, // positions in pairs, at ranks up to 8
                new ImageGrid(6, 7, 3, 3, 1, 1, 1, 1, 1, 1),
                new ImageGrid(7, 8, 3, 3, 2, 1, 1, 1, 1, 1), // pairs, of every second row
                new ImageGrid(8, 8, 3, 3, 2, 2, 1, 1, 1, 1),
                new ImageGrid(8, 9, 5, 4, 1, 1, 0, 0, 1, 1));
        for (ImageGrid grid : grids) {
            for (int rank : new int[] {1, 3, 8, 9, 16, 20}) {
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
        COMPARISON.dense(GRID, how);
    }
}
