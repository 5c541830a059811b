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
import java.util.List;

/// Compares products of patches with those of gathered patches ([PatchRows]).
///
/// @param maker what makes the rows that are tested
/// @param channels of the images
/// @param outputs of a dense kernel, and of a factored one
/// @param near how far an element may be off, in root mean squares of the expected ones
record PatchComparison(Maker maker, int channels, int outputs, double near) {
    private static final int SAMPLES = 3;

    /// Makes rows for a grid.
    @FunctionalInterface
    interface Maker {
        KernelRows make(Scope scope, ImageGrid grid, int channels);
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

    private void requireNear(Tensor actual, Tensor expected) {
        double size = Math.max(1, Ops.norm(expected) / Math.sqrt((double) expected.size()));
        assertThat(actual.toFloats()).containsExactly(expected.toFloats(), within((float) (near * size)));
    }

    private static WideRows wide(Scope scope, FactorRows rows, Tensor values) {
        int r = values.columns();
        WideRows made = WideRows.room(null, scope, DType.FLOAT32, values.rows(), r, rows.width(r));
        made.own().copyFrom(values);
        return made;
    }

    /// `P(x) V`
    void products(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, grid);
            KernelRows tested = maker.make(scope, grid, channels);
            Tensor x = normal(scope, SAMPLES * grid.pixels(), channels, 1);
            int positions = SAMPLES * grid.positions();
            int n = grid.offsets() * channels;
            for (long seed = 2; seed < 4; seed++) { // another kernel for the same pass
                Tensor V = normal(scope, n, rank, seed);
                WideRows expected = wide(scope, patches, scope.zeros(DType.FLOAT32, positions, rank));
                WideRows actual = wide(scope, tested, scope.zeros(DType.FLOAT32, positions, rank));

                patches.multiply(x, V, expected);
                tested.multiply(gapped(scope, x), V, actual);

                requireNear(actual.own(), expected.own());
            }
        }
    }

    /// `P(x)ᵀ D`
    void gradients(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, grid);
            KernelRows tested = maker.make(scope, grid, channels);
            Tensor x = normal(scope, SAMPLES * grid.pixels(), channels, 1);
            Tensor D = normal(scope, SAMPLES * grid.positions(), rank, 2);
            for (Accumulation how : Accumulation.values()) {
                Tensor expected = normal(scope, grid.offsets() * channels, rank, 3);
                Tensor actual = gapped(scope, expected);

                patches.gradient(x, WideRows.of(D), expected, how);
                tested.gradient(x, wide(scope, tested, D), actual, how);

                requireNear(actual, expected);
            }
        }
    }

    /// `Pᵀ(D S Vᵀ)`
    void inputGradients(ImageGrid grid, int rank) {
        try (Scope scope = Scope.open("test");
                Factors f = Factors.random(
                        DType.FLOAT32,
                        outputs,
                        grid.offsets() * channels,
                        rank,
                        new Spectrum.Gaussian(),
                        Rng.seeded(5));
                Factors free = Factors.product(f.U(), f.V())) {
            Tensor D = normal(scope, SAMPLES * grid.positions(), rank, 2);
            for (Factors each : List.of(f, free)) {
                KernelRows patches = new PatchRows(scope, grid);
                KernelRows tested = maker.make(scope, grid, channels);
                for (Accumulation how : Accumulation.values()) {
                    Tensor expected = normal(scope, SAMPLES * grid.pixels(), channels, 3);
                    Tensor actual = gapped(scope, expected);
                    Tensor gapless = expected.copy(scope);

                    patches.multiplyBack(WideRows.of(D), each, expected, how);
                    tested.multiplyBack(wide(scope, tested, D), each, actual, how);
                    tested.multiplyBack(wide(scope, tested, D), each, gapless, how);

                    requireNear(actual, expected);
                    requireNear(gapless, expected);
                }
            }
        }
    }

    /// All three with a dense kernel.
    void dense(ImageGrid grid, Accumulation how) {
        try (Scope scope = Scope.open("test")) {
            KernelRows patches = new PatchRows(scope, grid);
            KernelRows tested = maker.make(scope, grid, channels);
            Tensor x = normal(scope, SAMPLES * grid.pixels(), channels, 1);
            Tensor W = normal(scope, outputs, grid.offsets() * channels, 2);
            Tensor delta = normal(scope, SAMPLES * grid.positions(), outputs, 3);
            Tensor expected = normal(scope, x.rows(), channels, 4);
            Tensor actual = gapped(scope, expected);
            patches.multiplyBackDense(delta, W, expected, how);
            tested.multiplyBackDense(gapped(scope, delta), W, actual, how);
            requireNear(actual, expected);

            Tensor z = scope.zeros(DType.FLOAT32, delta.rows(), outputs);
            Tensor gaps = gapped(scope, z);
            patches.multiplyDense(x, W, z);
            tested.multiplyDense(gapped(scope, x), W, gaps);
            requireNear(gaps, z);

            requireNear(gradient(scope, tested, x, W, delta, how), gradient(scope, patches, x, W, delta, how));
        }
    }

    private static Tensor gradient(Scope scope, KernelRows rows, Tensor x, Tensor W, Tensor delta, Accumulation how) {
        Tensor place = normal(scope, W.rows(), W.columns(), 5);
        rows.gradientDense(x, delta, place, how);
        return place;
    }
}
