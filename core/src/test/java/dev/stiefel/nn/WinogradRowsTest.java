package dev.stiefel.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Winograd's convolution against gathered patches.
class WinogradRowsTest {
    private static final int SAMPLES = 3;
    private static final int CHANNELS = 16;
    private static final int OUTPUTS = 40;
    private static final double NEAR = 2e-4;
    private static final ImageGrid GRID = new ImageGrid(6, 8, 3, 3, 1, 1, 1, 1, 1, 1);

    @BeforeEach
    void itIsPossibleHere() {
        Assumptions.assumeTrue(WinogradRows.suits(DType.FLOAT32, GRID, CHANNELS, OUTPUTS));
    }

    private static ImageGrid grid(int height, int width) {
        return new ImageGrid(height, width, 3, 3, 1, 1, 1, 1, 1, 1);
    }

    static Stream<Arguments> ranks() {
        List<Arguments> all = new ArrayList<>();
        List<ImageGrid> grids = List.of(GRID, grid(4, 4), grid(5, 7), grid(9, 12));
        for (ImageGrid grid : grids) {
            for (int rank : new int[] {16, 20}) {
                all.add(Arguments.of(grid, rank));
            }
        }
        return all.stream();
    }

    private static Tensor normal(Scope scope, int rows, int columns, long seed) {
        Tensor made = scope.uninitialized(DType.FLOAT32, rows, columns);
        Rng.seeded(seed).fillNormal(made, 1);
        return made;
    }

    /// The same with gaps between the rows.
    private static Tensor gapped(Scope scope, Tensor of) {
        Tensor wider = scope.zeros(DType.FLOAT32, of.rows(), of.columns() + 3);
        Tensor view = wider.columnRange(0, of.columns());
        view.copyFrom(of);
        return view;
    }

    private static void requireNear(Tensor actual, Tensor expected) {
        double size = Math.max(1, Ops.norm(expected) / Math.sqrt((double) expected.size()));
        assertThat(actual.toFloats()).containsExactly(expected.toFloats(), within((float) (NEAR * size)));
    }

    private static WideRows wide(Scope scope, FactorRows rows, Tensor values) {
        int r = values.columns();
        WideRows made = WideRows.room(null, scope, DType.FLOAT32, values.rows(), r, rows.width(r));
        made.own().copyFrom(values);
        return made;
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void productsWithAFactorAreThoseWithPatches(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, grid);
            KernelRows direct = new WinogradRows(scope, grid, CHANNELS);
            Tensor x = normal(scope, SAMPLES * grid.pixels(), CHANNELS, 1);
            int positions = SAMPLES * grid.positions();
            int n = grid.offsets() * CHANNELS;
            for (long seed = 2; seed < 4; seed++) { // another kernel for the same pass
                Tensor V = normal(scope, n, rank, seed);
                WideRows expected = wide(scope, patches, scope.zeros(DType.FLOAT32, positions, rank));
                WideRows actual = wide(scope, direct, scope.zeros(DType.FLOAT32, positions, rank));

                patches.multiply(x, V, expected);
                direct.multiply(gapped(scope, x), V, actual);

                requireNear(actual.own(), expected.own());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void gradientsOfAFactorAreThoseOfPatches(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, grid);
            KernelRows direct = new WinogradRows(scope, grid, CHANNELS);
            Tensor x = normal(scope, SAMPLES * grid.pixels(), CHANNELS, 1);
            Tensor D = normal(scope, SAMPLES * grid.positions(), rank, 2);
            for (Accumulation how : Accumulation.values()) {
                Tensor expected = normal(scope, grid.offsets() * CHANNELS, rank, 3);
                Tensor actual = gapped(scope, expected);

                patches.gradient(x, WideRows.of(D), expected, how);
                direct.gradient(x, wide(scope, direct, D), actual, how);

                requireNear(actual, expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ranks")
    void gradientsOfTheInputAreThoseOfPatches(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.random(
                        DType.FLOAT32,
                        OUTPUTS,
                        grid.offsets() * CHANNELS,
                        rank,
                        new Spectrum.Gaussian(),
                        Rng.seeded(5));
                Factors free = Factors.product(f.U(), f.V())) {
            Tensor D = normal(scope, SAMPLES * grid.positions(), rank, 2);
            for (Factors each : List.of(f, free)) {
                KernelRows patches = new PatchRows(scope, grid);
                KernelRows direct = new WinogradRows(scope, grid, CHANNELS);
                for (Accumulation how : Accumulation.values()) {
                    Tensor expected = normal(scope, SAMPLES * grid.pixels(), CHANNELS, 3);
                    Tensor actual = gapped(scope, expected);
                    Tensor gapless = expected.copy(scope);

                    patches.multiplyBack(WideRows.of(D), each, expected, how);
                    direct.multiplyBack(wide(scope, direct, D), each, actual, how);
                    direct.multiplyBack(wide(scope, direct, D), each, gapless, how);

                    requireNear(actual, expected);
                    requireNear(gapless, expected);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aDenseKernelGivesWhatPatchesGive(Accumulation how) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, GRID);
            KernelRows direct = new WinogradRows(scope, GRID, CHANNELS);
            Tensor x = normal(scope, SAMPLES * GRID.pixels(), CHANNELS, 1);
            Tensor W = normal(scope, OUTPUTS, GRID.offsets() * CHANNELS, 2);
            Tensor delta = normal(scope, SAMPLES * GRID.positions(), OUTPUTS, 3);
            Tensor expected = normal(scope, x.rows(), CHANNELS, 4);
            Tensor actual = gapped(scope, expected);
            patches.multiplyBackDense(delta, W, expected, how);
            direct.multiplyBackDense(gapped(scope, delta), W, actual, how);
            requireNear(actual, expected);

            Tensor z = scope.zeros(DType.FLOAT32, delta.rows(), OUTPUTS);
            Tensor gaps = gapped(scope, z);
            patches.multiplyDense(x, W, z);
            direct.multiplyDense(gapped(scope, x), W, gaps);
            requireNear(gaps, z);

            requireNear(gradient(scope, direct, x, W, delta, how), gradient(scope, patches, x, W, delta, how));
        }
    }

    private static Tensor gradient(Scope scope, KernelRows rows, Tensor x, Tensor W, Tensor delta, Accumulation how) {
        Tensor place = normal(scope, W.rows(), W.columns(), 5);
        rows.gradientDense(x, delta, place, how);
        return place;
    }
}
