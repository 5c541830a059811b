package dev.stiefel.linalg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Lapack;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SvdTest {
    static Stream<Arguments> matrices() {
        return Stream.of(DType.values()).flatMap(type -> Awkward.any().map(matrix -> Arguments.of(type, matrix)));
    }

    static Stream<Arguments> spectra() {
        IntToDoubleFunction flat = i -> 1;
        IntToDoubleFunction decaying = i -> Math.pow(10, -i);
        IntToDoubleFunction deficient = i -> i < 3 ? 3 - i : 0;
        IntToDoubleFunction huge = i -> 1e30 / (i + 1);
        IntToDoubleFunction tiny = i -> 1e-30 / (i + 1);
        IntToDoubleFunction clustered = i -> 1 + 1e-9 * -i;
        return Stream.of(flat, decaying, deficient, huge, tiny, clustered)
                .flatMap(sigma -> Stream.of(new int[] {1, 1}, new int[] {9, 9}, new int[] {40, 11}, new int[] {7, 31})
                        .flatMap(shape ->
                                Stream.of(DType.values()).map(type -> Arguments.of(type, shape[0], shape[1], sigma))));
    }

    @ParameterizedTest
    @MethodSource("spectra")
    void aKnownSpectrumIsFound(DType type, int m, int n, IntToDoubleFunction sigma) {
        try (Scope scope = Scope.open("test")) {
            int k = Math.min(m, n);
            Tensor exact = Awkward.withSpectrum(scope, m, n, k, sigma);
            List<Double> found = Svd.of(scope, Ops.cast(scope, exact, type)).sigma();
            assertThat(found).hasSize(k);
            for (int i = 0; i < k; i++) {
                // Weyl: a value moves by no more than the matrix does, by rounding it and by the backward error
                assertThat(found.get(i))
                        .isCloseTo(sigma.applyAsDouble(i), within(allowed(type, m, n) * sigma.applyAsDouble(0)));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void theFactorsMultiplyToTheMatrix(DType type, Awkward matrix) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = matrix.in(scope, type);
            Svd svd = Svd.of(scope, a);
            double largest = svd.sigma().isEmpty() ? 1 : svd.sigma().getFirst();
            // in units near 1, so that float64's own range does not matter; powers of two are exact
            double unit = Math.scalb(1.0, -Math.clamp(Math.getExponent(largest), -1022, 1022));
            Tensor scaled = Ops.scaled(scope, Ops.cast(scope, a, DType.FLOAT64), unit);
            Tensor p = Ops.cast(scope, svd.p(), DType.FLOAT64);
            Awkward.scaleColumns(p, i -> svd.sigma().get(i) * unit);
            Ops.addMatmulInPlace(scaled, -1, p, Ops.cast(scope, svd.qt(), DType.FLOAT64));
            double rounding =
                    type == DType.FLOAT32 ? Float.MIN_VALUE : Double.MIN_VALUE; // of sigma itself, if subnormal
            assertThat(Ops.norm(scaled))
                    .isLessThanOrEqualTo(
                            allowed(type, a.rows(), a.columns()) * largest * unit + a.columns() * rounding * unit);
        }
    }

    @ParameterizedTest
    @MethodSource("matrices")
    void theSingularVectorsAreOrthonormalAndTheValuesDescend(DType type, Awkward matrix) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = matrix.in(scope, type);
            double[] before = a.toDoubles();
            Svd svd = Svd.of(scope, a);
            int k = Math.min(a.rows(), a.columns());
            assertThat(svd.p().shape().toString()).isEqualTo("[%d, %d]".formatted(a.rows(), k));
            assertThat(svd.qt().shape().toString()).isEqualTo("[%d, %d]".formatted(k, a.columns()));
            assertThat(svd.p().type()).isEqualTo(type);
            double allowed = allowed(type, a.rows(), a.columns());
            assertThat(OrthonormalBasis.error(Ops.cast(scope, svd.p(), DType.FLOAT64)))
                    .isLessThanOrEqualTo(allowed);
            Tensor q = Ops.transpose(scope, Ops.cast(scope, svd.qt(), DType.FLOAT64));
            assertThat(OrthonormalBasis.error(q)).isLessThanOrEqualTo(allowed);
            for (int i = 0; i < k; i++) {
                assertThat(svd.sigma().get(i))
                        .isBetween(0.0, i == 0 ? Double.MAX_VALUE : svd.sigma().get(i - 1));
            }
            assertThat(a.toDoubles()).containsExactly(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotFiniteIsRefused(DType type) {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            try (Scope scope = Scope.open("test")) {
                Tensor a = scope.identity(type, 3).named("S");
                a.set(2, 1, bad);
                assertThatThrownBy(() -> Svd.of(scope, a))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage(
                                "singular value decomposition: every element must be finite; got %s with NaN or"
                                        + " infinity",
                                a);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenAnAlgorithmFailsTheNextOneTakesOver(DType type) {
        try (Scope scope = Scope.open("test")) {
            Tensor a = Ops.cast(scope, Awkward.normal(scope, 8, 5, 1), type);
            List<Double> expected = Svd.of(scope, a).sigma();
            for (int failures = 1; failures <= 2; failures++) {
                List<String> tried = new ArrayList<>();
                Svd svd = Svd.of(scope, a, failing(failures, tried));
                assertThat(tried)
                        .containsExactlyElementsOf(List.of(
                                        "DIVIDE_AND_CONQUER " + type,
                                        "DIVIDE_AND_CONQUER FLOAT64",
                                        "QR_ITERATION FLOAT64")
                                .subList(0, failures + 1));
                assertThat(svd.p().type()).isEqualTo(type);
                assertThat(svd.qt().type()).isEqualTo(type);
                for (int i = 0; i < 5; i++) {
                    assertThat(svd.sigma().get(i))
                            .isCloseTo(expected.get(i), within(allowed(type, 8, 5) * expected.getFirst()));
                }
            }
        }
    }

    @Test
    void thatNoAlgorithmConvergesIsAnErrorThatNamesTheMatrix() {
        try (Scope scope = Scope.open("test")) {
            Tensor a = scope.identity(DType.FLOAT32, 3).named("S");
            assertThatThrownBy(() -> Svd.of(scope, a, failing(3, new ArrayList<>())))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("singular value decomposition: no algorithm converged; got float32 [3, 3] 'S'");
        }
    }

    private static Svd.Routine failing(int times, List<String> tried) {
        return (driver, scope, a, p, sigma, qt) -> {
            tried.add(driver + " " + a.type());
            return tried.size() > times && Lapack.svdInto(driver, scope, a, p, sigma, qt);
        };
    }

    /// `4 (k + √max(m, n)) ε`, `k = min(m, n)`: as for an orthonormal basis, which a decomposition is two of.
    private static double allowed(DType type, int m, int n) {
        return 4 * (Math.min(m, n) + Math.sqrt(Math.max(m, n))) * type.epsilon();
    }
}
