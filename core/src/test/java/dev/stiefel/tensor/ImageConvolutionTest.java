package dev.stiefel.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.ImageConvolution.KernelForm;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The library's convolutions against products with patches.
class ImageConvolutionTest {
    private static final double NEAR = 2e-5;

    @BeforeEach
    void theLibraryIsInUse() {
        Assumptions.assumeTrue(OneDnn.IN_USE);
    }

    static Stream<Arguments> convolutions() {
        List<ImageGrid> grids = List.of(
                new ImageGrid(6, 7, 3, 3, 1, 1, 1, 1, 1, 1),
                new ImageGrid(9, 8, 3, 3, 2, 2, 1, 1, 1, 1),
                new ImageGrid(8, 9, 1, 1, 2, 2, 0, 0, 1, 1),
                new ImageGrid(6, 7, 5, 2, 1, 2, 0, 1, 1, 1),
                new ImageGrid(7, 6, 3, 2, 1, 1, 2, 1, 2, 3),
                new ImageGrid(2, 2, 3, 3, 1, 1, 1, 1, 1, 1));
        List<Arguments> all = new ArrayList<>();
        for (ImageGrid grid : grids) {
            for (KernelForm form : KernelForm.values()) {
                all.add(Arguments.of(grid, form, 1, 20));
                all.add(Arguments.of(grid, form, 3, 16));
                all.add(Arguments.of(grid, form, 20, 5));
                all.add(Arguments.of(grid, form, 16, 24));
            }
        }
        return all.stream();
    }

    /// A convolution with its operands, and what products with patches make of them.
    private static final class Case {
        private final Scope scope;
        private final ImageConvolution convolution;
        private final Tensor images;
        private final Tensor positions;
        private final Tensor kernel;
        private final Tensor patches;
        private final Tensor rows;

        Case(Scope scope, ImageGrid grid, KernelForm form, int channels, int outputs, int samples) {
            this.scope = scope;
            this.convolution = new ImageConvolution(scope, grid, channels, outputs, form);
            int n = grid.offsets() * channels;
            this.images = normal(samples * grid.pixels(), channels, 1);
            this.positions = normal(samples * grid.positions(), outputs, 2);
            this.rows = normal(outputs, n, 3);
            this.kernel = form == KernelForm.ROWS ? rows : Ops.transpose(scope, rows);
            this.patches = scope.uninitialized(DType.FLOAT32, samples * grid.positions(), n);
            ImageRows.gatherPatchesInto(patches, images, grid, 0);
            convolution.useKernel(kernel);
        }

        private Tensor normal(int height, int width, long seed) {
            Tensor made = scope.uninitialized(DType.FLOAT32, height, width);
            Rng.seeded(seed).fillNormal(made, 1);
            return made;
        }
    }

    private static void requireNear(Tensor actual, Tensor expected) {
        double largest = Ops.norm(expected) / Math.sqrt((double) expected.size());
        assertThat(actual.toFloats())
                .containsExactly(expected.toFloats(), within((float) (NEAR * Math.max(1, largest))));
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void theWayForwardIsTheProductWithPatches(ImageGrid grid, KernelForm form, int channels, int outputs) {
        for (int samples : new int[] {1, 3, 32}) {
            try (Scope scope = Scope.open("test")) {
                Case one = new Case(scope, grid, form, channels, outputs, samples);
                Tensor expected = Ops.matmulNT(scope, one.patches, one.rows);
                Tensor actual = scope.zeros(DType.FLOAT32, expected.rows(), outputs);

                one.convolution.forwardInto(actual, one.images);

                requireNear(actual, expected);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void theGradientOfImagesIsThatOfPatchesAddedUp(ImageGrid grid, KernelForm form, int channels, int outputs) {
        try (Scope scope = Scope.open("test")) {
            Case one = new Case(scope, grid, form, channels, outputs, 3);
            Tensor expected = scope.zeros(DType.FLOAT32, one.images.rows(), channels);
            ImageRows.addPatchesInPlace(expected, Ops.matmul(scope, one.positions, one.rows), grid, 0);
            Tensor actual = one.normal(one.images.rows(), channels, 4);

            one.convolution.inputGradientInto(actual, one.positions);

            requireNear(actual, expected);
        }
    }

    @ParameterizedTest
    @MethodSource("convolutions")
    void theGradientOfTheKernelIsAProductWithPatches(ImageGrid grid, KernelForm form, int channels, int outputs) {
        try (Scope scope = Scope.open("test")) {
            Case one = new Case(scope, grid, form, channels, outputs, 3);
            Tensor expected = form == KernelForm.ROWS
                    ? Ops.matmulTN(scope, one.positions, one.patches)
                    : Ops.matmulTN(scope, one.patches, one.positions);
            Tensor actual = one.normal(expected.rows(), expected.columns(), 4);
            Tensor sum = Ops.sum(scope, expected, 1, actual);
            Tensor added = actual.copy(scope);

            one.convolution.kernelGradientInto(actual, one.images, one.positions);
            one.convolution.addKernelGradientInPlace(added, one.images, one.positions);

            requireNear(actual, expected);
            requireNear(added, sum);
        }
    }

    @Test
    void aKernelIsTheOneThatWasGivenLast() {
        ImageGrid grid = new ImageGrid(4, 4, 3, 3, 1, 1, 1, 1, 1, 1);
        try (Scope scope = Scope.open("test")) {
            Case one = new Case(scope, grid, KernelForm.ROWS, 8, 8, 2);
            Tensor first = scope.zeros(DType.FLOAT32, 32, 8);
            Tensor second = scope.zeros(DType.FLOAT32, 32, 8);
            one.convolution.forwardInto(first, one.images);

            Ops.scaleInPlace(one.kernel, 2);
            one.convolution.useKernel(one.kernel);
            one.convolution.forwardInto(second, one.images);

            requireNear(second, Ops.scaled(scope, first, 2));
        }
    }

    @Test
    void whatIsNotItsShapeIsRefused() {
        ImageGrid grid = new ImageGrid(4, 4, 3, 3, 1, 1, 1, 1, 1, 1);
        try (Scope scope = Scope.open("test")) {
            ImageConvolution convolution = new ImageConvolution(scope, grid, 2, 3, KernelForm.ROWS);
            Tensor images = scope.zeros(DType.FLOAT32, 32, 2);
            Tensor positions = scope.zeros(DType.FLOAT32, 32, 3);

            assertThatThrownBy(() -> convolution.forwardInto(positions, images))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("image convolution: no kernel; call useKernel first");
            assertThatThrownBy(() -> convolution.useKernel(images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("useKernel: the kernel must be [3, 18]; got [32, 2]");
            convolution.useKernel(scope.zeros(DType.FLOAT32, 3, 18));
            assertThatThrownBy(() -> convolution.forwardInto(positions.rows(0, 16), images))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("forwardInto: must be [n · 16, 2] and [n · 16, 3]; got [32, 2] and [16, 3]");
        }
    }
}
